"""Scale the logits of a classifier's parts, so that its probabilities are calibrated."""

import keras
import numpy as np

from gru_zoo.batching.padding import pad_batches
from gru_zoo.tasks.sentiment.task import Sentiment
from recipes.sentiment import bigrams


def calibrate(task: Sentiment, held_out: list) -> dict[str, float]:
    """Scale the logits of the network, and of the bag of bigrams, to fit held-out labels best.

    One scale is the inverse of the temperature of Guo et al. 2017, On Calibration of Modern Neural
    Networks, section 4.2. Two scales also weigh the network against the bag.

    Args:
        task: the task, whose layers are scaled.
        held_out: labelled texts that it was not trained on.

    Returns:
        The scale by the name of the layer.
    """
    from scipy.optimize import minimize

    texts, labels = task.examples(held_out)
    sequences = task.processor.encode(texts)
    truth = task.targets(labels).argmax(axis=1)
    model, logits = task.model, task.model.get_layer("logits")
    scaled, scores = [logits], [_outputs(keras.Model(model.input, logits.output), sequences)]
    if task.config.buckets:
        layer = model.get_layer("bigrams")
        scaled.append(layer)
        scores.append(bigrams.bag(layer, sequences) @ layer.get_weights()[0])

    def loss(scales):
        total = sum(scale * part for scale, part in zip(scales, scores, strict=True))
        return np.mean(np.logaddexp.reduce(total, axis=1) - total[np.arange(len(truth)), truth])

    scales = minimize(loss, np.full(len(scores), 0.5), method="Nelder-Mead").x
    for layer, scale, part in zip(scaled, scales, scores, strict=True):
        print(f"{layer.name} alone: {np.mean(part.argmax(axis=1) == truth):.4f} on validation data")
        layer.set_weights([scale * w for w in layer.get_weights()])
    return {layer.name: float(scale) for layer, scale in zip(scaled, scales, strict=True)}


def _outputs(model: keras.Model, sequences: list[np.ndarray]) -> np.ndarray:
    result = np.zeros((len(sequences), model.output.shape[-1]), "float32")
    for rows, ids in pad_batches(sequences, batch_size=64):
        result[rows] = model.predict_on_batch(ids)[: len(rows)]
    return result
