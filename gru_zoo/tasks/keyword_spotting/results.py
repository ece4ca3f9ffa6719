"""What keyword spotting returns."""

from typing import NamedTuple

import numpy as np


class Event(NamedTuple):
    """A word that was detected.

    Args:
        label: the word.
        score: its smoothed probability, from 0 to 1.
        time: approximate middle of the word, in seconds from the start.
    """

    label: str
    score: float
    time: float

    def __str__(self) -> str:
        return f"{self.time:.2f} s {self.label} ({self.score:.2f})"


class Trace(NamedTuple):
    """Class probabilities over time.

    Args:
        times: middle of each window, in seconds, shape `(windows,)`.
        scores: probability of every class, shape `(windows, classes)`.
    """

    times: np.ndarray
    scores: np.ndarray


class Overview(NamedTuple):
    """A sound and what a model computes from it, for `gru_zoo.plot.speech`.

    Args:
        wave: samples at the rate of the model, shape `(samples,)`.
        spectrum: normalized log-mel spectrum, shape `(frames, bands)`, 100 frames per second.
        window: start and end, in seconds, of the window in which a word is clearest. It may begin
            before the sound and end after it.
        attention: weights of each head over the frames of that window, shape `(heads, frames)`.
        trace: class probabilities over time.
    """

    wave: np.ndarray
    spectrum: np.ndarray
    window: tuple[float, float]
    attention: np.ndarray
    trace: Trace
