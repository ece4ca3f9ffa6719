"""Learning curves."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras
    import matplotlib.axes

from gru_zoo.plot.axes import axes_or_new


def learning_curve(
    history: "dict[str, list[float]] | keras.callbacks.History",
    metric: str = "loss",
    axes: "matplotlib.axes.Axes | None" = None,
) -> "matplotlib.axes.Axes":
    """A metric on training and validation data over the epochs.

    Args:
        history: from `Task.fit` or `Task.history`.
        metric: a key of `history`, with or without `val_`: both are drawn.
        axes: where to draw.

    Raises:
        ValueError: if the history has no such metric.
    """
    import matplotlib.ticker

    history = getattr(history, "history", history)
    if metric not in history:
        raise ValueError(f"Expected a metric among {sorted(history)}. Received: metric={metric!r}.")
    metric = metric.removeprefix("val_")
    axes = axes_or_new(axes, figsize=(6, 4), layout="constrained")
    for key, label in ((metric, "training"), (f"val_{metric}", "validation")):
        if key in history:
            axes.plot(range(1, len(history[key]) + 1), history[key], marker="o", label=label)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True))
    axes.set_ylabel(metric)
    axes.legend()
    return axes
