"""The forecaster of the next value without what Keras does around each layer."""

from typing import Any

import keras
import numpy as np
from keras import ops

from gru_zoo.layers import GRU
from gru_zoo.ops.compile import compiled
from gru_zoo.ops.raw_call import raw_call
from gru_zoo.tasks.anomalies.model import quantiles_of

Tensor = Any


class ForecastSteps:
    """A model from `gru_zoo.tasks.anomalies.model.build`, called for few steps at a time.

    A stream calls it for every value. The functional model takes three times as long for one.

    Args:
        model: the model.
    """

    def __init__(self, model: keras.Model):
        names = ("embed", "hidden", "weights", "rest")
        self.embed, self.hidden, self.weights, self.rest = map(model.get_layer, names)
        self.gru: GRU = model.get_layer("gru")
        self._run = compiled(self._steps, model.variables)

    def __call__(
        self, features: np.ndarray, guesses: np.ndarray, state: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Quantiles and the next state, see `gru_zoo.tasks.anomalies.model.build`."""
        quantiles, after = self._run(features, guesses, state)
        return ops.convert_to_numpy(quantiles), ops.convert_to_numpy(after)

    def _steps(self, features: Tensor, guesses: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        features, guesses, state = map(ops.convert_to_tensor, (features, guesses, state))
        x = raw_call(self.embed, ops.cast(features, self.embed.compute_dtype))
        states, after = self.gru(x, initial_state=state)
        y = raw_call(self.hidden, ops.concatenate([states, x], axis=-1))
        weights, raw = (
            ops.cast(raw_call(layer, y), "float32") for layer in (self.weights, self.rest)
        )
        return quantiles_of(weights, raw, guesses), after
