"""The match block of a claim: which coded rows answer it, directly or indirectly.

Rows are chosen by what was studied (people, intervention, outcome, window), never by a topic
label (docs/method.md, section 3). Codes are the registry's own words; this module knows none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evidence.claims.fields import Fields
from evidence.vocabulary import (
    AgeBand,
    Match,
    OutcomeDomain,
    PainDuration,
    PrevalencePeriod,
    SampleKind,
    ShamKind,
    SpecialPopulation,
    Species,
    TimeWindow,
)

CODE_LISTS = ("conditions", "interventions", "exposures", "outcomes", "reporting")
_FIELDS = (
    "populations", "durations", "special_populations", "interventions", "exposures", "outcomes",
    "sham_kinds", "max_sessions", "max_weeks_after", "windows", "is_duration_claim", "elsewhere",
    "periods", "age_bands", "sample_kinds", "species", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CodeMatch:
    """Codes that fit directly and codes that fit indirectly; both empty: anything fits."""

    direct: tuple[str, ...] = ()
    indirect: tuple[str, ...] = ()

    @property
    def is_any(self) -> bool:
        """Tell whether no code is asked for."""
        return not self.direct and not self.indirect

    def match(self, codes: Iterable[str]) -> Match:
        """Return the best fit of any of a row's codes."""
        found = set(codes)
        if self.is_any or found & set(self.direct):
            return Match.DIRECT
        return Match.INDIRECT if found & set(self.indirect) else Match.NONE


@dataclass(frozen=True, slots=True)
class DurationMatch:
    """Durations of pain that fit; both empty: any."""

    direct: tuple[PainDuration, ...] = ()
    indirect: tuple[PainDuration, ...] = ()

    def match(self, duration: PainDuration | None) -> Match:
        """Return the fit of a row's duration; one that is not known fits indirectly."""
        if (not self.direct and not self.indirect) or duration in self.direct:
            return Match.DIRECT
        return Match.INDIRECT if duration is None or duration in self.indirect else Match.NONE


@dataclass(frozen=True, slots=True)
class ExposurePart:
    """One exposure of a compound claim, judged by itself."""

    label: str
    codes: CodeMatch


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    """An outcome that answers a claim; the first with evidence decides."""

    domain: OutcomeDomain
    codes: tuple[str, ...] = ()
    """Finer outcomes; empty: any of the domain."""

    def fits(self, domain: OutcomeDomain, code: str | None) -> bool:
        """Tell whether a row's outcome is this one."""
        return domain is self.domain and (not self.codes or code in self.codes)


@dataclass(frozen=True, slots=True)
class MatchRule:
    """How rows are chosen for a claim."""

    populations: CodeMatch = CodeMatch()
    durations: DurationMatch = DurationMatch()
    special_populations: tuple[SpecialPopulation, ...] = ()
    """Populations of their own that this claim is about; all others are kept out."""
    interventions: CodeMatch = CodeMatch()
    exposures: tuple[ExposurePart, ...] = ()
    outcomes: tuple[OutcomeRule, ...] = ()
    sham_kinds: tuple[ShamKind, ...] = ()
    """Kinds of sham that answer; empty: every kind."""
    max_sessions: int | None = None
    max_weeks_after: float | None = None
    windows: tuple[TimeWindow, ...] = ()
    """Windows that answer, the best first; empty: the decision window of the protocol."""
    is_duration_claim: bool = False
    """The words say how long it lasts: without a long window certainty is lost (R3)."""
    elsewhere: tuple[str, ...] = ()
    """Conditions that are shown as "elsewhere in the body", never counted."""
    periods: tuple[PrevalencePeriod, ...] = ()
    age_bands: tuple[AgeBand, ...] = ()
    sample_kinds: tuple[SampleKind, ...] = ()
    species: tuple[Species, ...] = ()

    def match_population(
        self,
        codes: Iterable[str],
        duration: PainDuration | None = None,
        special: SpecialPopulation | None = None,
    ) -> Match:
        """Return how a row's people fit: the worse of condition and duration.

        A group mixed with another part of the body (back or knee pain) fits indirectly; people of
        another part of the body only, not at all.
        """
        if special is not None and special not in self.special_populations:
            return Match.NONE
        found = set(codes)
        others = found & set(self.elsewhere)
        if found and found == others:
            return Match.NONE
        fit = self.populations.match(found - others)
        mixed = Match.INDIRECT if others else Match.DIRECT
        return worse_match(fit, mixed, self.durations.match(duration))

    def match_intervention(self, code: str | None) -> Match:
        """Return how a row's intervention fits."""
        return self.interventions.match(() if code is None else (code,))

    def match_exposure(self, code: str | None) -> tuple[ExposurePart, Match] | None:
        """Return the part of a compound exposure that a row is about, and its fit."""
        for wanted in (Match.DIRECT, Match.INDIRECT):
            for part in self.exposures:
                if code is not None and part.codes.match((code,)) is wanted:
                    return part, wanted
        return None

    def outcome_rank(self, domain: OutcomeDomain, code: str | None = None) -> int | None:
        """Return the place of a row's outcome in the claim's order (0 decides first)."""
        for rank, rule in enumerate(self.outcomes):
            if rule.fits(domain, code):
                return rank
        return None

    def is_elsewhere(self, codes: Iterable[str]) -> bool:
        """Tell whether a row is about another part of the body that is shown."""
        return bool(set(codes) & set(self.elsewhere))


def worse_match(*fits: Match) -> Match:
    """Return the worst of several fits."""
    order = list(Match)
    return max(fits, key=order.index)


def with_defaults(
    own: Mapping[str, object], defaults: Mapping[str, object], *, has_intervention: bool
) -> dict[str, object]:
    """Return a claim's match block, filled from the registry's ``match_defaults``.

    A field of the claim's own wins as a whole. What counts as the intervention is filled in only
    for a claim that names one.
    """
    filled = {
        name: value
        for name, value in defaults.items()
        if has_intervention or name not in {"interventions", "sham_kinds"}
    }
    return {**filled, **own}


def parse_match(fields: Fields, codes: Mapping[str, Mapping[str, object]]) -> MatchRule:
    """Read a match block; unknown codes and words go to the faults."""
    fields.allow(_FIELDS)
    conditions = codes.get("conditions", {})
    return MatchRule(
        populations=_code_match(fields, "populations", conditions),
        durations=_duration_match(fields),
        special_populations=fields.choices("special_populations", SpecialPopulation),
        interventions=_code_match(fields, "interventions", codes.get("interventions", {})),
        exposures=_exposures(fields, codes.get("exposures", {})),
        outcomes=_outcomes(fields, codes.get("outcomes", {})),
        sham_kinds=fields.choices("sham_kinds", ShamKind),
        max_sessions=fields.integer("max_sessions", low=1, high=1000),
        max_weeks_after=fields.number("max_weeks_after", low=0, high=1000),
        windows=fields.choices("windows", TimeWindow),
        is_duration_claim=fields.flag("is_duration_claim"),
        elsewhere=_codes(fields, "elsewhere", conditions),
        periods=fields.choices("periods", PrevalencePeriod),
        age_bands=fields.choices("age_bands", AgeBand),
        sample_kinds=fields.choices("sample_kinds", SampleKind),
        species=fields.choices("species", Species),
    )


def _codes(fields: Fields, name: str, known: Mapping[str, object]) -> tuple[str, ...]:
    found = fields.texts(name)
    for code in found:
        if code not in known:
            fields.fault(name, f"'{code}' is not a code", ", ".join(known) or "none is defined")
    return tuple(code for code in found if code in known)


def _code_match(fields: Fields, name: str, known: Mapping[str, object]) -> CodeMatch:
    if not isinstance(fields.mapping.get(name), Mapping):
        return CodeMatch(direct=_codes(fields, name, known))
    inner = fields.inner(name)
    if inner is None:
        return CodeMatch()
    inner.allow(("direct", "indirect"))
    return _direct_and_indirect(inner, known)


def _direct_and_indirect(inner: Fields, known: Mapping[str, object]) -> CodeMatch:
    match = CodeMatch(_codes(inner, "direct", known), _codes(inner, "indirect", known))
    for code in set(match.direct) & set(match.indirect):
        inner.fault("indirect", f"'{code}' is direct as well", "each code once")
    return match


def _duration_match(fields: Fields) -> DurationMatch:
    if not isinstance(fields.mapping.get("durations"), Mapping):
        return DurationMatch(direct=fields.choices("durations", PainDuration))
    inner = fields.inner("durations")
    if inner is None:
        return DurationMatch()
    inner.allow(("direct", "indirect"))
    return DurationMatch(
        inner.choices("direct", PainDuration), inner.choices("indirect", PainDuration)
    )


def _exposures(fields: Fields, known: Mapping[str, object]) -> tuple[ExposurePart, ...]:
    parts = []
    for number, item in enumerate(fields.items("exposures")):
        if not isinstance(item, Mapping):
            fields.fault(f"exposures[{number}]", "is not a mapping", "label, direct, indirect")
            continue
        inner = fields.within(item, f"exposures[{number}].")
        inner.allow(("label", "direct", "indirect"))
        label = inner.text("label", required=True)
        codes = _direct_and_indirect(inner, known)
        if not inner.has("direct") and not inner.has("indirect"):
            inner.fault("direct", "is missing", ", ".join(known))
        elif label is not None and not codes.is_any:
            parts.append(ExposurePart(label, codes))
    return tuple(parts)


def _outcomes(fields: Fields, known: Mapping[str, object]) -> tuple[OutcomeRule, ...]:
    rules = []
    for number, item in enumerate(fields.items("outcomes")):
        inner = fields.within(
            item if isinstance(item, Mapping) else {"domain": item}, f"outcomes[{number}]."
        )
        inner.allow(("domain", "codes"))
        domain = inner.choice("domain", OutcomeDomain, required=True)
        codes = _codes(inner, "codes", known)
        if domain is not None:
            rules.append(OutcomeRule(domain, codes))
    return tuple(rules)
