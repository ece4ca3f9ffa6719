"""Drawings of what a model does. Each is imported when it is first used.

Drawings of one task lie in the folder of that task and are named here as strings, so that this
package imports no task.
"""

import importlib
from typing import Any

_DRAWINGS = {
    "attention": "gru_zoo.plot.heatmap",
    "copies": "gru_zoo.plot.heatmap",
    "explain": "gru_zoo.plot.bars",
    "gates": "gru_zoo.plot.gates",
    "learning_curve": "gru_zoo.plot.history",
    "piano_roll": "gru_zoo.tasks.music.plots",
    "speech": "gru_zoo.tasks.keyword_spotting.plots",
}

__all__ = [*_DRAWINGS]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _DRAWINGS:
        raise AttributeError(f"module 'gru_zoo.plot' has no attribute '{name}'")
    return getattr(importlib.import_module(_DRAWINGS[name]), name)


def __dir__() -> list[str]:
    return sorted(_DRAWINGS)
