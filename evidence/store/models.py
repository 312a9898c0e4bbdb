"""The weights of small models, as figures in ``data/models/``.

Each file is one JSON object: what it is for, what it was trained on, and its numbers. The reader
of abstracts (``evidence.appraisal``) asks here and opens no file itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from evidence.errors import Fault, SettingError
from evidence.settings import CHECKOUT

MODELS_FOLDER = CHECKOUT / "data" / "models"
MODEL_NAMES = (
    "randomized",
    "participants",
    "direction_sentence",
    "direction_difference",
    "direction_sign",
    "direction_confidence",
    "endpoint",
    "comparator",
    "rules",
    "thresholds",
)


def read_models(folder: Path | None = None) -> Mapping[str, Mapping[str, Any]]:
    """Return every model's figures by name; all faults in one raise."""
    return _read(folder or MODELS_FOLDER)


@lru_cache(maxsize=4)
def _read(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    figures: dict[str, Mapping[str, Any]] = {}
    faults: list[Fault] = []
    for name in MODEL_NAMES:
        path = folder / f"{name}.json"
        try:
            figures[name] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            faults.append(
                Fault(
                    str(path),
                    "file",
                    "is missing",
                    "run benchmarks/train_reading.py, or check out data/models",
                )
            )
        except json.JSONDecodeError as error:
            faults.append(Fault(str(path), f"line {error.lineno}", f"is no JSON: {error.msg}"))
    if faults:
        raise SettingError("models", faults)
    return figures
