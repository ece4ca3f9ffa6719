"""Batches of pairs of texts."""

from collections.abc import Callable, Sequence

import numpy as np

from gru_zoo.batching.dataset import BucketedBatches
from gru_zoo.batching.padding import Ids, pad
from gru_zoo.text.special_tokens import BOS, EOS

# To train with. Finer than those of prediction: sentences are short, and padding costs time. JAX
# compiles every shape anew and gets few.
LENGTHS = (4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 64, 96, 128, 160, 176, 192, 224, 256)

COARSE_LENGTHS = (8, 16, 32, 64, 128, 256)


Resample = Callable[[np.ndarray, int], tuple[list[Ids], list[Ids]]]


def shift_right(targets: np.ndarray) -> np.ndarray:
    """What a decoder reads to write `targets`, `(batch, length)`: `BOS`, then all but the last."""
    return np.concatenate([np.full_like(targets[:, :1], BOS), targets[:, :-1]], axis=1)


def teacher_forcing_inputs(sources: np.ndarray, targets: np.ndarray) -> tuple:
    """For a model that is shown what it has written and says what comes next."""
    return (sources, shift_right(targets)), targets


def with_shifted_targets(sources: np.ndarray, targets: np.ndarray) -> tuple:
    """For a model that is asked how probable targets are."""
    return (sources, targets), targets


class Seq2SeqBatches(BucketedBatches):
    """Padded batches of sources and targets, of about as many tokens each.

    A batch is what `make_inputs` makes of padded sources and targets, each of shape `(batch,
    length)`: `((sources, shifted targets), targets)` by default. All else is as in
    `BucketedBatches`.

    Args:
        sources: sequences of token ids, each at most `lengths[-1]` long.
        targets: as many, each with `EOS` at its end.
        tokens: tokens a batch on the side that is counted, padding included.
        batch_by: that side, "source" or "target".
        make_inputs: `teacher_forcing_inputs` or `with_shifted_targets`.
        seed: of the order, and of `resample`.
        shuffle: False keeps the batches the same in every epoch, short targets first.
        resample: from the indices of a batch and a seed to other sources and targets of these rows.
            The lengths of those given decide which rows share a batch.
        lengths: padded lengths, ascending.

    Raises:
        ValueError: a sequence is longer than `tokens` or the last of `lengths`.
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
        lengths: Sequence[int] = LENGTHS,
    ):
        longest = max((len(ids) for ids in (*sources, *targets)), default=0)
        bound = min(tokens, lengths[-1])
        if longest > bound:
            raise ValueError(
                f"Expected sequences of at most {bound} tokens. Received: one of {longest}. Leave "
                "such pairs out, or raise `tokens` where that is the bound."
            )
        self._tokens, self._make_inputs, self._resample = tokens, make_inputs, resample
        self._counted = ("source", "target").index(batch_by)
        columns = (list(sources), list(targets))
        super().__init__(columns, batch_size=1, seed=seed, shuffle=shuffle, lengths=lengths)

    def __getitem__(self, index: int) -> tuple:
        """Batch `index` as `make_inputs` makes it."""
        self._shown += 1
        rows = self._plan[index]
        sources, targets = ([column[row] for row in rows] for column in self._inputs)
        # From the first two batches TensorFlow learns which axes vary: they stay as planned.
        if self._resample is not None and index > 1:
            seed = np.random.SeedSequence((self.seed, self.epoch, index)).generate_state(1)[0]
            drawn = self._resample(rows, int(seed) >> 1)
            if max(len(ids) for column in drawn for ids in column) <= self._lengths[-1]:
                sources, targets = drawn
        return self._make_inputs(pad(sources, self._lengths), pad(targets, self._lengths))

    def _batches_of_epoch(self) -> list[np.ndarray]:
        """Rows of each batch: a shuffled order, sorted by bucket of the counted side, and cut."""
        order = np.arange(self._examples)
        random = np.random.default_rng((self.seed, self._epoch))
        if self._shuffle:
            random.shuffle(order)
        counted, other = self._buckets[self._counted], self._buckets[1 - self._counted]
        order = order[np.lexsort([other[order], counted[order]])]
        plan = []
        for bucket, length in enumerate(self._lengths):
            rows = order[counted[order] == bucket]
            size = max(1, self._tokens // length)
            plan += [rows[i : i + size] for i in range(0, len(rows), size)]
        if self._shuffle:
            plan = [plan[i] for i in random.permutation(len(plan))]
        return self._with_two_lengths_first(plan)


def append_eos(ids: Ids) -> np.ndarray:
    """Ids with `EOS` behind them, int32."""
    return np.array([*ids, EOS], "int32")
