"""Conditional random field over the paths through a sentence.

The nodes of a sentence are its start, its words and its end, in order. A compression is a path
from the start, over the words that are kept, to the end. Its score is the sum of the scores of its
arcs, each from a node to the next node on the path (McDonald 2006, Discriminative Sentence
Compression with Soft Syntactic Evidence, section 3). A model learns a probability over all paths.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

Tensor = Any

NEG_INF = -1e9  # score of an arc that does not lead forward


@keras.saving.register_keras_serializable("gru_zoo")
class PathLikelihood(keras.losses.Loss):
    """Negative log-likelihood of a path, in nats per sentence.

        p(path) = exp(sum of the scores of its arcs) / sum over all paths of the same

    The sum over all paths is exact: each node sums over the arcs from all nodes before it (the
    forward algorithm of Lafferty et al. 2001, Conditional Random Fields, applied to arcs).

    Args:
        name: name of the loss.

    Call arguments:
        y_true: number of the previous node on the path, counted from 1, for each node on it, and 0
            for all other nodes, integer, shape `(batch, nodes)`. The last node on the path is the
            end of the sentence.
        y_pred: scores of the arcs from i to j, shape `(batch, i, j)`, `NEG_INF` for i >= j.
    """

    def __init__(self, name: str = "path_likelihood"):
        super().__init__(name=name, reduction="mean_with_sample_weight")

    def call(self, y_true, y_pred):
        previous, arcs = ops.cast(y_true, "int32"), ops.cast(y_pred, "float32")
        on_path = previous > 0
        indices = ops.expand_dims(ops.maximum(previous - 1, 0), 1)
        chosen = ops.squeeze(ops.take_along_axis(arcs, indices, axis=1), 1)
        score = ops.sum(ops.where(on_path, chosen, 0.0), axis=1)
        return _log_total(arcs, on_path) - score

    def get_config(self):
        return {"name": self.name}


@keras.saving.register_keras_serializable("gru_zoo")
class PathCrossentropy(keras.losses.Loss):
    """Cross-entropy of a distribution over paths, in nats per sentence.

    It is the mean of `PathLikelihood` over the paths. Its minimum is the entropy of the
    distribution (Hinton et al. 2015, Distilling the Knowledge in a Neural Network, with paths in
    place of classes).

    Args:
        name: name of the loss.

    Call arguments:
        y_true: probability that a path has the arc from i to j, see `probabilities`, shape
            `(batch, i, j)`, 0 at padding. The last node that an arc leads to is the end of the
            sentence.
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


def _log_total(arcs: Tensor, on_path: Tensor) -> Tensor:
    """Log of the sum over all paths from the start to the last node on the path.

    Args:
        arcs: scores of the arcs, `(batch, nodes, nodes)`.
        on_path: whether each node is on the path, boolean, `(batch, nodes)`.

    Returns:
        Shape `(batch,)`.
    """
    numbers = ops.cumsum(ops.ones_like(on_path, dtype="int32"), axis=1)
    end = ops.max(ops.where(on_path, numbers, 1), axis=1, keepdims=True)
    return ops.sum(ops.where(numbers == end, log_totals(arcs), 0.0), axis=1)


def log_totals(arcs: Tensor) -> Tensor:
    """Log of the sum over all paths from the start to each node.

    Args:
        arcs: scores of the arcs, `(batch, nodes, nodes)`.

    Returns:
        Shape `(batch, nodes)`.
    """
    start = ops.zeros_like(arcs[:, 0, :1])
    others = ops.full_like(arcs[:, 0, 1:], NEG_INF)
    totals = ops.concatenate([start, others], axis=1)
    numbers = ops.cumsum(ops.ones_like(arcs[0, 0], dtype="int32"))

    def step(totals, inputs):
        number, arcs_to_node = inputs
        reached = ops.logsumexp(totals + arcs_to_node, axis=1, keepdims=True)
        totals = ops.where(numbers == number, reached, totals)
        return totals, totals  # TensorFlow requires outputs of the shape of the state

    totals, _ = ops.scan(step, totals, (numbers[1:], ops.transpose(arcs, (2, 0, 1))[1:]))
    return totals


def path_labels(kept: np.ndarray) -> np.ndarray:
    """Encode a path as labels for `PathLikelihood`.

    Args:
        kept: whether the path has each node after the start, boolean, shape `(nodes - 1,)`. The
            last one, the end, is True.

    Returns:
        Int32, shape `(nodes,)`.
    """
    nodes = np.flatnonzero(np.concatenate([[True], kept]))
    labels = np.zeros(len(kept) + 1, "int32")
    labels[nodes[1:]] = nodes[:-1] + 1
    return labels


def probabilities(arcs: np.ndarray) -> np.ndarray:
    """Compute the probability that a path has each arc, by the forward-backward algorithm.

    Args:
        arcs: scores of the arcs of one sentence of n words, shape `(n + 2, n + 2)`.

    Returns:
        Float64, shape `(n + 2, n + 2)`.
    """
    arcs = arcs.astype("float64")
    forward, backward = np.zeros(len(arcs)), np.zeros(len(arcs))
    for node in range(1, len(arcs)):
        forward[node] = np.logaddexp.reduce(forward[:node] + arcs[:node, node])
    for node in range(len(arcs) - 2, -1, -1):
        backward[node] = np.logaddexp.reduce(arcs[node, node + 1 :] + backward[node + 1 :])
    log_probabilities = forward[:, None] + arcs + backward - forward[-1]
    return np.triu(np.exp(np.minimum(log_probabilities, 0.0)), 1)
