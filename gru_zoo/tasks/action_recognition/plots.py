"""Poses, signals and class scores of a movement."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gru_zoo.plot.colors import foreground, line_style, palette
from gru_zoo.tasks.action_recognition.skeleton import JOINTS, PARENTS

if TYPE_CHECKING:
    import matplotlib.axes

    from gru_zoo.tasks.action_recognition.results import Sight, Trace
    from gru_zoo.tasks.action_recognition.task import ActionRecognition

_WIDTH, _ROW = 10.0, 2.4  # inches of a new figure, and of each of its rows
_LOWEST, _HIGHEST = -2.6, 2.2  # of a pose, in trunks above the hips
_POSE = 2.6  # trunks that a pose takes to the side
_SHOWN = 0.1  # a class whose score stays below is left out
_CURVES = 6  # classes that are drawn at most
_ASIDE: dict[str, Any] = {
    "loc": "upper left",
    "bbox_to_anchor": (1, 1),
    "frameon": False,
    "fontsize": "small",
}


def skeleton(
    task: "ActionRecognition",
    recording: Any,
    rate: float | None = None,
    axes: "np.ndarray | None" = None,
) -> "np.ndarray":
    """Draw a strip of poses, the signals, and the class scores while a movement goes on.

    Poses are those that the model reads: turned to the front, of one size, the hips at one height.
    The scores at a moment are those of what is known until then, see `ActionRecognition.trace`. The
    two streams of a recording need not begin at the same moment; here they do.

    Args:
        task: the task.
        recording: a recording, see `ActionRecognition.predict`.
        rate: frames or samples per second of an array; None for the rate of the model.
        axes: axes to draw on, one below the other: one for each stream of the recording, and one
            for the scores; None makes a figure of 10 inches width.

    Returns:
        The axes, an array.
    """
    sight = task.sight(recording, rate)
    rows = 1 + (len(sight.points) > 0) + (len(sight.signals) > 0)
    if axes is None:
        import matplotlib.pyplot as plt

        size = (_WIDTH, _ROW * rows)
        _, axes = plt.subplots(rows, 1, figsize=size, sharex=True, layout="constrained")
    *streams, scores = axes
    for part in axes:
        part.set_xlim(0, max(sight.seconds))
    if len(sight.points):
        _draw_poses(streams[0], sight)
    if len(sight.signals):
        _draw_signals(streams[-1], sight)
    _draw_scores(scores, sight.trace, task.labels)
    scores.set_xlabel("time in seconds")
    return axes


def _draw_poses(axes: "matplotlib.axes.Axes", sight: "Sight") -> None:
    """Draw poses as wide as they are high, each at its time, as many as there is room for."""
    end, (low, high) = sight.seconds[0], axes.get_xlim()
    box = axes.get_window_extent()
    trunk = (high - low) / box.width * box.height / (_HIGHEST - _LOWEST)  # in seconds
    count = int(np.clip(end / (_POSE * trunk), 1, 12))
    middles = (np.arange(count) + 0.5) * end / count
    frames = np.minimum((middles / end * len(sight.points)).astype(int), len(sight.points) - 1)
    for middle, frame in zip(middles, frames, strict=True):
        joints = sight.points[frame, : len(JOINTS)]
        for joint, parent in enumerate(PARENTS):
            ends = joints[[joint, parent]]
            style = {"color": _color_of(axes, JOINTS[joint]), "linewidth": 2}
            axes.plot(middle + trunk * ends[:, 0], ends[:, 1], solid_capstyle="round", **style)
    axes.set_ylim(_LOWEST, _HIGHEST)
    axes.set_yticks([])
    axes.set_ylabel("poses")
    axes.legend(
        handles=[
            axes.plot([], [], color=_color_of(axes, side), label=side)[0]
            for side in ("left", "right")
        ],
        **_ASIDE,
    )


def _color_of(axes: "matplotlib.axes.Axes", joint: str) -> Any:
    """Color of the bone above a joint: one a side, and that of the text in the middle."""
    for number, side in enumerate(("left", "right")):
        if joint.startswith(side):
            return palette(axes)[number]
    return foreground(axes)


def _draw_signals(axes: "matplotlib.axes.Axes", sight: "Sight") -> None:
    samples, channels = sight.signals.shape
    times = (np.arange(samples) + 0.5) / samples * sight.seconds[1]
    for channel in range(channels):
        style = line_style(axes, channel)
        axes.plot(times, sight.signals[:, channel], linewidth=1, label=f"{channel + 1}", **style)
    axes.set_ylabel("signals")
    if channels <= 2 * _CURVES:
        columns = 1 + (channels > _CURVES)
        axes.legend(title="channel", title_fontsize="small", ncols=columns, **_ASIDE)


def _draw_scores(axes: "matplotlib.axes.Axes", trace: "Trace", labels: Sequence[str]) -> None:
    """Draw a curve for each class that is likely at some moment, the likeliest at the end first."""
    from gru_zoo.plot.token_axis import literal

    highest = trace.scores.max(axis=0)
    order = np.argsort(-(trace.scores[-1] + 1e-3 * highest), kind="stable")
    shown = [i for i in order if highest[i] >= _SHOWN][:_CURVES] or [int(order[0])]
    for number, index in enumerate(shown):
        style = {"label": literal(labels[index]), "marker": ".", **line_style(axes, number)}
        axes.plot(trace.times, trace.scores[:, index], **style)
    axes.set_ylim(0, 1.02)
    axes.set_ylabel("probability")
    axes.legend(**_ASIDE)
