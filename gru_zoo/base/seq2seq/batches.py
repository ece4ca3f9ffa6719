"""Batches of pairs of sequences, to train encoder-decoder models."""

from collections.abc import Callable, Sequence

import numpy as np

from gru_zoo.batching.dataset import LengthGroupedDataset
from gru_zoo.batching.length_plan import bucket_indices
from gru_zoo.batching.padding import Ids, as_ids, check_lengths, pad
from gru_zoo.text.special_tokens import BOS, EOS

# Padded lengths of training. Sentences are short and padding costs time, so they are finer than
# those of prediction.
FINE_LENGTHS = (4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 64, 96, 128, 160, 176, 192, 224, 256)

# Padded lengths of training on JAX, which compiles every shape anew.
COARSE_LENGTHS = (8, 16, 32, 64, 128, 256)

Resample = Callable[[np.ndarray, int], tuple[list[Ids], list[Ids]]]


def shift_right(targets: np.ndarray) -> np.ndarray:
    """Decoder inputs that predict `targets`, `(batch, length)`: `BOS`, then all but the last."""
    return np.concatenate([np.full_like(targets[:, :1], BOS), targets[:, :-1]], axis=1)


def teacher_forcing_inputs(sources: np.ndarray, targets: np.ndarray) -> tuple:
    """`((sources, shifted targets), targets)`: for a model that returns next-token logits."""
    return (sources, shift_right(targets)), targets


def with_shifted_targets(sources: np.ndarray, targets: np.ndarray) -> tuple:
    """`((sources, targets), targets)`, for a model that shifts and returns log-probabilities."""
    return (sources, targets), targets


class Seq2SeqBatches(LengthGroupedDataset):
    """Padded batches of sources and targets, with about the same number of tokens in each batch.

    Rows of a batch have the same padded length on the side named by `batch_by`. A batch is what
    `make_inputs` returns for padded sources and targets, each int32 of shape `(batch, length)`.

    Args:
        sources: sequences of token ids above 0, each at most `lengths[-1]` long.
        targets: as many sequences, each with `EOS` at its end.
        tokens: maximum tokens of a batch, including padding, on the side named by `batch_by`.
        batch_by: "source" or "target".
        make_inputs: `teacher_forcing_inputs` or `with_shifted_targets`.
        seed: seed of the order, and of `resample`.
        shuffle: False keeps the batches the same in every epoch, short sequences first.
        resample: function from the rows of a batch and a seed to other sources and targets of these
            rows, such as other segmentations. The lengths of those given decide which rows share a
            batch.
        lengths: padded lengths, ascending.

    Raises:
        ValueError: a sequence is longer than `tokens` or the last of `lengths`.
        TypeError: a sequence does not consist of whole numbers.
    """

    def __init__(
        self,
        sources: Sequence[Ids],
        targets: Sequence[Ids],
        *,
        tokens: int,
        batch_by: str = "target",
        make_inputs: Callable = teacher_forcing_inputs,
        seed: int = 0,
        shuffle: bool = True,
        resample: Resample | None = None,
        lengths: Sequence[int] = FINE_LENGTHS,
    ):
        self._lengths = check_lengths(lengths)
        longest = max((len(ids) for ids in (*sources, *targets)), default=0)
        bound = min(tokens, self._lengths[-1])
        if longest > bound:
            raise ValueError(
                f"Expected sequences of at most {bound} tokens. Received: one of {longest}. Leave "
                "such pairs out, or raise `tokens` where that is the bound."
            )
        if len(sources) != len(targets) or not len(sources):
            raise ValueError(
                "Expected as many targets as sources, and at least one pair. Received: "
                f"{len(sources)} sources and {len(targets)} targets."
            )
        self._pairs = [list(map(as_ids, column)) for column in (sources, targets)]
        self._make_inputs, self._resample = make_inputs, resample
        first = ("source", "target").index(batch_by)
        buckets = [bucket_indices(self._pairs[i], self._lengths) for i in (first, 1 - first)]
        sizes = [max(1, tokens // length) for length in self._lengths]
        super().__init__(buckets, sizes, seed=seed, shuffle=shuffle)

    def _batch(self, index: int, rows: np.ndarray) -> tuple:
        sources, targets = ([column[row] for row in rows] for column in self._pairs)
        # TensorFlow infers from the first two batches which axes vary: they stay as planned.
        if self._resample is not None and index > 1:
            seed = np.random.SeedSequence((self.seed, self.epoch, index)).generate_state(1)[0]
            drawn = self._resample(rows, int(seed) >> 1)
            if max(len(ids) for column in drawn for ids in column) <= self._lengths[-1]:
                sources, targets = drawn
        return self._make_inputs(pad(sources, self._lengths), pad(targets, self._lengths))


def append_eos(ids: Ids) -> np.ndarray:
    """Ids followed by `EOS`, int32."""
    return np.array([*ids, EOS], "int32")
