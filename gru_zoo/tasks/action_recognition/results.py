"""What action recognition returns besides labels."""

from typing import NamedTuple

import numpy as np


class Trace(NamedTuple):
    """Class probabilities while a movement goes on.

    Args:
        times: seconds of the movement that are known, shape `(moments,)`.
        scores: probability of every class, shape `(moments, classes)`.
    """

    times: np.ndarray
    scores: np.ndarray


class Sight(NamedTuple):
    """A movement and the class probabilities while it goes on, for `gru_zoo.plot.skeleton`.

    Args:
        points: normalized joints, shape `(frames, 21, 3)`; without frames if there is no skeleton.
        signals: signals at the rate of the model, shape `(samples, channels)`; without samples if
            there are none.
        seconds: length of each, in seconds; 0 for what is not there.
        trace: class probabilities.
    """

    points: np.ndarray
    signals: np.ndarray
    seconds: tuple[float, float]
    trace: Trace
