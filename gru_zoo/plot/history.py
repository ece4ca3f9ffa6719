"""Learning curves."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from gru_zoo.plot.axes import axes_or_new

if TYPE_CHECKING:
    import matplotlib.axes


class History(Protocol):
    """A result of `fit`, such as `keras.callbacks.History`."""

    history: dict[str, list[float]]


def learning_curve(
    history: Mapping[str, Sequence[float]] | History,
    metric: str = "loss",
    axes: "matplotlib.axes.Axes | None" = None,
) -> "matplotlib.axes.Axes":
    """Plot a metric on training and validation data over the epochs.

    Args:
        history: result of `Task.fit`, or the attribute `history` of a task.
        metric: name of the metric, with or without `val_`; both curves are drawn.
        axes: axes to draw on; None makes a new figure.

    Raises:
        ValueError: the history has no such metric.
    """
    import matplotlib.ticker

    curves = history if isinstance(history, Mapping) else history.history
    if metric not in curves:
        raise ValueError(f"Expected a metric among {sorted(curves)}. Received: metric={metric!r}.")
    metric = metric.removeprefix("val_")
    axes = axes_or_new(axes, figsize=(6, 4), layout="constrained")
    for key, label in ((metric, "training"), (f"val_{metric}", "validation")):
        if key in curves:
            axes.plot(range(1, len(curves[key]) + 1), curves[key], marker="o", label=label)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True))
    axes.set_ylabel(metric)
    axes.legend()
    return axes
