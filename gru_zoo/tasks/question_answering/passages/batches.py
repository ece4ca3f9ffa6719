"""Batches of passages with the places of their answers, and the loss of these."""

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from gru_zoo.batching.dataset import LengthGroupedDataset, digest
from gru_zoo.batching.length_plan import bucket_indices
from gru_zoo.batching.padding import check_batch_size
from gru_zoo.tasks.question_answering.passages.processor import LENGTHS, Window, pad_windows
from gru_zoo.tasks.question_answering.passages.words import tokens_of

# Words up to which a batch has all its windows. Longer ones are fewer, to spare memory.
_USUAL = 128


def places(window: Window, answer: str) -> np.ndarray:
    """Where an answer begins and ends in a window, float32, shape `(words + 1, 2)`.

    Every place counts where the answer stands word by word. It is the word before the passage
    where it stands nowhere.
    """
    wanted = [token.text for token in tokens_of(answer)]
    words = [token.text for token in window.tokens]
    found = np.zeros((len(words) + 1, 2), "float32")
    for start in range(len(words) - len(wanted) + 1):
        if wanted and words[start : start + len(wanted)] == wanted:
            found[start + 1, 0] = found[start + len(wanted), 1] = 1
    if not found.any():
        found[0] = 1
    return found


class SpanBatches(LengthGroupedDataset):
    """Batches `(inputs, places)`.

    Args:
        windows: the windows.
        targets: see `places`, of each window.
        batch_size: windows of a batch, 1 or more.
        seed: seed of the order.
        shuffle: False keeps the order.
    """

    def __init__(
        self,
        windows: Sequence[Window],
        targets: Sequence[np.ndarray],
        *,
        batch_size: int,
        seed: int = 0,
        shuffle: bool = True,
    ):
        self.windows, self.targets = windows, targets
        size = check_batch_size(batch_size)
        super().__init__(
            [bucket_indices([window.passage.ids for window in windows], LENGTHS)],
            [max(1, size * _USUAL // max(length, _USUAL)) for length in LENGTHS],
            seed=seed,
            shuffle=shuffle,
        )

    def digest(self) -> str:
        """SHA-256 of the places of all answers."""
        return digest([target.astype("int8") for target in self.targets])

    def _batch(self, index: int, rows: np.ndarray) -> tuple:
        inputs = pad_windows(self.windows[row] for row in rows)
        targets = np.zeros((*inputs[0].shape[:2], 2), "float32")
        for target, row in zip(targets, rows, strict=True):
            target[: len(self.targets[row])] = self.targets[row]
        return tuple(inputs), targets


@keras.saving.register_keras_serializable("gru_zoo")
class PlacesLoss(keras.losses.Loss):
    """Negative logarithm of the probability that an answer begins and ends where it stands.

    The probabilities of several places are summed (Clark & Gardner 2018, Simple and Effective
    Multi-Paragraph Reading Comprehension, section 2.2).

    Call arguments:
        y_true: 1 at each place, else 0, shape `(batch, words, 2)`.
        y_pred: logits, of the same shape.
    """

    def call(self, y_true, y_pred):
        y_pred = ops.cast(y_pred, "float32")
        right = ops.where(ops.cast(y_true, "bool"), y_pred, -1e9)
        missed = ops.logsumexp(y_pred, axis=1) - ops.logsumexp(right, axis=1)
        return ops.mean(missed, axis=-1)
