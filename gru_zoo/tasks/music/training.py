"""What `fit` of music does."""

from collections.abc import Sequence
from typing import Any

import keras

from gru_zoo import training
from gru_zoo.tasks.music.processor import Piece


def split(pieces: Sequence[Piece], validation: Any, seed: int):
    """Pieces to train on, and those held out."""
    if not training.is_share(validation):
        return list(pieces), list(validation)
    train, held = training.split(len(pieces), validation, seed, "pieces")
    return [pieces[i] for i in train], [pieces[i] for i in held]


class NatsPerStep(keras.metrics.Mean):
    """Mean over all steps; Keras would first average each row, its padding included."""

    def update_state(self, y_true, y_pred, sample_weight):
        super().update_state(keras.ops.ravel(-y_pred), keras.ops.ravel(sample_weight))
