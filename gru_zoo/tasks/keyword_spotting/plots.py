"""Waveform, spectrum, attention and scores of a recording."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from gru_zoo.audio.sound import Audio
    from gru_zoo.tasks.keyword_spotting.task import KeywordSpotting


def speech(
    task: "KeywordSpotting",
    sound: "Audio",
    rate: int | None = None,
    axes: "np.ndarray | None" = None,
) -> "np.ndarray":
    """Draw the waveform, the log-mel spectrum, the attention and the class scores of a sound.

    The attention is that of each head over the window in which a word is clearest. The scores are
    those of the windows around each moment, see `KeywordSpotting.trace`.

    Args:
        task: the task.
        sound: path, bytes, array or `Sound`, see `KeywordSpotting.predict`.
        rate: samples per second if `sound` is an array, else None.
        axes: four axes to draw on, one below the other; None makes a figure.

    Returns:
        The four axes, an array.
    """
    import matplotlib.pyplot as plt

    if axes is None:
        _, axes = plt.subplots(4, 1, figsize=(8, 8), sharex=True, layout="constrained")
    overview = task.overview(sound, rate)
    waveform, spectrum, attention, scores = axes
    wave, trace = overview.wave, overview.trace
    seconds = len(wave) / task.processor.rate
    waveform.plot([seconds * i / len(wave) for i in range(len(wave))], wave, lw=0.5)
    waveform.set_ylabel("waveform")
    extent = (0, seconds, 0, overview.spectrum.shape[1])
    spectrum.imshow(overview.spectrum.T, origin="lower", aspect="auto", extent=extent)
    spectrum.set_ylabel("mel band")
    start, end = overview.window
    frames = overview.attention.shape[1]
    middles = [start + (end - start) * (i + 0.5) / frames for i in range(frames)]
    for head, weights in enumerate(overview.attention, 1):
        attention.plot(middles, weights, label=f"head {head}")
    attention.set_ylabel("attention")
    attention.legend(loc="upper right", fontsize="small")
    for label, row in zip(task.labels, trace.scores.T, strict=True):
        if row.max() > 0.1:
            scores.plot(trace.times, row, label=label)
    scores.set_ylim(0, 1)
    scores.set_ylabel("probability")
    scores.set_xlabel("seconds")
    scores.set_xlim(0, seconds)
    scores.legend(loc="upper right", fontsize="small")
    return axes
