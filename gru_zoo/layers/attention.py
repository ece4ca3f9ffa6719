"""Attention: weighted means of a memory, with weights from every query."""

import keras
from keras import ops


class _Attention(keras.layers.Layer):
    """From scores to weights and contexts; see `AdditiveAttention`."""

    def build(self, query_shape, value_shape, key_shape=None, mask_shape=None):
        raise NotImplementedError

    def scores(self, query, key):
        """Scores, shape `(batch, queries, memory)`, of every query with every key."""
        raise NotImplementedError

    def call(self, query, value, key=None, mask=None):
        scores = ops.cast(self.scores(query, value if key is None else key), "float32")
        if mask is None:
            weights = ops.softmax(scores)
        else:
            keep = ops.expand_dims(ops.cast(mask, "bool"), 1)
            weights = ops.softmax(ops.where(keep, scores, -1e9))
            weights = ops.where(keep, weights, 0.0)
        return ops.matmul(ops.cast(weights, value.dtype), value), weights

    def compute_mask(self, query, value, key=None, mask=None):
        return None, None

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable("gru_zoo")
class AdditiveAttention(_Attention):
    """Attention by a small network with one hidden layer.

        e[t, s] = v . tanh(W query[t] + b + key[s])
        a[t, s] = softmax over the s that the mask keeps of e[t, s]
        context[t] = sum over s of a[t, s] value[s]

    In the paper key[s] = U value[s]; with U a `keras.layers.Dense` of its own, it is computed once
    for a memory that many calls share.

    Args:
        units: size of the hidden layer, a positive integer.
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        query: float, shape `(batch, queries, features)`.
        value: the memory, float, shape `(batch, memory, value_features)`.
        key: float, shape `(batch, memory, units)`; the memory itself by default.
        mask: boolean, shape `(batch, memory)`, True where the memory counts. Default None, where
            all of it does.

    Masking: a row whose mask is all False gets weights and context of zero.

    Output shape: `(batch, queries, value_features)`, the contexts, and `(batch, queries, memory)`,
    the weights, in float32.

    Example:

        >>> query, memory = np.ones((2, 5, 3)), np.ones((2, 7, 4))
        >>> context, weights = AdditiveAttention(4)(query, memory)
        >>> context.shape, weights.shape
        ((2, 5, 4), (2, 5, 7))

    References:
        Bahdanau et al. 2015, Neural Machine Translation by Jointly Learning to Align and
        Translate, section 3.1 and appendix A.1.2.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, query_shape, value_shape, key_shape=None, mask_shape=None):
        _check_features(self.units, key_shape or value_shape)
        self.query_kernel = self.add_weight(shape=(query_shape[-1], self.units), name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.score_kernel = self.add_weight(shape=(self.units, 1), name="score_kernel")

    def scores(self, query, key):
        query = ops.matmul(query, self.query_kernel) + self.bias
        hidden = ops.tanh(ops.expand_dims(query, 2) + ops.expand_dims(key, 1))
        return ops.squeeze(ops.matmul(hidden, self.score_kernel), -1)


@keras.saving.register_keras_serializable("gru_zoo")
class MultiplicativeAttention(_Attention):
    """Attention by a bilinear form, `general` in the paper; cheaper than `AdditiveAttention`.

        e[t, s] = (W query[t]) . key[s]

    Weights and contexts follow as in `AdditiveAttention`, with the same call arguments, masking
    and output shapes.

    Args:
        units: features of a key, a positive integer.
        **kwargs: arguments of `keras.layers.Layer`.

    References:
        Luong et al. 2015, Effective Approaches to Attention-based Neural Machine Translation,
        section 3.1.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, query_shape, value_shape, key_shape=None, mask_shape=None):
        _check_features(self.units, key_shape or value_shape)
        self.query_kernel = self.add_weight(shape=(query_shape[-1], self.units), name="kernel")

    def scores(self, query, key):
        return ops.matmul(ops.matmul(query, self.query_kernel), ops.transpose(key, (0, 2, 1)))


def _check_features(units, key_shape):
    if key_shape[-1] != units:
        raise ValueError(
            f"Expected keys of {units} features, as many as the attention has units. Received: "
            f"keys of shape {tuple(key_shape)}. Project them with keras.layers.Dense({units})."
        )
