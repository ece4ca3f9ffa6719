"""Drawing of a series with its anomalies."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gru_zoo.plot.axes import axes_or_new
from gru_zoo.plot.colors import foreground, palette

if TYPE_CHECKING:
    import matplotlib.axes

    from gru_zoo.tasks.anomalies.results import Detection


def anomalies(
    detection: "Detection",
    windows: Sequence[tuple[int, int]] = (),
    axes: "matplotlib.axes.Axes | None" = None,
) -> "matplotlib.axes.Axes":
    """Draw a series, the interval that was expected, and the alarms.

    Args:
        detection: of `Anomalies.detect`.
        windows: first and last step of windows with known anomalies, which are shaded.
        axes: axes to draw on; None makes a new figure.

    Returns:
        The axes.

    Raises:
        ValueError: a window is not in the series.
    """
    steps = len(detection.values)
    for left, right in windows:
        if not 0 <= left <= right < steps:
            raise ValueError(
                f"Expected windows between steps 0 and {steps - 1}. Received: {(left, right)}."
            )
    axes = axes_or_new(axes, figsize=(8, 4), layout="constrained")
    blue, red, green = palette(axes)[:3]
    times = detection.times
    low, high = detection.intervals.T
    # An interval that is far wider than the series would flatten it.
    bottom, top = np.nanmin(detection.values), np.nanmax(detection.values)
    room = 0.1 * (top - bottom) or 1.0
    low, high = (np.clip(bound, bottom - room, top + room) for bound in (low, high))
    axes.fill_between(times, low, high, color=blue, alpha=0.25, linewidth=0, label="98 % expected")
    axes.plot(times, detection.values, color=foreground(axes), linewidth=0.8, label="series")
    for number, (left, right) in enumerate(windows):
        label = "known anomaly" if number == 0 else None
        axes.axvspan(times[left], times[right], color=green, alpha=0.2, label=label)
    alarms = detection.alarms
    axes.plot(
        np.asarray(times)[alarms],
        detection.values[alarms],
        linestyle="none",
        marker="o",
        color=red,
        label="alarm",
    )
    is_time = np.issubdtype(np.asarray(times).dtype, np.datetime64)
    if is_time:
        import matplotlib.dates

        locator = matplotlib.dates.AutoDateLocator()
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(matplotlib.dates.ConciseDateFormatter(locator))
    axes.set_xlabel("time" if is_time else "step")
    axes.set_ylabel(detection.name)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False)
    axes.margins(x=0.01)
    return axes
