"""The model of chess a turn at a time, without Keras' work around each layer."""

from typing import Any

import keras
import numpy as np
from keras import ops

from gru_zoo.layers.recurrence import state_dtype
from gru_zoo.ops.compile import compiled
from gru_zoo.ops.raw_call import raw_call
from gru_zoo.tasks.chess.encoding import Arrays
from gru_zoo.tasks.chess.model import LARGEST_SCORE

Tensor = Any

_LAYERS = "board board_deep ratings played context result query any_move project origin target seen"


class TurnSteps:
    """The model of chess, a turn or some turns at a time.

    Args:
        model: model from `gru_zoo.tasks.chess.model.build`.
    """

    def __init__(self, model: keras.Model):
        names = [*_LAYERS.split(), "hidden", "score", "gru"]
        self._layer = {name: model.get_layer(name) for name in names}
        self._reader = keras.Model(model.inputs[:4], model.outputs[3])
        self._read = compiled(self._state_after, model.variables)
        self._score = compiled(self._scores, model.variables)

    def start(self) -> np.ndarray:
        """The state before the first turn, shape `(1, units)`."""
        gru = self._layer["gru"]
        return np.zeros((1, gru.units), "float32").astype(state_dtype(gru.compute_dtype))

    def read(self, state: Any, inputs: Arrays) -> Any:
        """The state after some turns.

        Args:
            state: the state before them.
            inputs: from `gru_zoo.tasks.chess.encoding.read_inputs`.
        """
        return self._read(state, *inputs)

    def score(self, state: Any, inputs: Arrays) -> tuple[np.ndarray, np.ndarray, Any]:
        """Score the legal moves of a turn.

        Args:
            state: the state before it.
            inputs: from `gru_zoo.tasks.chess.encoding.score_inputs`.

        Returns:
            Probabilities of the moves, those of the padding behind them 0, float32, shape
            `(moves,)`; probabilities of a loss, a draw and a win, shape `(3,)`; and the state.
        """
        probabilities, results, state = self._score(state, *inputs)
        to_numpy = ops.convert_to_numpy
        return to_numpy(probabilities), to_numpy(results), state

    def _state_after(self, state, planes, last, conditions):
        tensors = [ops.convert_to_tensor(array) for array in (state, planes, last, conditions)]
        return self._reader(tensors)

    def _call(self, name: str, *tensors: Tensor) -> Tensor:
        return raw_call(self._layer[name], *tensors)

    def _scores(self, state, planes, last, conditions, turns, numbers, places, bits):
        """The equations of `build` for one row of one turn."""
        dtype, convert = self._layer["board"].compute_dtype, ops.convert_to_tensor
        state, conditions = convert(state), ops.cast(convert(conditions)[:, 0], dtype)
        ratings = self._call("ratings", conditions[:, 1:3])
        board = self._call("board", ops.cast(convert(planes)[:, 0], dtype))
        x = ops.concatenate([board, ratings, conditions[:, 3:]], axis=-1)
        played = ops.reshape(self._call("played", convert(last)[:, 0]), (1, -1))
        x = ops.concatenate([self._call("board_deep", x), played], axis=-1)
        next_state = self._layer["gru"].step(x, state)
        h = ops.cast(next_state, dtype)
        c = self._call("context", ops.concatenate([h, x], axis=-1))
        places, numbers = convert(places)[0], convert(numbers)[0]
        m = self._call("seen", ops.cast(convert(bits)[0], dtype))
        m = m + self._call("origin", places[:, 0]) + self._call("target", places[:, 1])
        z = self._call("hidden", ops.relu(m + self._call("project", c)))
        scores = self._call("score", z)[:, 0] + ops.take(
            self._call("any_move", self._call("query", c))[0], numbers, axis=0
        )
        scores = ops.clip(ops.cast(scores, "float32"), -LARGEST_SCORE, LARGEST_SCORE)
        powers = ops.exp(scores) * ops.cast(convert(turns)[0] >= 0, "float32")
        results = ops.softmax(self._call("result", ops.cast(c, "float32"))[0])
        return powers / ops.sum(powers), results, next_state
