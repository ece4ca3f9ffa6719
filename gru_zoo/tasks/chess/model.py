"""Model of the next move: a GRU over the turns of a player, which scores the legal moves."""

import dataclasses
from typing import Any

import keras
from keras import layers, ops

from gru_zoo.layers import GRU
from gru_zoo.ops.gather import take_along_axis
from gru_zoo.ops.scatter import scatter_add
from gru_zoo.tasks.chess import move_encoding
from gru_zoo.tasks.chess.move_features import FEATURES, PLANES

Tensor = Any

CONDITIONS = 6  # numbers that describe a turn besides the board
RESULTS = 3  # loss, draw and win of the player to move
_RATINGS = tuple(range(800, 3201, 200))  # centers of the bumps that describe a rating
LARGEST_SCORE = 30.0  # score of a move, so that its exponential stays finite


@dataclasses.dataclass(frozen=True)
class Config:
    """Architecture of the model.

    Args:
        board_units: size of the two layers that read the board.
        units: size of the GRU.
        context_units: size of the layer that joins board and state.
        move_dim: size of the vectors of moves, as they were played and as they are scored.
        query_dim: rank of the scores of all moves by number.
        dropout: dropout rate of the context, in training.
    """

    board_units: int = 192
    units: int = 192
    context_units: int = 192
    move_dim: int = 64
    query_dim: int = 48
    dropout: float = 0.0


@keras.saving.register_keras_serializable("gru_zoo")
class RatingBumps(layers.Layer):
    """Two ratings as bumps: exp(-((rating - center) / 200) ** 2 / 2), centers every 200 points.

    Input shape: `(..., 2)`, ratings.
    Output shape: `(..., 26)`.
    """

    def call(self, ratings):
        centers = ops.convert_to_tensor(_RATINGS, dtype=ratings.dtype)
        bumps = ops.exp(-0.5 * ops.square((ratings[..., None] - centers) / 200.0))
        return ops.concatenate([bumps[..., 0, :], bumps[..., 1, :]], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 2 * len(_RATINGS))


@keras.saving.register_keras_serializable("gru_zoo")
class SegmentLogSoftmax(layers.Layer):
    """Logarithms of the softmax over the moves of each turn.

    Call arguments:
        scores: float, shape `(batch, moves)`.
        turns: turn that each move belongs to, int32, shape `(batch, moves)`; -1 for padding.
        zeros: float32 of shape `(batch, time)`, which says how many turns there are.

    Output shape: `(batch, moves)`, float32; 0 for padding.
    """

    def call(self, scores, turns, zeros):
        scores = ops.clip(ops.cast(scores, "float32"), -LARGEST_SCORE, LARGEST_SCORE)
        places = ops.maximum(turns, 0)
        powers = ops.exp(scores) * ops.cast(turns >= 0, "float32")
        totals = scatter_add(zeros, places, powers)
        own = take_along_axis(totals, places, axis=1)
        return ops.where(turns >= 0, scores - ops.log(ops.maximum(own, 1e-20)), 0.0)

    def compute_output_shape(self, scores_shape, turns_shape, zeros_shape):
        return scores_shape


def build(config: Config) -> keras.Model:
    """Build a GRU over the turns of one player, and a network that scores each legal move.

    The board of a turn, the player's last move and the opponent's answer, and the conditions go
    into the GRU. Its state and the board make the context. The score of a move is

        w . relu(W relu(m + P c)) + e . q(c)

    with the context c; m the sum of the vectors of what is seen of the move and of its piece on the
    square that it leaves and on the one it goes to; and e the vector of the move's number.

    Returns:
        A model from `state`, the state of the GRU before the first turn, float32, shape
        `(batch, units)`, zeros at the start of a game; `planes`, uint8, shape
        `(batch, time, PLANES * 64)`; `last`, numbers of the last moves, int32, shape
        `(batch, time, 2)`; `conditions`, float32, shape `(batch, time, CONDITIONS)`: 1 for a turn
        and 0 for padding, the own rating and the opponent's in points, the binary logarithm of the
        minutes, the increment in tens of seconds and the number of the turn in fortieths; and, for
        the legal moves of all turns, `turns`, int32, shape `(batch, moves)`, -1 for padding;
        `numbers`, int32, the same shape; `places`, the piece by the squares that it leaves and goes
        to, int32, shape `(batch, moves, 2)`; and `bits`, uint8, shape `(batch, moves, FEATURES)`.

        Its outputs are the logarithm of the probability of each legal move, shape
        `(batch, moves)`; the score of every move by number, legal or not, shape
        `(batch, time, COUNT)`; logits of the results, shape `(batch, time, 3)`; and the state after
        the last turn.
    """
    # Layers
    board = layers.Dense(config.board_units, "relu", name="board")
    board_deep = layers.Dense(config.board_units, "relu", name="board_deep")
    ratings = RatingBumps(name="ratings")
    played = layers.Embedding(move_encoding.COUNT, config.move_dim // 2, name="played")
    gru = GRU(config.units, return_sequences=True, return_state=True, name="gru")
    context = layers.Dense(config.context_units, "relu", name="context")
    dropout = layers.Dropout(config.dropout, name="dropout")
    result = layers.Dense(RESULTS, name="result", dtype="float32")
    query = layers.Dense(config.query_dim, name="query")
    any_move = layers.Dense(move_encoding.COUNT, name="any_move")
    project = layers.Dense(config.move_dim, name="project")
    origin = layers.Embedding(6 * 64, config.move_dim, name="origin")
    target = layers.Embedding(6 * 64, config.move_dim, name="target")
    seen = layers.Dense(config.move_dim, use_bias=False, name="seen")
    hidden = layers.Dense(config.move_dim, "relu", name="hidden")
    score = layers.Dense(1, use_bias=False, name="score")
    log_softmax = SegmentLogSoftmax(name="log_softmax", dtype="float32")

    # Functional model
    state = keras.Input((config.units,), dtype="float32", name="state")
    planes = keras.Input((None, PLANES * 64), dtype="uint8", name="planes")
    last = keras.Input((None, 2), dtype="int32", name="last")
    conditions = keras.Input((None, CONDITIONS), dtype="float32", name="conditions")
    turns = keras.Input((None,), dtype="int32", name="turns")
    numbers = keras.Input((None,), dtype="int32", name="numbers")
    places = keras.Input((None, 2), dtype="int32", name="places")
    bits = keras.Input((None, FEATURES), dtype="uint8", name="bits")

    meta = ops.concatenate([ratings(conditions[..., 1:3]), conditions[..., 3:]], axis=-1)
    moves = played(last)
    x = ops.concatenate([board(ops.cast(planes, "float32")), meta], axis=-1)
    x = ops.concatenate([board_deep(x), moves[:, :, 0], moves[:, :, 1]], axis=-1)
    h, next_state = gru(x, mask=conditions[..., 0] > 0, initial_state=state)
    c = dropout(context(ops.concatenate([h, x], axis=-1)))
    scores = any_move(query(c))
    own = take_along_axis(project(c), ops.maximum(turns, 0)[..., None], axis=1)
    m = seen(ops.cast(bits, "float32")) + origin(places[..., 0]) + target(places[..., 1])
    z = hidden(ops.relu(m + own))
    index = ops.maximum(turns, 0) * move_encoding.COUNT + numbers
    flat = layers.Reshape((-1,), name="flat")
    rank_scores = take_along_axis(flat(scores), index, axis=1)
    zeros = 0.0 * conditions[..., 0]
    log_probabilities = log_softmax(score(z)[..., 0] + rank_scores, turns, zeros)
    inputs = [state, planes, last, conditions, turns, numbers, places, bits]
    outputs = [log_probabilities, scores, result(c), next_state]
    return keras.Model(inputs, outputs, name="chess")
