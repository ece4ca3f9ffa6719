"""Scale what a recogniser says until its probabilities can be taken at their word."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.audio.sound import Sound
from gru_zoo.tasks.keyword_spotting.task import KeywordSpotting

TEMPERATURES = np.geomspace(0.05, 20, 401)


def calibrate(task: KeywordSpotting, sounds: Sequence[Sound], labels: Sequence[str]) -> float:
    """Divide the logits by the temperature under which held-out labels are likeliest.

    Labels blurred and clips mixed in training leave a model less sure than it is right (Guo et al.
    2017, On Calibration of Modern Neural Networks, section 4.2). One clip more than there are is
    taken to have a label by chance (Platt 1999, Probabilistic Outputs for Support Vector Machines,
    section 2.2), so that a model that is right about all of them does not become infinitely sure.

    Args:
        task: the task, whose output layer is changed.
        sounds: clips that it was not trained on.
        labels: label of each.

    Returns:
        The temperature; which class is likeliest stays the same.
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
