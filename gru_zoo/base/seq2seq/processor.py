"""Pairs of texts: to token ids and back, and to batches for an encoder-decoder."""

import json
import pathlib
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np

from gru_zoo.batching.dataset import Batches, Ids, pad
from gru_zoo.files import read_json
from gru_zoo.text.subword_tokenizer import BOS, EOS, SENTENCE_ENDS, Tokenizer

# To train with. Finer than those of prediction: sentences are short, and padding costs time. JAX
# compiles every shape anew and gets few.
LENGTHS = (4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 64, 96, 128, 160, 176, 192, 224, 256)
COARSE_LENGTHS = (8, 16, 32, 64, 128, 256)

Draw = Callable[[np.ndarray, int], tuple[list[Ids], list[Ids]]]


def begun(targets: np.ndarray) -> np.ndarray:
    """What a decoder reads to write `targets`, `(batch, length)`: `BOS`, then all but the last."""
    return np.concatenate([np.full_like(targets[:, :1], BOS), targets[:, :-1]], axis=1)


def read_begun(sources: np.ndarray, targets: np.ndarray) -> tuple:
    """For a model that is shown what it has written and says what comes next."""
    return (sources, begun(targets)), targets


def read_whole(sources: np.ndarray, targets: np.ndarray) -> tuple:
    """For a model that is asked how probable targets are."""
    return (sources, targets), targets


class PairProcessor:
    """Texts of two languages to ids over one vocabulary.

    Args:
        tokenizer: the sub-word tokenizer of both languages.
        languages: codes of the source's and the target's language, such as `("en", "fr")`.
        max_length: most sub-words that are read at once, 1 to 255, which is what batches to train
            with hold; longer texts are read in pieces.
        length_penalty: of beam search, where none is given.

    Raises:
        ValueError: `max_length` is out of range.
    """

    kind = "pairs"

    def __init__(
        self,
        tokenizer: Tokenizer,
        languages: tuple[str, str],
        max_length: int,
        length_penalty: float = 1.0,
    ):
        most = LENGTHS[-1] - 1  # EOS
        if not 1 <= max_length <= most:
            raise ValueError(f"Expected max_length from 1 to {most}. Received: {max_length!r}.")
        source, target = languages
        self.tokenizer, self.languages, self.max_length = tokenizer, (source, target), max_length
        self.length_penalty = length_penalty

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Ids of each text, int32, with `EOS` behind them, however long."""
        return [ended(ids) for ids in self.tokenizer.encode(texts)]

    def sample(self, texts: Sequence[str], alpha: float, seed: int) -> list[np.ndarray]:
        """As `encode`, in segmentations drawn at random, see `Tokenizer.sample`."""
        return [ended(ids) for ids in self.tokenizer.sample(texts, alpha, seed)]

    def pieces(self, text: str) -> list[np.ndarray]:
        """The ids of a text in pieces of at most `max_length` sub-words, each with `EOS`.

        A text that fits is one piece, and one without a sub-word none. A longer one is cut behind
        every `.`, `!`, `?`, `…` and line; a sentence too long even then, between words; a word too
        long, anywhere.
        """
        (ids,) = self.tokenizer.encode([text])
        if not ids:
            return []
        if len(ids) <= self.max_length:
            return [ended(ids)]
        sentences = self.tokenizer.encode(SENTENCE_ENDS.split(text))
        return [ended(part) for ids in sentences for part in self._cut(ids)]

    def _cut(self, ids: list[int]) -> list[list[int]]:
        parts = []
        while len(ids) > self.max_length:
            starts = self.tokenizer.pieces(ids[1 : self.max_length + 1])
            words = [i + 1 for i, piece in enumerate(starts) if piece.startswith("▁")]
            end = words[-1] if words else self.max_length
            parts.append(ids[:end])
            ids = ids[end:]
        return [*parts, ids] if ids else parts

    def decode(self, ids: Sequence[int] | np.ndarray) -> str:
        """Text of ids without marks."""
        return self.tokenizer.decode(ids)

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` and `assets/tokenizer.model`."""
        self.tokenizer.save(folder)
        settings = {"kind": self.kind, **self.settings()}
        (folder / "processor.json").write_text(json.dumps(settings, indent=2) + "\n")

    def settings(self) -> dict[str, Any]:
        """The arguments of the constructor that go into `processor.json`."""
        names = ("languages", "max_length", "length_penalty")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def load(cls, folder: pathlib.Path) -> Self:
        """Read what `save` wrote."""
        settings = read_json(folder / "processor.json")
        del settings["kind"]
        return cls(Tokenizer.load(folder), **settings)


class PairBatches(Batches):
    """Padded batches of sources and targets, of about as many tokens each.

    A batch is what `feed` makes of padded sources and targets, each of shape `(batch, length)`:
    `((sources, begun), targets)` by default. All else is as in `Batches`.

    Args:
        sources: sequences of token ids, each at most `lengths[-1]` long.
        targets: as many, each with `EOS` at its end.
        tokens: tokens a batch on the side that is counted, padding included.
        count: that side, "source" or "target".
        feed: `read_begun` or `read_whole`.
        seed: of the order, and of `draw`.
        shuffle: False keeps the batches the same in every epoch, short targets first.
        draw: from the indices of a batch and a seed to its sources and targets, to replace those
            given. Their lengths decide which share a batch none the less.
        lengths: padded lengths, ascending.

    Raises:
        ValueError: a sequence is longer than `tokens` or the last of `lengths`.
    """

    def __init__(
        self,
        sources: list[Ids],
        targets: list[Ids],
        *,
        tokens: int,
        count: str = "target",
        feed: Callable = read_begun,
        seed: int = 0,
        shuffle: bool = True,
        draw: Draw | None = None,
        lengths: Sequence[int] = LENGTHS,
    ):
        longest = max((len(ids) for ids in (*sources, *targets)), default=0)
        bound = min(tokens, lengths[-1])
        if longest > bound:
            raise ValueError(
                f"Expected sequences of at most {bound} tokens. Received: one of {longest}. Leave "
                "such pairs out, or raise `tokens` where that is the bound."
            )
        self._tokens, self._feed, self._draw = tokens, feed, draw
        self._counted = ("source", "target").index(count)
        columns = (list(sources), list(targets))
        super().__init__(columns, batch_size=1, seed=seed, shuffle=shuffle, lengths=lengths)

    def __getitem__(self, index: int) -> tuple:
        """Batch `index` as `feed` makes it."""
        self._shown += 1
        rows = self._plan[index]
        sources, targets = ([column[row] for row in rows] for column in self._inputs)
        # From the first two batches TensorFlow learns which axes vary: they stay as planned.
        if self._draw is not None and index > 1:
            seed = np.random.SeedSequence((self.seed, self.epoch, index)).generate_state(1)[0]
            drawn = self._draw(rows, int(seed) >> 1)
            if max(len(ids) for column in drawn for ids in column) <= self._lengths[-1]:
                sources, targets = drawn
        return self._feed(pad(sources, self._lengths), pad(targets, self._lengths))

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


def ended(ids: Ids) -> np.ndarray:
    """Ids with `EOS` behind them, int32."""
    return np.array([*ids, EOS], "int32")
