"""A layer that mixes the probabilities of a model with counts of what followed what."""

import keras
from keras import ops

from gru_zoo.ops.scatter import scatter_add


@keras.saving.register_keras_serializable("gru_zoo")
class SuccessorCounts(keras.layers.Layer):
    """Probabilities of the next item: counts of what followed the history, over a prior.

    With the history x_1 .. x_T, the counts C and the prior p of a model,

        e[b] = sum over t of decay ** (T - t) * C[x_t, b]
        output[b] = (e[b] + s * p[b]) / (sum of e + s)

    This is the mean of a multinomial distribution with the Dirichlet prior s * p: the more was
    counted after the items of a history, the less the model decides. Each row of C is sparse: the
    ids of at most `neighbors` items and their counts. An empty history gets the frequencies of the
    items. Item 0 is padding. No weight is trained; `s`, the weight `strength`, is tuned.

    Args:
        items: number of items, padding not counted, a positive integer.
        neighbors: number of successors that are kept of an item, a positive integer.
        decay: factor by which the evidence of an item falls with each further item, 0 to 1.
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        item_ids: integer, shape `(batch, time)`, padded with 0 at the right.
        prior: probabilities of a model, float32, shape `(batch, items + 1)`.

    Output shape: `(batch, items + 1)`, float32. Item 0 has the probability 0.

    References:
        MacKay & Peto 1995, A Hierarchical Dirichlet Language Model.
        Zhai & Lafferty 2004, A Study of Smoothing Methods for Language Models Applied to
        Information Retrieval, section 3.
    """

    def __init__(self, items: int, neighbors: int, decay: float, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.items, self.neighbors, self.decay = items, neighbors, decay

    def build(self, item_ids_shape=None, prior_shape=None):
        shape = (self.items + 1, self.neighbors)
        fixed = {"trainable": False, "initializer": "zeros"}
        self.successors = self.add_weight(shape=shape, dtype="int32", name="successors", **fixed)
        self.counts = self.add_weight(shape=shape, name="counts", **fixed)
        self.frequencies = self.add_weight(shape=(self.items + 1,), name="frequencies", **fixed)
        self.strength = self.add_weight(
            shape=(), name="strength", trainable=False, initializer="ones"
        )

    def call(self, item_ids, prior):
        # Few numbers are divided or chosen, and many only multiplied and added: there are as many
        # probabilities as users times items.
        known = ops.cast(ops.any(item_ids != 0, axis=1, keepdims=True), "float32")
        ids, counts = self.entries(item_ids)
        total = ops.sum(counts, axis=1, keepdims=True) + self.strength
        shares = prior * (known * self.strength / total) + (1.0 - known) * self.popularity()
        return scatter_add(shares, ids, counts / total)

    def evidence(self, item_ids, before):
        """Evidence after further items.

        Args:
            item_ids: integer, shape `(batch, time)`, padded with 0 at the right.
            before: evidence before them, shape `(batch, items + 1)`.
        """
        passed = ops.sum(ops.cast(item_ids != 0, "float32"), axis=1, keepdims=True)
        return scatter_add(before * ops.power(self.decay, passed), *self.entries(item_ids))

    def entries(self, item_ids):
        """Evidence of histories: ids of the successors of their items, and what each adds.

        Args:
            item_ids: integer, shape `(batch, time)`, padded with 0 at the right.

        Returns:
            Ids, int32, and evidence, float32, both of shape `(batch, time * neighbors)`. An id may
            be repeated.
        """
        is_item = ops.cast(item_ids != 0, "float32")
        # Number of items from each place on, its own not counted.
        later = ops.flip(ops.cumsum(ops.flip(is_item, 1), axis=1), 1) - is_item
        share = is_item * ops.power(self.decay, later)
        ids = ops.take(self.successors, item_ids, axis=0)
        counts = ops.take(self.counts, item_ids, axis=0) * share[:, :, None]
        rows, places = ops.shape(item_ids)[0], item_ids.shape[1]
        flat = (rows, -1 if places is None else places * self.neighbors)
        return ops.reshape(ids, flat), ops.reshape(counts, flat)

    def totals(self, item_ids):
        """Sum of the evidence of each history, shape `(batch, 1)`."""
        return ops.sum(self.entries(ops.convert_to_tensor(item_ids))[1], axis=1, keepdims=True)

    def mix(self, evidence, prior):
        """Probabilities of the next item: evidence and a prior, both `(batch, items + 1)`."""
        total = ops.sum(evidence, axis=1, keepdims=True)
        return (evidence + self.strength * prior) / (total + self.strength)

    def popularity(self):
        """The share of every item among all, shape `(items + 1,)`."""
        return self.frequencies / ops.maximum(ops.sum(self.frequencies), 1.0)

    def compute_output_shape(self, item_ids_shape, prior_shape):
        return prior_shape

    def get_config(self):
        config = {"items": self.items, "neighbors": self.neighbors, "decay": self.decay}
        return {**super().get_config(), **config}
