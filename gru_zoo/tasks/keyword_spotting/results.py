"""What keyword spotting returns."""

from typing import NamedTuple

import numpy as np


class Trace(NamedTuple):
    """What a model thought while it listened.

    Args:
        times: of the middle of each window, in seconds, shape `(windows,)`.
        scores: probability of every class, shape `(windows, classes)`.
    """

    times: np.ndarray
    scores: np.ndarray


class Overview(NamedTuple):
    """A sound and what a model made of it, for `gru_zoo.plot.speech`.

    Args:
        wave: at the model's rate, shape `(samples,)`.
        spectrum: its log-mel spectrum, normalised, shape `(frames, bands)`.
        window: start and end, in seconds, of the window in which a word is clearest; it may begin
            before the sound and end after it.
        attention: of each head to the frames of that window, shape `(heads, frames)`.
        trace: probabilities around each moment.
    """

    wave: np.ndarray
    spectrum: np.ndarray
    window: tuple[float, float]
    attention: np.ndarray
    trace: Trace
