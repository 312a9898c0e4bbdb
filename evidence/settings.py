"""Where things are and how they are reached: environment and defaults, read in one place.

Nothing is read at import: :func:`read_settings` is called once by the command line, by a page or
by a notebook. Relative defaults are relative to the checkout, other paths to the current folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from evidence.errors import Fault, SettingError

__all__ = ["CHECKOUT", "DEFAULT_PORT", "PROGRAM_VERSION", "Settings", "read_settings"]

CHECKOUT = Path(__file__).resolve().parent.parent
DEFAULT_PORT = 8501
PROGRAM_VERSION = "0.1.0"
"""Of this program; ``pyproject.toml`` says the same, held by a test."""
SECRETS = frozenset({"ncbi_api_key", "database_url"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of a run."""

    workspace: Path
    claims: Path
    documents: Path
    starter: Path
    protocol: Path
    models: Path
    database_url: str
    eutils_url: str
    ctgov_url: str
    icite_url: str
    ncbi_email: str | None
    ncbi_api_key: str | None

    @property
    def requests_per_second(self) -> int:
        """Return NCBI's rate: 3 a second, 10 with a key of one's own."""
        return 10 if self.ncbi_api_key else 3

    @property
    def is_database_shared(self) -> bool:
        """Return whether decisions live in a team's database instead of the workspace."""
        return not self.database_url.startswith("sqlite")

    def shown(self) -> dict[str, str | None]:
        """Return the settings for ``status``, with secrets masked."""
        out: dict[str, str | None] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            text = None if value is None else str(value)
            out[field.name] = mask(text) if field.name in SECRETS and text else text
        return out


def mask(secret: str) -> str:
    """Return a secret as it may be printed; a URL keeps its scheme and host.

    >>> mask("abcd1234")
    '••••'
    >>> mask("postgresql+psycopg://ann:pw@db.example/team")
    'postgresql+psycopg://••••@db.example/team'
    """
    if "://" not in secret:
        return "••••"
    scheme, rest = secret.split("://", 1)
    return f"{scheme}://••••@{rest.rsplit('@', 1)[1]}" if "@" in rest else secret


def read_settings(
    environment: Mapping[str, str] | None = None,
    *,
    workspace: str | Path | None = None,
    claims: str | Path | None = None,
    documents: str | Path | None = None,
) -> Settings:
    """Return the settings of this run; an argument beats the environment beats the default.

    Raises
    ------
    SettingError
        A base URL does not end in ``/`` or has no scheme; all such faults at once.
    """
    env = os.environ if environment is None else environment
    data = CHECKOUT / "data"
    folder = Path(workspace or env.get("EVIDENCE_WORKSPACE") or data)
    urls = {
        "EVIDENCE_EUTILS_URL": "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/",
        "EVIDENCE_CTGOV_URL": "https://clinicaltrials.gov/api/v2/",
        "EVIDENCE_ICITE_URL": "https://icite.od.nih.gov/api/",
    }
    read = {name: env.get(name) or default for name, default in urls.items()}
    faults = [
        Fault("environment", name, f"{url!r} is not a base URL", "http(s)://…/ ending in /")
        for name, url in read.items()
        if not (url.startswith(("http://", "https://")) and url.endswith("/"))
    ]
    if faults:
        raise SettingError("settings", faults)
    return Settings(
        workspace=folder,
        claims=Path(claims or env.get("EVIDENCE_CLAIMS") or data / "claims.yaml"),
        documents=Path(documents or env.get("EVIDENCE_DOCUMENTS") or data / "documents"),
        starter=data / "starter",
        protocol=data / "protocol.yaml",
        models=data / "models",
        database_url=env.get("EVIDENCE_DATABASE_URL") or f"sqlite:///{folder / 'decisions.db'}",
        eutils_url=read["EVIDENCE_EUTILS_URL"],
        ctgov_url=read["EVIDENCE_CTGOV_URL"],
        icite_url=read["EVIDENCE_ICITE_URL"],
        ncbi_email=env.get("NCBI_EMAIL") or None,
        ncbi_api_key=env.get("NCBI_API_KEY") or None,
    )
