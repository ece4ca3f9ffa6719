"""The likeliest next items of many histories, without the probabilities of all items."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from gru_zoo.ops.compile import compiled
from gru_zoo.tasks.recommendation.scoring import batches, best, first_of_rows

Tensor = Any


class TopItems:
    """The likeliest next items of histories, by the model of recommendation.

    With the evidence e, its sum E, the prior p and its strength s, the probability of an item is
    (e + s p) / (E + s), see `gru_zoo.tasks.recommendation.successor_counts.SuccessorCounts`. Most
    items have no evidence, and among those the prior decides. So the n likeliest items are among
    the n with the highest prior and those with evidence, and only theirs are computed.

    Args:
        model: model from `gru_zoo.tasks.recommendation.model.build`.
    """

    def __init__(self, model: keras.Model):
        self._logits = keras.Model(model.input, model.get_layer("prior").input)
        self._counts = model.get_layer("successor_counts")
        self._run = compiled(self._parts, model.variables)

    def _parts(self, item_ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logarithms of the prior, and the evidence as ids and counts."""
        item_ids = ops.convert_to_tensor(item_ids)
        logits = self._logits(item_ids, training=False)
        return ops.log_softmax(logits), *self._counts.entries(item_ids)

    def __call__(
        self, histories: Sequence[np.ndarray], n: int, exclude_seen: bool
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """The likeliest items, batch by batch, short histories first.

        Args:
            histories: item numbers, int32, each of shape `(length,)`, of one item or more.
            n: number of items, 1 or more.
            exclude_seen: whether items of the history are left out.

        Yields:
            Indices into `histories`, shape `(rows,)`; numbers of the items, the likeliest first,
            and their probabilities, both of shape `(rows, count)`, with the smaller of n and the
            number of items as count. Items that are left out come last, with the probability
            -infinity.
        """
        strength = float(ops.convert_to_numpy(self._counts.strength))
        for rows, item_ids in batches(histories, self._counts.items + 1):
            outputs = [ops.convert_to_numpy(part)[: len(rows)] for part in self._run(item_ids)]
            log_prior, ids, counts = outputs
            log_prior = log_prior if log_prior.flags.writeable else log_prior.copy()
            log_prior[:, 0] = -np.inf
            if exclude_seen:
                for row, seen in zip(log_prior, rows, strict=True):
                    row[histories[seen]] = -np.inf
            yield rows, *likeliest(log_prior, ids, counts, strength, n)


def likeliest(
    log_prior: np.ndarray, ids: np.ndarray, counts: np.ndarray, strength: float, n: int
) -> tuple[np.ndarray, np.ndarray]:
    """The likeliest items of each row, see `TopItems`.

    Args:
        log_prior: logarithms of the prior, shape `(rows, items + 1)`; -infinity leaves an item out.
        ids: numbers of items with evidence, shape `(rows, entries)`; repeated ones are added.
        counts: their evidence, of the same shape.
        strength: strength of the prior.
        n: number of items.

    Returns:
        Numbers of the items and their probabilities, both of shape `(rows, count)`.
    """
    rows, columns = log_prior.shape
    chosen = best(log_prior, min(n, columns - 1))
    places = np.concatenate([chosen, ids], axis=1) + columns * np.arange(rows)[:, None]
    weights = np.concatenate([np.zeros(chosen.shape), counts], axis=1)
    places, entries = np.unique(places, return_inverse=True)
    evidence = np.bincount(entries.ravel(), weights.ravel())
    row, item = np.divmod(places, columns)
    own = log_prior[row, item]
    scores = evidence + strength * np.exp(own)
    scores /= counts.sum(axis=1)[row] + strength
    scores[own == -np.inf] = -np.inf
    picked = first_of_rows(row, item, scores, chosen.shape)
    return item[picked], scores[picked]
