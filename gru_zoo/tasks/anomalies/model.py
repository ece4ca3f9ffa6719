"""Architecture of the detector: a GRU that forecasts the next value of a series, step by step."""

import dataclasses
from typing import Any

import keras
from keras import layers, ops

from gru_zoo.layers import GRU
from gru_zoo.tasks.anomalies.features import FEATURES, GUESSES

LEVELS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
_SIDE = len(LEVELS) // 2  # quantiles on each side of the median

Tensor = Any


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the architecture.

    Args:
        units: units of the GRU.
        hidden: units of the layer behind it.
    """

    units: int = 64
    hidden: int = 64


def build(config: Config) -> keras.Model:
    """Build the forecaster of the next value.

    The median is a weighted sum of simple guesses of the next step (no change, the last change
    again, means, the values of earlier seasons) and a correction; weights, correction and the
    distances between quantiles come from the state. Quantiles never cross.

    Args:
        config: settings of the architecture.

    Returns:
        A model of three inputs: features of each step `(batch, time, FEATURES)`, guesses of the
        step after it `(batch, time, GUESSES)`, see `gru_zoo.tasks.anomalies.features`, and the
        state before the first step `(batch, units)`. It has two outputs: the quantiles `LEVELS` of
        the inverse hyperbolic sine of the next change in units of the usual change, float32, shape
        `(batch, time, 9)`; and the state after the last step.
    """
    # Layers
    embed = layers.Dense(config.units, activation="tanh", name="embed")
    gru = GRU(config.units, return_sequences=True, return_state=True, name="gru")
    hidden = layers.Dense(config.hidden, activation="gelu", name="hidden")
    weights = layers.Dense(GUESSES, name="weights")
    rest = layers.Dense(1 + 2 * _SIDE, name="rest")

    # Functional model
    features = keras.Input((None, FEATURES), name="features")
    guesses = keras.Input((None, GUESSES), name="guesses")
    state = keras.Input((config.units,), name="state")
    x = embed(features)
    states, last = gru(x, initial_state=state)
    y = hidden(layers.Concatenate(name="both")([states, x]))
    raw = layers.Activation("linear", dtype="float32", name="raw")(rest(y))
    quantiles = quantiles_of(ops.cast(weights(y), "float32"), raw, guesses)
    quantiles = layers.Activation("linear", dtype="float32", name="quantiles")(quantiles)
    return keras.Model([features, guesses, state], [quantiles, last], name="anomalies")


def quantiles_of(weights: Tensor, raw: Tensor, guesses: Tensor) -> Tensor:
    """Quantiles from the outputs of the two last layers.

    Args:
        weights: logits of the weights of the guesses, shape `(batch, time, GUESSES)`.
        raw: correction of the median, and the distances between quantiles before the softplus,
            shape `(batch, time, 9)`.
        guesses: shape `(batch, time, GUESSES)`.
    """
    shares = ops.softmax(weights, axis=-1)
    point = ops.sum(shares * guesses, axis=-1, keepdims=True) + raw[..., :1]
    size = ops.abs(point)  # the inverse hyperbolic sine, which the ONNX exporter of torch lacks
    size = ops.log1p(size + size * size / (1 + ops.sqrt(1 + size * size)))
    median = ops.sign(point) * size
    widths = ops.softplus(raw[..., 1:])
    below = ops.flip(ops.cumsum(widths[..., :_SIDE], axis=-1), axis=-1)
    above = ops.cumsum(widths[..., _SIDE:], axis=-1)
    return ops.concatenate([median - below, median, median + above], axis=-1)
