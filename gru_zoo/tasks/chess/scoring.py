"""Where the moves that were played stand among the legal ones."""

from collections.abc import Sequence
from typing import NamedTuple

import keras
import numpy as np

from gru_zoo.data.examples import ChessGame
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.chess.batches import GameBatches
from gru_zoo.tasks.chess.rows import rows_of

_GAMES = 200  # games that are described at once, in some 100 MiB
_POSITIONS = 2_048  # turns of a batch, padding included


class Judged(NamedTuple):
    """Turns of games, in any order; arrays of one length.

    Args:
        game: number of the game.
        ply: number of the move in the game, from 0.
        rank: rank of the played move among the legal ones, from 1; equal ones count against it.
        nats: negative logarithm of its probability.
        legal: whether the best move by number, with nothing masked, is legal.
        result: result of the game for the player, 0 for a loss to 2 for a win; -1 if unknown.
        guess: the likeliest result.
    """

    game: np.ndarray
    ply: np.ndarray
    rank: np.ndarray
    nats: np.ndarray
    legal: np.ndarray
    result: np.ndarray
    guess: np.ndarray


def judge(model: keras.Model, games: Sequence[ChessGame]) -> Judged:
    """Predict every move of games from the moves before it.

    Args:
        model: model from `gru_zoo.tasks.chess.model.build`.
        games: games from the start position.
    """
    parts = []
    for start in range(0, len(games), _GAMES):
        batches = GameBatches(
            [rows_of(games[start : start + _GAMES])], positions=_POSITIONS, shuffle=False
        )
        for index in range(len(batches)):
            parts.append(_judge_batch(model, batches, index, start))
    return Judged(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _judge_batch(model: keras.Model, batches: GameBatches, index: int, first: int) -> Judged:
    inputs, targets = batches[index]
    rows = batches.rows_of_batch(index)
    state = np.zeros((len(rows), model.input_shape[0][-1]), "float32")
    outputs = predict_on_batch(model, [state, *inputs])
    log_p, scores, results = (np.asarray(output) for output in outputs[:3])
    owners, numbers = inputs[3], inputs[4]
    real = targets[..., 0] >= 0
    played = np.take_along_axis(log_p, np.maximum(targets[..., 0], 0), axis=1)
    best = scores.argmax(axis=-1)
    row, move = np.nonzero(owners >= 0)
    place = row * real.shape[1] + owners[row, move]
    above = log_p[row, move] >= played.ravel()[place]
    ranks = np.bincount(place, weights=above, minlength=real.size).reshape(real.shape)
    is_best = numbers[row, move] == best.ravel()[place]
    legal = np.bincount(place, weights=is_best, minlength=real.size).reshape(real.shape) > 0
    plies = 2 * np.arange(real.shape[1]) + (rows % 2)[:, None]
    games = np.broadcast_to(first + rows[:, None] // 2, real.shape)
    guesses = results.argmax(axis=-1)
    columns = (games, plies, ranks, -played, legal, targets[..., 2], guesses)
    return Judged(*(column[real] for column in columns))
