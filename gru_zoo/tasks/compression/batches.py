"""Batches of sentences."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np

from gru_zoo.batching.dataset import BucketedBatches
from gru_zoo.batching.padding import longest_length, pad, pad_batches
from gru_zoo.tasks.compression.processor import Sentence

# To train with. A piece of text has at most 128 words, so the last holds all: 128 * 8 and the two
# borders.
LENGTHS = (16, 24, 32, 40, 48, 64, 96, 128, 256, 512, 1_026)

# To predict with, and to train with on JAX, which compiles every shape anew.
COARSE_LENGTHS = (32, 64, 128, 256, 1_026)


class SentenceBatches(BucketedBatches):
    """Padded batches of sentences and paths: `((ids, firsts, lasts, kinds), froms)`.

    All else is as in `BucketedBatches`.

    Args:
        sentences: arrays of each sentence, as `CompressionProcessor.encode` makes them.
        froms: the path of each, as `gru_zoo.tasks.compression.path_crf.path_labels` makes it.
        lengths: padded lengths, ascending; by default `LENGTHS`, on JAX `COARSE_LENGTHS`.
        **options: of `BucketedBatches`.

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
        lengths = lengths or (COARSE_LENGTHS if keras.backend.backend() == "jax" else LENGTHS)
        longest_length([ids for ids, *_ in sentences], lengths[-1])
        columns = tuple(map(list, zip(*sentences, strict=True)))
        super().__init__((*columns, list(froms)), lengths=lengths, **options)

    def _batch(self, rows: np.ndarray) -> tuple:
        (inputs,) = super()._batch(rows)
        return inputs[:-1], inputs[-1]


def sentence_batches(
    sentences: Sequence[Sentence], batch_size: int
) -> Iterator[tuple[np.ndarray, list[np.ndarray]]]:
    """Batches for prediction, see `dataset.pad_batches`: rows, and the model's inputs.

    Raises:
        ValueError: a sentence has more than 1026 ids, of which none may be left out.
    """
    lengths, sequences = COARSE_LENGTHS, [ids for ids, *_ in sentences]
    longest_length(sequences, lengths[-1])
    for rows, ids in pad_batches(sequences, batch_size, lengths):
        columns = (pad([sentences[row][i] for row in rows], lengths) for i in (1, 2, 3))
        more = ((0, len(ids) - len(rows)), (0, 0))
        yield rows, [ids, *(np.pad(column, more) for column in columns)]
