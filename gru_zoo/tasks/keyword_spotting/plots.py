"""Waveform, spectrum, attention and scores of a recording."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gru_zoo.layers.spectrogram import LOWEST, mel
from gru_zoo.plot.colors import foreground, line_style, palette
from gru_zoo.tasks.keyword_spotting.processor import SILENCE, UNKNOWN

if TYPE_CHECKING:
    import matplotlib.axes

    from gru_zoo.audio.sound import Audio
    from gru_zoo.tasks.keyword_spotting.results import Overview, Trace
    from gru_zoo.tasks.keyword_spotting.task import KeywordSpotting

_SHOWN = 0.3  # a class whose score stays below is left out, and so is the name of such a peak
_TOP = 0.9  # share of its highest score that a peak has at least
_MOST_POINTS = 4_000  # of the waveform
_KILOHERTZ = 0.25, 1, 2, 4, 8
_ASIDE: dict[str, Any] = {
    "loc": "upper left",
    "bbox_to_anchor": (1, 1),
    "frameon": False,
    "fontsize": "small",
}


def speech(
    task: "KeywordSpotting",
    sound: "Audio",
    rate: int | None = None,
    axes: "np.ndarray | None" = None,
) -> "np.ndarray":
    """Draw the waveform, the log-mel spectrum, the attention and the class scores of a sound.

    The attention is that of each head over the window in which a word is clearest. The window has
    a gray background. The scores are those of the windows around each moment, see
    `KeywordSpotting.trace`, and the name of a word stands above each of its peaks.

    Args:
        task: the task.
        sound: path, bytes, array or `Sound`, see `KeywordSpotting.predict`.
        rate: samples per second if `sound` is an array, else None.
        axes: four axes to draw on, one below the other; None makes a figure, of at most 14 by 8
            inches.

    Returns:
        The four axes, an array.
    """
    overview = task.overview(sound, rate)
    seconds = len(overview.wave) / task.processor.rate
    if axes is None:
        import matplotlib.pyplot as plt

        size = (min(14.0, max(8.0, 0.5 * seconds)), 8)
        _, axes = plt.subplots(4, 1, figsize=size, sharex=True, layout="constrained")
    waveform, spectrum, attention, scores = axes
    for part in axes:
        part.set_xlim(0, seconds)
    _draw_wave(waveform, overview.wave, seconds)
    _draw_spectrum(spectrum, overview.spectrum, seconds, task.processor.rate)
    _draw_attention(attention, overview)
    _draw_scores(scores, overview.trace, task.labels)
    for part in (waveform, attention, scores):  # the spectrum would cover it
        part.axvspan(*overview.window, color=foreground(part), alpha=0.1, linewidth=0)
    for edge in overview.window:
        spectrum.axvline(edge, color="white", linestyle="--", linewidth=1)
    scores.set_xlabel("time in seconds")
    return axes


def _draw_wave(axes: "matplotlib.axes.Axes", wave: np.ndarray, seconds: float) -> None:
    """Draw the lowest and the highest sample of short stretches."""
    size = max(1, -(-len(wave) // _MOST_POINTS))
    stretches = np.pad(wave, (0, -len(wave) % size), mode="edge").reshape(-1, size)
    ends = np.stack([stretches.min(axis=1), stretches.max(axis=1)], axis=1)[:, : min(size, 2)]
    times = np.repeat(np.arange(len(ends)) * size * seconds / len(wave), ends.shape[1])
    axes.plot(times, ends.ravel(), linewidth=0.5, color=palette(axes)[0])
    axes.set_ylabel("amplitude")


def _draw_spectrum(
    axes: "matplotlib.axes.Axes", spectrum: np.ndarray, seconds: float, rate: int
) -> None:
    bands = spectrum.shape[1]
    axes.imshow(spectrum.T, origin="lower", aspect="auto", extent=(0, seconds, 0, bands))
    # Band 0 has its middle one step above the lowest frequency, and at 0.5 in the picture.
    low, high = mel(LOWEST), mel(0.475 * rate)
    places = (mel(1_000 * np.array(_KILOHERTZ)) - low) / (high - low) * (bands + 1) - 0.5
    inside = [i for i, place in enumerate(places) if 0 <= place <= bands]
    axes.set_yticks(places[inside], [f"{_KILOHERTZ[i]:g}" for i in inside])
    axes.set_ylabel("frequency in kHz")


def _draw_attention(axes: "matplotlib.axes.Axes", overview: "Overview") -> None:
    (start, end), frames = overview.window, overview.attention.shape[1]
    middles = [start + (end - start) * (i + 0.5) / frames for i in range(frames)]
    for head, weights in enumerate(overview.attention):
        axes.plot(middles, weights, label=f"head {head + 1}", **line_style(axes, head))
    axes.set_ylim(bottom=0)
    axes.set_ylabel("attention")
    axes.legend(**_ASIDE)


def _draw_scores(axes: "matplotlib.axes.Axes", trace: "Trace", labels: Sequence[str]) -> None:
    """Draw a curve for each class, those that are no words in gray."""
    from gru_zoo.plot.token_axis import literal

    words, others, peaks = 0, [], []
    for label, row in zip(labels, trace.scores.T, strict=True):
        if row.max() <= _SHOWN:
            continue
        if label in (SILENCE, UNKNOWN):
            style = {"color": foreground(axes), "alpha": 0.5, "linestyle": "-:"[label == UNKNOWN]}
        else:
            style, words = line_style(axes, words), words + 1
            peaks += [_Peak(*peak, literal(label), style["color"]) for peak in _peaks(trace, row)]
        (line,) = axes.plot(trace.times, row, label=literal(label), **style)
        others += [line] * (label in (SILENCE, UNKNOWN))
    axes.set_ylim(0, 1.02)
    axes.set_ylabel("probability")
    if others:
        axes.legend(handles=others, **_ASIDE)
    _name_peaks(axes, peaks)


class _Peak(NamedTuple):
    score: float
    time: float
    label: str
    color: str


def _peaks(trace: "Trace", row: np.ndarray) -> list[tuple[float, float]]:
    """Height and middle of each stretch in which the score of a class is above `_SHOWN`."""
    high = np.pad(row > _SHOWN, 1)
    turns = np.flatnonzero(high[1:] != high[:-1])
    peaks = []
    for start, end in turns.reshape(-1, 2):
        height = row[start:end].max()
        top = trace.times[start:end][row[start:end] >= _TOP * height]
        peaks.append((float(height), float(top[0] + top[-1]) / 2))
    return peaks


def _name_peaks(axes: "matplotlib.axes.Axes", peaks: list[_Peak]) -> None:
    """Write the names of peaks above the axes, of neighbors without room the highest one's."""
    from gru_zoo.plot.token_axis import font_size, length_in_points

    size = 0.83 * font_size("xtick.labelsize")  # that of "small"
    low, high = axes.get_xlim()
    a_point = (high - low) / length_in_points(axes.xaxis)
    peaks = sorted((peak for peak in peaks if low <= peak.time <= high), reverse=True)
    chosen, upright = _apart(peaks, lambda peak: 0.7 * size * (len(peak.label) + 1) * a_point), 0
    if len(chosen) < len(peaks):
        chosen, upright = _apart(peaks, lambda peak: 1.3 * size * a_point), 90
    above = axes.get_xaxis_transform()  # seconds, and 1 for the top of the axes
    for peak in chosen:
        axes.scatter(
            peak.time, 1.05, s=16, marker="v", color=peak.color, transform=above, clip_on=False
        )
        axes.annotate(
            peak.label,
            (peak.time, 1.05),
            xycoords=above,
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            va="bottom",
            rotation=upright,
            size=size,
        )


def _apart(peaks: list[_Peak], width: Callable[[_Peak], float]) -> list[_Peak]:
    """The first peaks whose names do not overlap.

    Args:
        peaks: peaks, the most important first.
        width: room that a name takes, in seconds.
    """
    chosen: list[_Peak] = []
    for peak in peaks:
        if all(abs(peak.time - c.time) >= (width(peak) + width(c)) / 2 for c in chosen):
            chosen.append(peak)
    return chosen
