"""Batches of sentences with their words and the paths of their compressions."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np

from gru_zoo.batching.dataset import BucketedBatches
from gru_zoo.batching.padding import pad, pad_batches
from gru_zoo.tasks.compression.processor import Sentence

# Padded lengths of training. A text has at most 128 words, so the last holds all: 128 * 8 ids and
# the two borders.
SENTENCE_LENGTHS = (16, 24, 32, 40, 48, 64, 96, 128, 256, 512, 1_026)

# Padded lengths of prediction, and of training on JAX, which compiles every shape anew.
COARSE_SENTENCE_LENGTHS = (32, 64, 128, 256, 1_026)


class SentenceBatches(BucketedBatches):
    """Padded batches of sentences and paths: `((ids, firsts, lasts, kinds), froms)`.

    All arrays are int32, shape `(batch, length)`. All else is as in `BucketedBatches`.

    Args:
        sentences: arrays of each sentence, as `CompressionProcessor.encode` makes them.
        froms: path of each sentence, as `gru_zoo.tasks.compression.path_crf.path_labels` makes it.
        lengths: padded lengths, ascending; by default `SENTENCE_LENGTHS`, on JAX
            `COARSE_SENTENCE_LENGTHS`.
        **options: further arguments of `BucketedBatches`.

    Raises:
        ValueError: a sentence is longer than the last of `lengths`.
    """

    def __init__(
        self,
        sentences: Sequence[Sentence],
        froms: Sequence[np.ndarray],
        *,
        lengths: Sequence[int] | None = None,
        **options,
    ):
        if lengths is None:
            on_jax = keras.backend.backend() == "jax"
            lengths = COARSE_SENTENCE_LENGTHS if on_jax else SENTENCE_LENGTHS
        columns = tuple(map(list, zip(*sentences, strict=True)))
        super().__init__((*columns, list(froms)), lengths=lengths, **options)

    def _batch(self, index: int, rows: np.ndarray) -> tuple:
        (inputs,) = super()._batch(index, rows)
        return inputs[:-1], inputs[-1]


def sentence_batches(
    sentences: Sequence[Sentence], batch_size: int
) -> Iterator[tuple[np.ndarray, list[np.ndarray]]]:
    """Padded batches for prediction, short sentences first.

    Args:
        sentences: arrays of each sentence, as `CompressionProcessor.encode` makes them.
        batch_size: sentences of a full batch, 1 or more.

    Yields:
        Indices into `sentences`, shape `(n,)`, and the inputs of the model, `[ids, firsts, lasts,
        kinds]`, each int32 of shape `(m, length)` with m >= n; see
        `gru_zoo.batching.padding.pad_batches`.

    Raises:
        ValueError: a sentence has more than 1026 ids.
    """
    lengths = COARSE_SENTENCE_LENGTHS
    for rows, ids in pad_batches([ids for ids, *_ in sentences], batch_size, lengths):
        columns = (pad([sentences[row][i] for row in rows], lengths) for i in (1, 2, 3))
        more = ((0, len(ids) - len(rows)), (0, 0))
        yield rows, [ids, *(np.pad(column, more) for column in columns)]
