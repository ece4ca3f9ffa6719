"""Pointer sentinel mixture: a language model that can copy earlier words of its text.

Merity et al. 2017, Pointer Sentinel Mixture Models, section 2, mix the softmax with a pointer at
the tokens that followed earlier places with a similar state:

    p(w) = g softmax(logits)[w] + sum over s with id[s + 1] = w of a[s]

One softmax over the places s and a sentinel gives a and g. The pointer helps most with names, which
are rare in training texts and repeated within a text.
"""

import keras
import numpy as np
from keras import ops

from gru_zoo.ops.scatter import scatter_add
from gru_zoo.text.special_tokens import PAD

NEG_INF = -1e9  # score of a masked place
MAX_ONE_HOT_VOCABULARY = 256  # one-hot vectors of a larger vocabulary take too much memory


@keras.saving.register_keras_serializable("gru_zoo")
class PointerSentinel(keras.layers.Layer):
    """Pointer sentinel mixture over a window of a text and a memory of what precedes it.

        z[t, s] = (W h[t] + c) . U h[s]          for the places t - size to t - nearest
        z[t, sentinel] = (W h[t] + c) . v + b

    The nearest places are left out because the tokens after them belong to the word that is being
    written: a pointer at them would make a letter that came twice likely to come a third time.

    Args:
        size: number of places in the memory, 1 or more.
        key_dim: size of a key U h[s].
        nearest: distance of the nearest place that the pointer reaches, 1 or more.
        **kwargs: see `keras.layers.Layer`.

    Call arguments:
        states: h, float, shape `(batch, time, units)`.
        logits: logits of the vocabulary, shape `(batch, time, vocabulary)`.
        ids: token ids of the window, integer, shape `(batch, time)`.
        memory_keys: keys of the `size` places before the window, shape `(batch, size, key_dim)`.
        memory_ids: token ids of these places, integer, shape `(batch, size)`, `PAD` before the
            beginning of a text.

    Returns:
        log p, float32, shape `(batch, time, vocabulary)`, and the keys of memory and window, shape
        `(batch, size + time, key_dim)`. The last `size` keys are the next memory.
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
        # At first the sentinel has most of the probability: exp(2) times that of all places.
        initial = keras.initializers.Constant(np.log(self.size) + 2)
        self.bias = self.add_weight(shape=(), initializer=initial, name="bias")

    def call(self, states, logits, ids, memory_keys, memory_ids):
        keys = ops.matmul(states, self.key_kernel)
        keys = ops.concatenate([ops.cast(memory_keys, keys.dtype), keys], axis=1)
        ids = ops.concatenate([memory_ids, ids], axis=1)
        query = ops.matmul(states, self.query_kernel) + self.query_bias
        scores = ops.matmul(query, ops.transpose(keys[:, :-1], (0, 2, 1)))
        sentinel = ops.matmul(query, self.sentinel) + self.bias
        scores = ops.cast(scores, "float32") + self._mask(ids)
        weights = ops.softmax(ops.concatenate([scores, ops.cast(sentinel, "float32")], axis=-1))
        p = weights[..., -1:] * ops.softmax(ops.cast(logits, "float32"))
        p = self._add_pointed(p, weights[..., :-1], ids[:, 1:])
        return ops.log(p + 1e-30), keys

    def _add_pointed(self, p, weights, ids):
        """Add to `p`, `(batch, time, vocabulary)`, the weight of each place at the token after it.

        Args:
            p: probabilities, float32, shape `(batch, time, vocabulary)`.
            weights: weights of the places, float32, shape `(batch, time, places)`.
            ids: token ids after the places, integer, shape `(batch, places)`.
        """
        batch, time, count = ops.shape(p)[0], ops.shape(p)[1], p.shape[-1]
        if count <= MAX_ONE_HOT_VOCABULARY:  # a product is fastest for many steps
            weights = ops.cast(weights, self.compute_dtype)
            pointed = ops.matmul(weights, ops.one_hot(ids, count, dtype=weights.dtype))
            return p + ops.cast(pointed, "float32")
        ids = ops.broadcast_to(ids[:, None], ops.shape(weights))
        flat = (ops.reshape(x, (batch * time, -1)) for x in (p, ids, weights))
        return ops.reshape(scatter_add(*flat), (batch, time, count))

    def _mask(self, ids):
        """0 if step t reaches place s, else `NEG_INF`, shape `(batch, time, size + time - 1)`."""
        places = ops.arange(ops.shape(ids)[1] - 1, dtype="int32")
        distance = places[: ops.shape(ids)[1] - self.size, None] + self.size - places
        out_of_reach = (distance < self.nearest) | (distance > self.size)
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
