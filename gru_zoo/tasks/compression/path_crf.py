"""Paths through a sentence: from its beginning, over the words that are kept, to its end.

Places of a sentence are its beginning, its words and its end, in order. A path is scored by its
arcs, from each place on it to the next one (McDonald 2006, Discriminative Sentence Compression
with Soft Syntactic Evidence, section 3); what a model learns is a probability over all paths.
"""

import keras
import numpy as np
from keras import ops

NEG_INF = -1e9  # score of an arc that leads back


@keras.saving.register_keras_serializable("gru_zoo")
class PathLikelihood(keras.losses.Loss):
    """Minus the log-probability of a path, in nats a sentence.

        p(path) = exp(sum of the scores of its arcs) / sum over all paths of the same

    The sum over all paths is exact, place by place: what leads to j comes from each i before it
    (the forward algorithm of Lafferty et al. 2001, Conditional Random Fields, over arcs).

    Call arguments:
        y_true: from which place the path comes to each place, counted from 1, 0 where it does not
            pass; integer, shape `(batch, places)`. The last place it passes is the end.
        y_pred: scores of the arcs from i to j, shape `(batch, i, j)`, `NEG_INF` for i >= j.
    """

    def __init__(self, name: str = "path_likelihood"):
        super().__init__(name=name, reduction="mean_with_sample_weight")

    def call(self, y_true, y_pred):
        froms, arcs = ops.cast(y_true, "int32"), ops.cast(y_pred, "float32")
        passed = froms > 0
        chosen = ops.expand_dims(ops.maximum(froms - 1, 0), 1)
        chosen = ops.squeeze(ops.take_along_axis(arcs, chosen, axis=1), 1)
        score = ops.sum(ops.where(passed, chosen, 0.0), axis=1)
        return _log_total(arcs, passed) - score

    def get_config(self):
        return {"name": self.name}


@keras.saving.register_keras_serializable("gru_zoo")
class PathCrossentropy(keras.losses.Loss):
    """Mean of `PathLikelihood` over paths of given probabilities, in nats a sentence.

    Its least value is their entropy, where a model gives all paths the same probabilities (Hinton
    et al. 2015, Distilling the Knowledge in a Neural Network, over paths in place of classes).

    Call arguments:
        y_true: probability that a path has the arc from i to j, as `probabilities` tells it, shape
            `(batch, i, j)`, all 0 for padding. The last place that one leads to is the end.
        y_pred: scores of the arcs, as in `PathLikelihood`.
    """

    def __init__(self, name: str = "path_crossentropy"):
        super().__init__(name=name, reduction="mean_with_sample_weight")

    def call(self, y_true, y_pred):
        shares, arcs = ops.cast(y_true, "float32"), ops.cast(y_pred, "float32")
        score = ops.sum(shares * ops.where(shares > 0, arcs, 0.0), axis=(1, 2))
        return _log_total(arcs, ops.any(shares > 0, axis=1)) - score

    def get_config(self):
        return {"name": self.name}


def _log_total(arcs, passed):
    """Log of the sum over all paths to the last place passed, shape `(batch,)`."""
    places = ops.cumsum(ops.ones_like(passed, dtype="int32"), axis=1)
    end = ops.max(ops.where(passed, places, 1), axis=1, keepdims=True)
    return ops.sum(ops.where(places == end, log_totals(arcs), 0.0), axis=1)


def log_totals(arcs):
    """Log of the sum over all paths from the beginning to each place, shape `(batch, places)`."""
    first = ops.zeros_like(arcs[:, 0, :1])
    others = ops.full_like(arcs[:, 0, 1:], NEG_INF)
    totals = ops.concatenate([first, others], axis=1)
    places = ops.cumsum(ops.ones_like(arcs[0, 0], dtype="int32"))

    def step(totals, inputs):
        place, to_place = inputs
        reached = ops.logsumexp(totals + to_place, axis=1, keepdims=True)
        totals = ops.where(places == place, reached, totals)
        return totals, totals  # on TensorFlow what is returned a step must look like the state

    totals, _ = ops.scan(step, totals, (places[1:], ops.transpose(arcs, (2, 0, 1))[1:]))
    return totals


def path_labels(kept: np.ndarray) -> np.ndarray:
    """A path as `PathLikelihood` takes it, of whether it passes each place but the first.

    Args:
        kept: boolean, shape `(places - 1,)`; the last, the end, is True.
    """
    places = np.flatnonzero(np.concatenate([[True], kept]))
    froms = np.zeros(len(kept) + 1, "int32")
    froms[places[1:]] = places[:-1] + 1
    return froms


def probabilities(arcs: np.ndarray) -> np.ndarray:
    """How probable it is that a path has each arc, float64, shape `(n + 2, n + 2)`.

    By what leads to its first place and what leads on from its second one, the forward-backward
    algorithm over arcs.

    Args:
        arcs: scores as of `PathLikelihood` for one sentence of n words, shape `(n + 2, n + 2)`.
    """
    arcs = arcs.astype("float64")
    to, on = np.zeros(len(arcs)), np.zeros(len(arcs))
    for place in range(1, len(arcs)):
        to[place] = np.logaddexp.reduce(to[:place] + arcs[:place, place])
    for place in range(len(arcs) - 2, -1, -1):
        on[place] = np.logaddexp.reduce(arcs[place, place + 1 :] + on[place + 1 :])
    return np.triu(np.exp(np.minimum(to[:, None] + arcs + on - to[-1], 0.0)), 1)
