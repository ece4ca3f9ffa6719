"""Plots of what a model does. Each one is imported when it is first used.

Plots of a single task lie in the folder of that task. They are named here as strings, so that this
package imports no task.
"""

import importlib
from typing import Any

# A module must not have the name of a plot: once imported, it would hide the function.
_PLOTS = {
    "anomalies": "gru_zoo.tasks.anomalies.plots",
    "attention": "gru_zoo.plot.heatmap",
    "board": "gru_zoo.tasks.chess.plots",
    "confusion": "gru_zoo.plot.confusion_matrix",
    "copies": "gru_zoo.plot.heatmap",
    "evidence": "gru_zoo.tasks.question_answering.plots",
    "explain": "gru_zoo.plot.bars",
    "forecast": "gru_zoo.tasks.forecasting.plots",
    "gates": "gru_zoo.plot.gate_activity",
    "learning_curve": "gru_zoo.plot.history",
    "piano_roll": "gru_zoo.tasks.music.plots",
    "skeleton": "gru_zoo.tasks.action_recognition.plots",
    "speech": "gru_zoo.tasks.keyword_spotting.plots",
}

__all__ = [*_PLOTS]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _PLOTS:
        raise AttributeError(f"module 'gru_zoo.plot' has no attribute '{name}'")
    return getattr(importlib.import_module(_PLOTS[name]), name)


def __dir__() -> list[str]:
    return sorted(_PLOTS)
