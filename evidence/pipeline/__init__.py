"""The order of the stages: read → appraise → choose → synthesise → judge → write.

The only place that knows it. ``build`` reads like a recipe; what a step does stands in its stage.
"""

from __future__ import annotations

from evidence.pipeline.build import BuildResult, build, read_inputs

__all__ = ["BuildResult", "build", "read_inputs"]
