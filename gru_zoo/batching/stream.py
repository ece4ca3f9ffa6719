"""Batches of consecutive windows of one long text, for truncated backpropagation through time."""

import math

import numpy as np

from gru_zoo.batching.dataset import SeededDataset
from gru_zoo.text.special_tokens import PAD


class StreamBatches(SeededDataset):
    """Consecutive windows of a text, for truncated backpropagation through time.

    The text is cut into `rows` streams of the same length, and a batch is the next window of each:
    `(ids, next ids)`, both int32 of shape `(rows, length)`. A model that starts a batch from the
    state in which it ended the previous batch (`gru_zoo.training.stateful.StatefulModel`) reads
    each stream from its beginning.

    So that the same tokens are not always far from what the gradient reaches, epochs differ (Merity
    et al. 2017, Regularizing and Optimizing LSTM Language Models, section 4.1): the streams start
    at another position of the text, which continues from its end to its beginning, and the windows
    come in a random order, a third of them a quarter longer than the others and a third a quarter
    shorter.

    Every id but the first is predicted once an epoch. The streams are a little longer than the
    text: after its end the next ids are `PAD`.

    Args:
        ids: token ids of the text, shape `(length,)`.
        rows: number of streams, 1 or more.
        window: mean steps of a window, 1 or more. It is adjusted so that a whole number of windows
            fills a stream; a short stream is one window.
        seed: seed of the starts and of the order of the windows.
        shuffle: False gives the same streams and windows of the same length in every epoch.
        name: name of the text in error messages.

    Raises:
        ValueError: the text has fewer than two ids per stream, or a number is out of its range.
    """

    def __init__(
        self,
        ids: np.ndarray,
        *,
        rows: int,
        window: int,
        seed: int = 0,
        shuffle: bool = True,
        name: str = "a text",
    ):
        if rows < 1 or window < 1:
            raise ValueError(
                f"Expected rows and window of 1 or more. Received: rows={rows}, window={window}."
            )
        if len(ids) <= rows:
            raise ValueError(
                f"Expected {name} of at least {rows + 1} pieces for {rows} streams. Received: "
                f"{len(ids)}. Give more text, or fewer rows."
            )
        columns = math.ceil((len(ids) - 1) / rows)
        self._count = max(1, round(columns / window))
        self._window = math.ceil(columns / self._count)
        self._ids, self._rows, self._shuffle = np.asarray(ids, "int32"), rows, shuffle
        super().__init__(seed)

    def _plan_epoch(self, random: np.random.Generator) -> list[slice]:
        """Cut the streams of the epoch; the columns of each window."""
        lengths, start = np.full(self._count, self._window), 0
        if self._shuffle:
            start = int(random.integers(len(self._ids)))
            varied, change = self._count // 3, self._window // 4
            lengths[:varied] -= change
            lengths[self._count - varied :] += change
            # A short window and a long one come first: on TensorFlow, Keras infers from the first
            # two batches which axes vary.
            first, last = lengths[:1], lengths[-1:]
            if self._count > 1:
                lengths = np.concatenate([first, last, random.permutation(lengths[1:-1])])
        self._streams = self._cut(np.roll(self._ids, -start))
        ends = np.cumsum(lengths)
        return [slice(end - n, end) for end, n in zip(ends, lengths, strict=True)]

    def _cut(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The streams of a text, and the next id of each of their ids, both `(rows, columns)`."""
        shape = (self._rows, self._count * self._window)
        next_ids = np.full(shape, PAD, "int32")
        next_ids.flat[: len(ids) - 1] = ids[1:]
        return np.resize(ids, shape), next_ids

    def _batch(self, index: int, columns: slice) -> tuple:
        return tuple(stream[:, columns] for stream in self._streams)
