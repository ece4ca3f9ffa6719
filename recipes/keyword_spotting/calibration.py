"""Scale the logits of a recognizer, so that its probabilities are calibrated."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.audio.sound import Sound
from gru_zoo.tasks.keyword_spotting.task import KeywordSpotting

TEMPERATURES = np.geomspace(0.05, 20, 401)


def calibrate(task: KeywordSpotting, sounds: Sequence[Sound], labels: Sequence[str]) -> float:
    """Divide the logits by the temperature that fits held-out labels best.

    Label smoothing and mixup leave a model with probabilities that are lower than its accuracy. A
    temperature corrects them and changes no prediction (Guo et al. 2017, On Calibration of Modern
    Neural Networks, section 4.2). The targets count one clip more, of a random label (Platt 1999,
    Probabilistic Outputs for Support Vector Machines, section 2.2): otherwise a model that predicts
    all labels right would get a temperature of zero.

    Args:
        task: the task, whose output layer is changed.
        sounds: clips that it was not trained on.
        labels: label of each clip.

    Returns:
        The temperature.
    """
    scores = np.log(np.maximum(task.probabilities(list(sounds)), 1e-12))
    chance = 1 / (len(labels) + 1)
    shares = (1 - chance) * task.targets(labels) + chance / scores.shape[1]

    def loss(temperature: float) -> float:
        scaled = scores / temperature
        return np.mean(np.logaddexp.reduce(scaled, axis=1) - (shares * scaled).sum(axis=1))

    temperature = float(min(TEMPERATURES, key=loss))
    logits = task.model.get_layer("logits")
    logits.set_weights([w / temperature for w in logits.get_weights()])
    return temperature
