"""Query reduction: a gated recurrence over facts whose gates depend on the inputs alone."""

import keras
from keras import layers, ops

_NEVER = -1e9  # logarithm of a weight of zero


@keras.saving.register_keras_serializable("gru_zoo")
class QueryReduction(layers.Layer):
    """Gated recurrence over facts that carries a query and changes it by each fact that fits it.

        z[t] = sigmoid(W_z [f[t] * q[t], f[t], q[t]] + b_z)          update gate, one a head
        r[t] = sigmoid(W_r [f[t], q[t]] + b_r)                       reset gate
        c[t] = tanh(W_c [f[t], q[t]] + b_c)                          candidate
        h[t] = z[t] r[t] c[t] + (1 - z[t]) h[t-1]

    It is a GRU whose gates and candidate do not read the state before. So all steps are known at
    once, and the state is a weighted sum of what every fact so far proposes:

        h[t] = sum over i <= t of a[t, i] r[i] c[i]
        a[t, i] = z[i] * product of 1 - z[j] over i < j <= t

    which is computed by one product of matrices. The weights `a` tell which facts were used.

    Args:
        units: size of the state, a multiple of `heads`.
        heads: number of parts of the state, each with an update gate of its own.
        go_backwards: whether the last fact is read first.
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        facts: float, shape `(batch, time, features)`.
        queries: the query at each fact, float, shape `(batch, time, query_features)`, with as many
            features as the facts.
        mask: boolean, shape `(batch, time)`, True where there is a fact.

    Masking: a step without a fact keeps the state.

    Output shape: `(batch, time, units)`, the states, and `(batch, heads, time, time)`, the weights
    of the facts (last axis) in every state.

    Example:

        >>> facts, mask = np.ones((2, 5, 3)), np.ones((2, 5), "bool")
        >>> states, weights = QueryReduction(4, heads=2)(facts, facts, mask=mask)
        >>> states.shape, weights.shape
        ((2, 5, 4), (2, 2, 5, 5))

    References:
        Seo, Min, Farhadi, Hajishirzi 2017, Query-Reduction Networks for Question Answering,
        sections 2.1 and 3; here with heads, and with gates that also read fact and query alone.
    """

    def __init__(self, units, heads=1, go_backwards=False, **kwargs):
        super().__init__(**kwargs)
        if heads < 1 or units % heads:
            raise ValueError(
                f"Expected units as a multiple of heads. Received: units={units}, heads={heads}."
            )
        self.units, self.heads, self.go_backwards = units, heads, go_backwards
        self.supports_masking = True
        self.candidate = layers.Dense(units, activation="tanh", name="candidate")
        self.reset = layers.Dense(units, activation="sigmoid", name="reset")
        self.update = layers.Dense(heads, name="update")

    def build(self, facts_shape, queries_shape):
        features = facts_shape[-1] + queries_shape[-1]
        self.candidate.build((None, None, features))
        self.reset.build((None, None, features))
        self.update.build((None, None, features + facts_shape[-1]))

    def call(self, facts, queries, mask=None):
        pairs = ops.concatenate([facts, queries], axis=-1)
        proposals = self.candidate(pairs) * self.reset(pairs)
        gates = self.update(ops.concatenate([facts * queries, pairs], axis=-1))
        weights = self._weights(ops.cast(gates, "float32"), mask)
        time = ops.shape(facts)[1]
        parts = ops.reshape(proposals, (-1, time, self.heads, self.units // self.heads))
        states = ops.matmul(ops.cast(weights, proposals.dtype), ops.transpose(parts, (0, 2, 1, 3)))
        states = ops.reshape(ops.transpose(states, (0, 2, 1, 3)), (-1, time, self.units))
        return states, weights

    def _weights(self, gates, mask):
        """The weights `a`, from the gates before the sigmoid, shape `(batch, time, heads)`."""
        gates = ops.transpose(gates, (0, 2, 1))
        keep = ops.expand_dims(ops.cast(mask, "bool"), 1)
        kept = ops.where(keep, ops.log_sigmoid(-gates), 0.0)  # log of 1 - z
        total = ops.cumsum(kept, axis=-1)
        steps = ops.arange(ops.shape(gates)[-1])
        earlier = ops.expand_dims(steps, 1) >= ops.expand_dims(steps, 0)
        if self.go_backwards:
            total = total[..., -1:] - total + kept
            earlier = ops.transpose(earlier)
        log = ops.expand_dims(total, -1) + ops.expand_dims(ops.log_sigmoid(gates) - total, -2)
        counts = ops.logical_and(earlier, ops.expand_dims(keep, -2))
        return ops.exp(ops.where(counts, log, _NEVER))

    def compute_mask(self, facts, queries, mask=None):
        return None, None

    def compute_output_shape(self, facts_shape, queries_shape):
        batch, time = facts_shape[:2]
        return (batch, time, self.units), (batch, self.heads, time, time)

    def get_config(self):
        settings = ("units", "heads", "go_backwards")
        return {**super().get_config(), **{name: getattr(self, name) for name in settings}}
