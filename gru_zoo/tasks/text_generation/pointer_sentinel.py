"""A language model's memory of what it read: words that came before are pointed at.

A pointer sentinel mixture (Merity et al. 2017, Pointer Sentinel Mixture Models, section 2) writes
what its softmax says, or repeats what stood, some time before, behind a place like this one:

    p(w) = g softmax(logits)[w] + sum over s with id[s + 1] = w of a[s]

One softmax over the places s and a sentinel gives a and g. It serves names above all, which no
training text has and a text uses again and again.
"""

import keras
import numpy as np
from keras import ops

from gru_zoo.ops.scatter import scatter_add
from gru_zoo.text.special_tokens import PAD

NEG_INF = -1e9  # score of a place that is not pointed at
CHARACTERS = 256  # a vocabulary up to this is one of characters


@keras.saving.register_keras_serializable("gru_zoo")
class PointerSentinel(keras.layers.Layer):
    """The mixture over a window of text and what was read before it.

        z[t, s] = (W h[t] + c) . U h[s]          for the places t - size to t - nearest
        z[t, sentinel] = (W h[t] + c) . v + b

    What stands behind the very last places is part of what is being written. If it could be pointed
    at, a letter written twice would call for a third.

    Args:
        size: number of places that are remembered, 1 or more.
        key_dim: features of a key U h[s].
        nearest: how far back the nearest place lies that is pointed at, 1 or more.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        states: h, float, shape `(batch, time, units)`.
        logits: of the vocabulary, shape `(batch, time, vocabulary)`.
        ids: what was read at each step, integer, shape `(batch, time)`.
        memory_keys: keys of the `size` steps before, shape `(batch, size, key_dim)`.
        memory_ids: what was read then, integer, shape `(batch, size)`, `PAD` where nothing was.

    Returns:
        log p, float32, shape `(batch, time, vocabulary)`, and the keys of the memory and the
        window, `(batch, size + time, key_dim)`, of which the last are the next memory.
    """

    def __init__(self, size: int, key_dim: int = 64, nearest: int = 3, **kwargs):
        super().__init__(**kwargs)
        self.size, self.key_dim, self.nearest = size, key_dim, nearest

    def build(self, states_shape, *shapes):
        kernel = (states_shape[-1], self.key_dim)
        self.query_kernel = self.add_weight(shape=kernel, name="query_kernel")
        self.query_bias = self.add_weight(
            shape=(self.key_dim,), initializer="zeros", name="query_bias"
        )
        self.key_kernel = self.add_weight(shape=kernel, name="key_kernel")
        self.sentinel = self.add_weight(shape=(self.key_dim, 1), name="sentinel")
        # The sentinel begins well above all places together.
        above = keras.initializers.Constant(np.log(self.size) + 2)
        self.bias = self.add_weight(shape=(), initializer=above, name="bias")

    def call(self, states, logits, ids, memory_keys, memory_ids):
        keys = ops.matmul(states, self.key_kernel)
        keys = ops.concatenate([ops.cast(memory_keys, keys.dtype), keys], axis=1)
        ids = ops.concatenate([memory_ids, ids], axis=1)
        query = ops.matmul(states, self.query_kernel) + self.query_bias
        scores = ops.matmul(query, ops.transpose(keys[:, :-1], (0, 2, 1)))
        sentinel = ops.matmul(query, self.sentinel) + self.bias
        scores = ops.cast(scores, "float32") + self._far(ids)
        weights = ops.softmax(ops.concatenate([scores, ops.cast(sentinel, "float32")], axis=-1))
        written = weights[..., -1:] * ops.softmax(ops.cast(logits, "float32"))
        written = self._pointed(written, weights[..., :-1], ids[:, 1:])
        return ops.log(written + 1e-30), keys

    def _pointed(self, written, weights, ids):
        """What is written, `(batch, time, vocabulary)`, and behind each place its weight."""
        batch, time, count = ops.shape(written)[0], ops.shape(written)[1], written.shape[-1]
        # A product is fastest for many steps, but one-hot vectors of sub-words take too much room.
        if count <= CHARACTERS:
            weights = ops.cast(weights, self.compute_dtype)
            pointed = ops.matmul(weights, ops.one_hot(ids, count, dtype=weights.dtype))
            return written + ops.cast(pointed, "float32")
        ids = ops.broadcast_to(ids[:, None], ops.shape(weights))
        flat = (ops.reshape(x, (batch * time, -1)) for x in (written, ids, weights))
        return ops.reshape(scatter_add(*flat), (batch, time, count))

    def _far(self, ids):
        """0 where step t may point at place s, else `NEG_INF`, `(batch, time, size + time - 1)`."""
        places = ops.arange(ops.shape(ids)[1] - 1, dtype="int32")
        ago = places[: ops.shape(ids)[1] - self.size, None] + self.size - places
        out_of_reach = (ago < self.nearest) | (ago > self.size)
        return NEG_INF * ops.cast(out_of_reach | (ids[:, None, :-1] == PAD), "float32")

    def compute_output_spec(self, states, logits, ids, memory_keys, memory_ids):
        time = None if ids.shape[1] is None else self.size + ids.shape[1]
        return (
            keras.KerasTensor(logits.shape, "float32"),
            keras.KerasTensor((ids.shape[0], time, self.key_dim), self.compute_dtype),
        )

    def compute_mask(self, *args, **kwargs):
        return None, None

    def get_config(self):
        config = {"size": self.size, "key_dim": self.key_dim, "nearest": self.nearest}
        return {**super().get_config(), **config}
