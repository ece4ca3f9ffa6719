"""What `Music.fit` does: validation split and compilation."""

from collections.abc import Sequence
from typing import Any

import keras

from gru_zoo import training
from gru_zoo.tasks.music.losses import NegativeLogLikelihood
from gru_zoo.tasks.music.processor import Piece


def split(pieces: Sequence[Piece], validation: Any, seed: int) -> tuple[list[Piece], list[Piece]]:
    """Split pieces into training and validation pieces.

    Args:
        pieces: pieces of music.
        validation: share of the pieces to hold out, or validation pieces.
        seed: seed of the split.

    Raises:
        ValueError: the share leaves no piece on one side.
    """
    if not training.is_share(validation):
        return list(pieces), list(validation)
    train, held_out = training.split(len(pieces), validation, seed, "pieces")
    return [pieces[i] for i in train], [pieces[i] for i in held_out]


def compile_model(model: keras.Model, optimizer: keras.optimizers.Optimizer | str) -> None:
    """Compile a music model for training on `gru_zoo.tasks.music.batches.PieceBatches`."""
    model.compile(
        optimizer=optimizer,
        loss=NegativeLogLikelihood(),
        weighted_metrics=[NatsPerStep(name="nats")],
        jit_compile=training.jit_compile(),
    )


class NatsPerStep(keras.metrics.Mean):
    """Negative log-likelihood in nats, averaged over all steps of an epoch.

    `keras.metrics.Mean` as a metric would first average each row, padding included.
    """

    def update_state(self, y_true, y_pred, sample_weight):
        super().update_state(keras.ops.ravel(-y_pred), keras.ops.ravel(sample_weight))
