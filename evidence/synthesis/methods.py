"""The closed lists of the pooling engine: methods, intervals, and the measures they take.

It knows names only. The words are those of the command line (docs: ``pool``).
"""

from __future__ import annotations

from enum import StrEnum

from evidence.vocabulary import EffectMeasure

POOLABLE_MEASURES = (
    EffectMeasure.MD,
    EffectMeasure.SMD,
    EffectMeasure.ROM,
    EffectMeasure.RR,
    EffectMeasure.OR,
    EffectMeasure.RD,
    EffectMeasure.PETO,
    EffectMeasure.PLO,
    EffectMeasure.PFT,
    EffectMeasure.MN,
    EffectMeasure.ZCOR,
    EffectMeasure.GEN,
)
LOG_MEASURES = (EffectMeasure.ROM, EffectMeasure.RR, EffectMeasure.OR, EffectMeasure.PETO)


class PoolingMethod(StrEnum):
    """How weights are made."""

    FIXED = "FE"
    MANTEL_HAENSZEL = "MH"
    PETO = "PETO"
    DERSIMONIAN_LAIRD = "DL"
    PAULE_MANDEL = "PM"
    REML = "REML"
    MAXIMUM_LIKELIHOOD = "ML"
    EMPIRICAL_BAYES = "EB"
    HEDGES = "HE"
    HUNTER_SCHMIDT = "HS"
    SIDIK_JONKMAN = "SJ"

    @property
    def is_random(self) -> bool:
        """Whether effects may differ between studies."""
        return self not in FIXED_METHODS


FIXED_METHODS = (PoolingMethod.FIXED, PoolingMethod.MANTEL_HAENSZEL, PoolingMethod.PETO)

TABLE_METHODS: dict[PoolingMethod, tuple[EffectMeasure, ...]] = {
    PoolingMethod.MANTEL_HAENSZEL: (EffectMeasure.RR, EffectMeasure.OR, EffectMeasure.RD),
    PoolingMethod.PETO: (EffectMeasure.OR, EffectMeasure.PETO),
}


class CiMethod(StrEnum):
    """How the interval of a pooled estimate is made (Cochrane Handbook, section 10.10.4)."""

    Z = "z"
    HARTUNG_KNAPP = "hk"
    MODIFIED_HARTUNG_KNAPP = "modified-hk"


class PredictionMethod(StrEnum):
    """The three prediction intervals in use, by the quantile they take."""

    NORMAL = "normal"
    """Standard normal quantile (metafor's ``predict`` after a z test)."""
    T_K_MINUS_1 = "t(k-1)"
    """Cochrane Handbook, section 10.10.4.3 (version 6.5), and metafor after Hartung-Knapp."""
    T_K_MINUS_2 = "t(k-2)"
    """Higgins, Thompson & Spiegelhalter 2009 (doi:10.1111/j.1467-985X.2008.00552.x); used here."""
