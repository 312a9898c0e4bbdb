"""Evidence tracker: what a document asserts beside what the evidence carries.

Public functions are imported lazily, so ``import evidence`` costs nothing::

    import evidence

    data = evidence.load()
    data.verdicts  # a DataFrame, one row a claim
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence.settings import PROGRAM_VERSION as __version__

if TYPE_CHECKING:
    from evidence.api import load, parse_pubmed, pool, read_abstract

__all__ = ["__version__", "load", "parse_pubmed", "pool", "read_abstract"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute may be anything
    """Import a public function on first use."""
    if name not in __all__:
        msg = f"module 'evidence' has no attribute {name!r}"
        raise AttributeError(msg)
    from evidence import api

    return getattr(api, name)
