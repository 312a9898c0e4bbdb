"""Put downgrades and ceilings together into one certainty, as rated and as it may be shown.

Knows nothing of how a downgrade came about (docs/method.md, section 7).
"""

from __future__ import annotations

from collections.abc import Sequence

from evidence.judgements import CertaintyRating, DomainRating
from evidence.protocol import Protocol
from evidence.vocabulary import Certainty, CertaintyDomain

__all__ = ["combine", "note", "provisional_ceiling"]

Inputs = tuple[tuple[str, float | int | str | None], ...]


def note(
    domain: CertaintyDomain,
    downgrade: int,
    rule_id: str,
    reason: str,
    **inputs: float | int | str | None,
) -> DomainRating:
    """Return one domain's judgement with everything that went in."""
    return DomainRating(domain, downgrade, rule_id, tuple(inputs.items()), reason)


def provisional_ceiling(protocol: Protocol, signatures: int) -> int | None:
    """Return the ceiling of what may be shown before enough people have signed."""
    needed = protocol.whole("certainty.signatures_needed")
    return None if signatures >= needed else protocol.whole("certainty.cap_provisional")


def combine(
    start: int,
    domains: Sequence[DomainRating],
    ceilings: Sequence[tuple[str, int, str]],
    protocol: Protocol,
    signatures: int,
) -> CertaintyRating:
    """Return the rating: start less downgrades, not under 1, under every ceiling.

    Parameters
    ----------
    start
        Level at which this kind of evidence starts.
    domains
        Judgements, one a domain.
    ceilings
        Rule id, highest level allowed and reason of each ceiling; they do not add up.
    protocol, signatures
        For the ceiling of what may be shown.
    """
    level = max(1, start - sum(domain.downgrade for domain in domains))
    rated = min([level, *(ceiling for _, ceiling, _ in ceilings)])
    caps = [_cap(rule, ceiling, level, reason) for rule, ceiling, reason in ceilings]
    provisional = provisional_ceiling(protocol, signatures)
    shown = rated
    if provisional is not None:
        reason = "an automated estimate until two people have signed"
        caps.append(_cap("cap-provisional", provisional, rated, reason))
        shown = min(rated, provisional)
    binding = [cap.reason for cap in caps if cap.downgrade > 0]
    return CertaintyRating(
        start=Certainty.from_level(start),
        domains=tuple(domains),
        caps=tuple(caps),
        rated=Certainty.from_level(rated),
        shown=Certainty.from_level(shown),
        cap_reason="; ".join(binding) if binding else None,
    )


def _cap(rule_id: str, ceiling: int, level: int, reason: str) -> DomainRating:
    """Return a ceiling as a judgement; its downgrade is what it takes off beyond the domains."""
    word = Certainty.from_level(ceiling)
    taken = max(0, level - ceiling)
    text = f"not above {word}: {reason}"
    return note(CertaintyDomain.OVERALL, taken, rule_id, text, ceiling=str(word))
