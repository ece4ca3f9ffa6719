"""Axes of new figures."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import matplotlib.axes


def axes_or_new(
    axes: "matplotlib.axes.Axes | None", **figure_options: Any
) -> "matplotlib.axes.Axes":
    """Return `axes`, or the axes of a new figure if it is None.

    Args:
        axes: axes to draw on, or None.
        **figure_options: arguments of `matplotlib.pyplot.subplots` for a new figure.
    """
    if axes is None:
        import matplotlib.pyplot as plt

        _, axes = plt.subplots(**figure_options)
    return axes
