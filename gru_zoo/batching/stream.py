"""Batches of consecutive windows of one long text, for truncated backpropagation through time."""

import math

import numpy as np

from gru_zoo.batching.dataset import SeededDataset
from gru_zoo.text.special_tokens import PAD


class StreamBatches(SeededDataset):
    """Windows of a text for training by truncated backpropagation through time.

    The text lies in `rows` streams of the same length side by side, and a batch is the next window
    of each: `(ids, next ids)`, both `(rows, length)`. A model that starts a batch from the state
    in which it ended the batch before (`StatefulModel`) has read each stream from its
    beginning. In every epoch the streams are cut from another place on, the text taken as a ring,
    and a third of the windows are a quarter longer than the others and a third a quarter shorter,
    in a random order, so that no place is always far from what the gradient reaches (Merity et al.
    2017, Regularizing and Optimizing LSTM Language Models, section 4.1).

    Every id but the first is foreseen once an epoch. The streams are as long as their windows
    together, a little longer than the text: behind its end the next ids are `PAD`.

    Args:
        ids: token ids of the text, shape `(length,)`.
        rows: streams side by side, 1 or more.
        window: mean steps of a window, 1 or more. It is changed a little to one by which streams
            can be divided; short streams are one window.
        seed: of the cuts.
        shuffle: False gives the same streams and windows of the same length in every epoch.
        name: what the text is called in the error.

    Raises:
        ValueError: the text has fewer than two ids a stream, or a number is out of its range.
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

    def _batches_of_epoch(self) -> list[slice]:
        """Columns of each window."""
        lengths, start = np.full(self._count, self._window), 0
        random = np.random.default_rng((self.seed, self._epoch))
        if self._shuffle:
            start = int(random.integers(len(self._ids)))
            varied, change = self._count // 3, self._window // 4
            lengths[:varied] -= change
            lengths[self._count - varied :] += change
            # A short and a long one go first: on TensorFlow, Keras looks at two batches to tell
            # which axes vary.
            first, last = lengths[:1], lengths[-1:]
            if self._count > 1:
                lengths = np.concatenate([first, last, random.permutation(lengths[1:-1])])
        self._streams = self._cut(np.roll(self._ids, -start))
        ends = np.cumsum(lengths)
        return [slice(end - n, end) for end, n in zip(ends, lengths, strict=True)]

    def _cut(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The streams of a text, and the next ids of each, both `(rows, columns)`."""
        shape = (self._rows, self._count * self._window)
        following = np.full(shape, PAD, "int32")
        following.flat[: len(ids) - 1] = ids[1:]
        return np.resize(ids, shape), following

    def _batch(self, plan: slice) -> tuple:
        """The windows of these columns."""
        return tuple(stream[:, plan] for stream in self._streams)
