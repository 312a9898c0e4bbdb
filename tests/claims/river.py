"""An invented text and its registry as a mapping."""

from __future__ import annotations

from typing import Any

FILE = "river-bathing.txt"
TEXT = """River Bathing and You

Up to 30% of adults sleep badly. River bathing may help poor sleep, and it is safe. Results may vary.

River bathing is helpful for many complaints, including

  • Sore knees
  • Cold feet

Our guides are caring experts who pick the right river for you.

Sitting indoors goes with poor sleep. Call us today.
"""


def make_source() -> dict[str, Any]:
    """Return a sound registry of the invented text."""
    pico = {
        "population": "adults with poor sleep",
        "intervention": "river bathing",
        "comparators": ["sham", "no treatment"],
        "outcomes": ["sleep quality"],
    }
    return {
        "documents": [
            {"id": "river", "file": FILE, "title": "River Bathing and You", "language": "en"}
        ],
        "concepts": {"bathing": '("Baths"[Mesh] OR bathing[tiab])', "sleep": "(sleep[tiab])"},
        "codes": {
            "conditions": {
                "poor-sleep": {"label": "poor sleep", "words": ["poor sleep", "insomnia"]},
                "sore-knees": {"label": "sore knees", "words": ["sore knees"]},
            },
            "interventions": {
                "river-bathing": {"label": "river bathing", "words": ["river bathing"]},
                "footbath": {"label": "footbath", "words": ["footbath"]},
            },
            "exposures": {"sitting": {"label": "sitting", "words": ["sitting"]}},
            "outcomes": {"sleep-quality": {"label": "sleep quality", "words": ["sleep quality"]}},
        },
        "match_defaults": {
            "interventions": {"direct": ["river-bathing"], "indirect": ["footbath"]},
            "elsewhere": ["sore-knees"],
        },
        "claims": [
            {
                "id": "prevalence",
                "document": "river",
                "quote": "Up to 30% of adults sleep badly.",
                "statement": "Up to 30 % of adults sleep badly.",
                "kind": "prevalence",
                "asserts": {"direction": "present", "value_percent": 30, "bound": "upper"},
                "population": "adults",
                "outcomes": ["poor sleep"],
                "query": "{sleep} AND prevalence[tiab]",
            },
            {
                "id": "helps-sleep",
                "document": "river",
                "quote": "River bathing may help poor sleep",
                "statement": "River bathing helps poor sleep.",
                "kind": "efficacy",
                "asserts": {"direction": "benefit", "strength": 1, "words": "may help"},
                **pico,
                "query": "{bathing} AND {sleep}",
                "match": {
                    "populations": {"direct": ["poor-sleep"]},
                    "outcomes": [{"domain": "other", "codes": ["sleep-quality"]}],
                },
            },
            {
                "id": "is-safe",
                "document": "river",
                "quote": "it is safe",
                "statement": "River bathing is safe.",
                "kind": "safety",
                "asserts": {"direction": "safe"},
                **pico,
                "query": "{bathing} AND safety[ti]",
            },
            {
                "id": "helps-knees",
                "document": "river",
                "quote": "Sore knees",
                "statement": "River bathing helps sore knees.",
                "kind": "efficacy",
                "asserts": {"direction": "benefit", "strength": 2},
                **pico,
                "population": "adults with sore knees",
                "query": "{bathing} AND knee*[tiab]",
            },
            {
                "id": "helps-feet",
                "document": "river",
                "quote": "Cold feet",
                "statement": "River bathing helps cold feet.",
                "kind": "efficacy",
                "asserts": {"direction": "benefit", "strength": 2},
                **pico,
                "population": "adults with cold feet",
                "query": "{bathing} AND feet[tiab]",
            },
            {
                "id": "experts",
                "document": "river",
                "quote": "Our guides are caring experts who pick the right river for you.",
                "statement": "The guides pick the right river.",
                "kind": "untestable",
                "why_untestable": "Praise; it names no outcome.",
            },
            {
                "id": "sitting",
                "document": "river",
                "quote": "Sitting indoors goes with poor sleep.",
                "statement": "Sitting goes with poor sleep.",
                "kind": "risk-factor",
                "asserts": {"direction": "present"},
                "population": "adults",
                "exposure": "sitting",
                "outcomes": ["poor sleep"],
                "query": "{sleep} AND sitting[tiab]",
                "match": {
                    "exposures": [{"label": "sitting", "direct": ["sitting"]}],
                    "outcomes": [{"domain": "risk association"}],
                },
            },
        ],
        "not_claims": [
            {"document": "river", "quote": "River Bathing and You", "reason": "heading"},
            {"document": "river", "quote": "Results may vary.", "reason": "hedge without content"},
            {
                "document": "river",
                "quote": "River bathing is helpful for many complaints, including",
                "reason": "lead-in",
            },
            {"document": "river", "quote": "Call us today.", "reason": "advice"},
        ],
    }


def claim_of(source: dict[str, Any], claim_id: str) -> dict[str, Any]:
    """Return one claim of a registry by id."""
    return next(claim for claim in source["claims"] if claim["id"] == claim_id)
