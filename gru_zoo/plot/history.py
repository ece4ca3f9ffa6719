"""Learning curves."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from gru_zoo.plot.axes import axes_or_new
from gru_zoo.plot.colors import line_style

if TYPE_CHECKING:
    import matplotlib.axes


_MARKED = 30  # epochs: with more, the marks would hide the curves


class History(Protocol):
    """A result of `fit`, such as `keras.callbacks.History`."""

    history: dict[str, list[float]]


def learning_curve(
    history: Mapping[str, Sequence[float]] | History,
    metric: str = "loss",
    axes: "matplotlib.axes.Axes | None" = None,
) -> "matplotlib.axes.Axes":
    """Plot a metric on training and validation data over the epochs, with the last numbers.

    Args:
        history: result of `Task.fit`, or the attribute `history` of a task.
        metric: name of the metric, with or without `val_`; both curves are drawn.
        axes: axes to draw on; None makes a new figure.

    Raises:
        ValueError: the history has no such metric.
    """
    import matplotlib.ticker

    curves = history if isinstance(history, Mapping) else history.history
    name = metric.removeprefix("val_")
    keys = {"training": name, "validation": f"val_{name}"}
    named = {label: curves[key] for label, key in keys.items() if key in curves}
    if not named:
        raise ValueError(f"Expected a metric among {sorted(curves)}. Received: metric={metric!r}.")
    highest = max(named, key=lambda label: named[label][-1])
    epochs = max(map(len, named.values()))
    axes = axes_or_new(axes, figsize=(6, 4), layout="constrained")
    for label, values in named.items():
        number = list(keys).index(label)  # a curve keeps its color where the other is missing
        marker = "os"[number] if epochs <= _MARKED else None
        axes.plot(
            range(1, len(values) + 1),
            values,
            marker=marker,
            label=label,
            **line_style(axes, number),
        )
        if not math.isfinite(values[-1]):  # a training that diverged
            continue
        axes.annotate(
            f"{values[-1]:.4g}",
            (1, values[-1]),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="bottom" if label == highest else "top",
        )
    axes.set_xlim(0.5, epochs + 0.5)
    axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_xlabel("epoch")
    axes.set_ylabel(name)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False)
    return axes
