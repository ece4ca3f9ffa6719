"""Drawing helpers without a task."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


def axes_or_new(axes, **size):
    if axes is None:
        import matplotlib.pyplot as plt

        _, axes = plt.subplots(**size)
    return axes


def word_label(piece: str) -> str:
    """A sub-word as a label: white space in front of a word is shown as such."""
    return "(end)" if piece == "</s>" else piece.replace("▁", " ")
