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
    """What a recogniser heard: waveform, log-mel spectrum, where it looked, and class scores.

    Attention is that of the heads to the frames of the window in which a word was clearest; scores
    are those of windows around each moment, as `KeywordSpotting.detect` sees them.

    Args:
        task: the recogniser.
        sound: as `KeywordSpotting.predict` takes it.
        rate: as there.
        axes: four to draw on, one below the other.

    Returns:
        The four axes, an array.
    """
    import matplotlib.pyplot as plt

    if axes is None:
        _, axes = plt.subplots(4, 1, figsize=(8, 8), sharex=True, layout="constrained")
    heard = task.overview(sound, rate)
    wave, spectrum, attention, scores = axes
    seconds = len(heard.wave) / task.processor.rate
    wave.plot([seconds * i / len(heard.wave) for i in range(len(heard.wave))], heard.wave, lw=0.5)
    wave.set_ylabel("waveform")
    extent = (0, seconds, 0, heard.spectrum.shape[1])
    spectrum.imshow(heard.spectrum.T, origin="lower", aspect="auto", extent=extent)
    spectrum.set_ylabel("mel band")
    start, end = heard.window
    frames = heard.attention.shape[1]
    middles = [start + (end - start) * (i + 0.5) / frames for i in range(frames)]
    for head, weights in enumerate(heard.attention, 1):
        attention.plot(middles, weights, label=f"head {head}")
    attention.set_ylabel("attention")
    attention.legend(loc="upper right", fontsize="small")
    for label, row in zip(task.labels, heard.trace.scores.T, strict=True):
        if row.max() > 0.1:
            scores.plot(heard.trace.times, row, label=label)
    scores.set_ylim(0, 1)
    scores.set_ylabel("probability")
    scores.set_xlabel("seconds")
    scores.set_xlim(0, seconds)
    scores.legend(loc="upper right", fontsize="small")
    return axes
