"""Drawing of a forecast."""

from typing import TYPE_CHECKING, Any

import numpy as np

from gru_zoo.plot.axes import axes_or_new
from gru_zoo.plot.colors import foreground, palette

if TYPE_CHECKING:
    import matplotlib.axes

    from gru_zoo.tasks.forecasting.results import Outlook

_SHOWN = 4  # times the horizon: steps of the past that are drawn


def forecast(
    outlook: "Outlook",
    truth: Any = None,
    axes: "matplotlib.axes.Axes | None" = None,
) -> "matplotlib.axes.Axes":
    """Draw the end of a series, the median of what follows, and bands of 80 % and 40 %.

    Args:
        outlook: one of `Forecasting.outlook`.
        truth: what came, shape `(steps,)`, of the first steps of the forecast; None if unknown.
        axes: axes to draw on; None makes a new figure.

    Returns:
        The axes.

    Raises:
        ValueError: `truth` has more steps than the forecast.
    """
    horizon, count = len(outlook.quantiles), len(outlook.past)
    future = outlook.times[count:]
    if truth is not None and len(truth) > horizon:
        raise ValueError(
            f"Expected a truth of up to {horizon} steps, as the forecast has. Received: "
            f"{len(truth)}."
        )
    axes = axes_or_new(axes, figsize=(8, 4), layout="constrained")
    blue, red = palette(axes)[:2]
    shown = slice(max(0, count - _SHOWN * horizon), count)
    axes.plot(outlook.times[shown], outlook.past[shown], color=foreground(axes), label="past")
    levels = np.array(outlook.levels)
    for low, shade in ((0.1, 0.2), (0.3, 0.3)):
        bounds = [int(np.abs(levels - level).argmin()) for level in (low, 1 - low)]
        lower, upper = outlook.quantiles[:, bounds].T
        label = f"{round(100 * (1 - 2 * low))} %"
        axes.fill_between(future, lower, upper, color=blue, alpha=shade, linewidth=0, label=label)
    middle = int(np.abs(levels - 0.5).argmin())
    axes.plot(future, outlook.quantiles[:, middle], color=blue, label="median")
    if truth is not None:
        axes.plot(future[: len(truth)], np.asarray(truth), color=red, label="truth")
    is_time = np.issubdtype(np.asarray(outlook.times).dtype, np.datetime64)
    if is_time:
        import matplotlib.dates

        locator = matplotlib.dates.AutoDateLocator()
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(matplotlib.dates.ConciseDateFormatter(locator))
    axes.set_xlabel("time" if is_time else "step")
    axes.set_ylabel(outlook.name)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=5, frameon=False)
    axes.margins(x=0.01)
    return axes
