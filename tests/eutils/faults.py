"""Faults by a seeded plan: which reply goes wrong, and how."""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """What may go wrong with a reply; all of it was seen in the wild."""

    RATE_LIMITED = "429 with a JSON body"
    RATE_LIMITED_IN_200 = "the same body in a 200"
    SERVER_ERROR = "500"
    BAD_GATEWAY = "502"
    BACK_END = "search back end failed, in a 200"
    HTML = "HTML in a 200"
    TRUNCATED = "truncated body"
    CUT_XML = "XML that ends in the middle, of the right length"
    RESET = "connection reset"
    HANG = "hang"
    LAPSED = "lapsed history"
    REORDERED = "records in another order"
    MISSING = "a record missing"
    REFUSED = "an error that no retry can help"


TRANSIENT = tuple(
    kind for kind in FaultKind if kind not in (FaultKind.HANG, FaultKind.LAPSED, FaultKind.REFUSED)
)


@dataclass(slots=True)
class FaultPlan:
    """Draws faults for a share of the replies, the same for the same seed."""

    share: float = 0.0
    kinds: tuple[FaultKind, ...] = TRANSIENT
    seed: int = 1
    hang_seconds: float = 5.0
    most_hangs: int = 2
    most: int | None = None
    """How many replies go wrong at most."""
    drawn: Counter[FaultKind] = field(default_factory=Counter)
    _chance: random.Random = field(init=False)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def draw(self, util: str, *, uses_history: bool = False) -> FaultKind | None:
        """Return what goes wrong with the next reply of a util, None where nothing does."""
        with self._guard:
            if self._chance.random() >= self.share or self.drawn.total() == self.most:
                return None
            kind = self._chance.choice(self.kinds)
            if kind in (FaultKind.REORDERED, FaultKind.MISSING) and util != "efetch":
                if len(self.kinds) == 1:
                    return None
                kind = FaultKind.SERVER_ERROR
            if kind is FaultKind.LAPSED and not uses_history:
                kind = FaultKind.BACK_END
            if kind is FaultKind.HANG and self.drawn[kind] >= self.most_hangs:
                kind = FaultKind.RESET
            self.drawn[kind] += 1
            return kind
