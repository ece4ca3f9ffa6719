"""What `Chess.fit` does: the loss, and the share of right moves that chooses epochs."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from gru_zoo import training
from gru_zoo.data.examples import ChessGame
from gru_zoo.ops.gather import take_along_axis

Tensor = Any

# Weights of the two further losses against that of the legal moves.
_ANY_MOVE = 0.15  # the move among all moves by number, so that the model learns what is legal
_RESULT = 0.1


class MoveLoss(keras.Model):
    """The model of chess for training, which returns its outputs.

    The loss is the mean over the turns of

        -log p(move) - 0.15 log q(move) - 0.1 log r(result)

    with p among the legal moves, q among all moves by number, and r of the known results.

    Args:
        model: model from `gru_zoo.tasks.chess.model.build`.
    """

    def __init__(self, model: keras.Model):
        super().__init__(name="move_loss")
        self.model = model
        self.top_1 = keras.metrics.Mean(name="top_1")
        self.nats = keras.metrics.Mean(name="nats")
        self.built = True  # weights can be loaded before the first call

    def call(self, inputs, training=False):
        tensors = [ops.convert_to_tensor(array) for array in inputs]
        state = ops.zeros((ops.shape(tensors[0])[0], self.model.input_shape[0][-1]))
        return self.model([state, *tensors], training=training)[:3]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The loss of a batch, see `GameBatches` for the targets."""
        log_p, scores, results = y_pred
        y = ops.convert_to_tensor(y)
        real = ops.cast(y[..., 0] >= 0, "float32")
        count = ops.maximum(ops.sum(real), 1.0)
        played = take_along_axis(log_p, ops.maximum(y[..., 0], 0), axis=1)
        move_loss = -ops.sum(played * real) / count
        any_loss = ops.sum(_crossentropy(scores, y[..., 1]) * real) / count
        known = ops.cast(y[..., 2] >= 0, "float32")
        result_loss = ops.sum(_crossentropy(results, y[..., 2]) * known) / count
        return move_loss + _ANY_MOVE * any_loss + _RESULT * result_loss

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Update the share of right moves and the nats of a move."""
        log_p = y_pred[0]
        y = ops.convert_to_tensor(y)
        real = ops.cast(y[..., 0] >= 0, "float32")
        played = take_along_axis(log_p, ops.maximum(y[..., 0], 0), axis=1)
        best = _best(log_p, x[3], real)
        self.top_1.update_state(ops.cast(played >= best, "float32"), real)
        self.nats.update_state(-played, real)
        return self.get_metrics_result()


def _crossentropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Nats of each target, of which those below 0 count as 0."""
    logits = ops.cast(logits, "float32")
    own = take_along_axis(logits, ops.maximum(targets, 0)[..., None], axis=-1)[..., 0]
    return ops.logsumexp(logits, axis=-1) - own


def _best(log_p: Tensor, owners: Tensor, like: Tensor) -> Tensor:
    """The largest logarithm of each turn, in the shape `(batch, time)` of a tensor."""
    rows, time = ops.shape(like)
    owners = ops.convert_to_tensor(owners)
    places = ops.arange(rows, dtype="int32")[:, None] * time + ops.maximum(owners, 0)
    values = ops.where(owners >= 0, log_p, -1e9)
    best = ops.segment_max(
        ops.reshape(values, (-1,)), ops.reshape(places, (-1,)), num_segments=rows * time
    )
    return ops.reshape(best, (rows, time))


def of_player(games: Sequence[ChessGame], player: str | None) -> list[ChessGame]:
    """The games of a player that have moves.

    Raises:
        ValueError: there are none.
    """
    found = [game for game in games if game.moves and player in (None, game.white, game.black)]
    if not found:
        names = Counter(name for game in games for name in (game.white, game.black) if name)
        most = ", ".join(repr(name) for name, _ in names.most_common(3)) or "no names"
        of = "" if player is None else f" of {player!r}"
        raise ValueError(f"Expected games{of}. Received: {len(games)} games, of {most} most often.")
    return found


def compiler(model: MoveLoss) -> Callable[[Any], None]:
    """A function that compiles a model for training with an optimizer."""
    return lambda optimizer: model.compile(optimizer, jit_compile=training.jit_compile())
