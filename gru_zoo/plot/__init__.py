"""Drawings of what a model does."""

from gru_zoo.plot.heatmap import (
    attention,
    copies,
    explain,
    gates,
    learning_curve,
    piano_roll,
    speech,
)

__all__ = ["attention", "copies", "explain", "gates", "learning_curve", "piano_roll", "speech"]
