"""Reading one abstract: design, people, arms, comparator, outcomes, effects, direction, bias."""
