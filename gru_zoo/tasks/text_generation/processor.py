"""Running text for language models: to ids and back, and to windows for training."""

import json
import math
import pathlib
import re
from collections.abc import Iterable, Sequence

import numpy as np

from gru_zoo.batching.dataset import Epochs
from gru_zoo.files import read_json
from gru_zoo.text.subword_tokenizer import EOS, PAD, UNK, Tokenizer

_UNKNOWN = "<unk>"
# The word that stands for rare ones in data sets for word models.
_UNKNOWN_WORD = re.compile(r"(?<!\S)<unk>(?!\S)")
# What belongs to a word between letters: o'er, king-becoming.
_INSIDE_WORDS = "'’-"


def with_line_feeds(text: str) -> str:
    """A text whose lines end in a line feed alone, not in a carriage return and one."""
    return text.replace("\r\n", "\n")


class Characters:
    """Characters of a line to ids and back; those outside the vocabulary are `UNK`.

    Args:
        characters: the vocabulary, each once; the first has the id after `EOS`.
    """

    def __init__(self, characters: str):
        self.characters = characters
        self._ids = {character: EOS + 1 + i for i, character in enumerate(characters)}

    @classmethod
    def train(cls, text: str) -> "Characters":
        """The characters of a text, but for the end of a line."""
        return cls("".join(sorted(set(with_line_feeds(text)) - {"\n"})))

    @property
    def vocabulary_size(self) -> int:
        return EOS + 1 + len(self.characters)

    def encode(self, lines: Sequence[str]) -> list[list[int]]:
        """Ids of each line."""
        return [[self._ids.get(character, UNK) for character in line] for line in lines]

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(self.pieces(ids))

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The character behind each id."""
        return [self.characters[i - EOS - 1] if i > EOS else "\ufffd" for i in ids]


class RunningText:
    """Text to one sequence of ids, by characters or by sub-words, `EOS` at the end of every line.

    Sub-words keep the words of a line and the order of the words, whatever white space lies between
    them, so that the probability of a text's sub-words is one of its words. A word `<unk>`, which
    stands for rare words in data sets for word models, is the id `UNK`. Characters keep all but the
    carriage return before the end of a line.

    Args:
        tokenizer: `Characters`, or a `Tokenizer` that leaves characters as they are
            (`normalize=False`).
    """

    def __init__(self, tokenizer: Characters | Tokenizer):
        self.tokenizer = tokenizer
        self.by_characters = isinstance(tokenizer, Characters)

    @property
    def unit(self) -> str:
        """`"char"` or `"subword"`."""
        return "char" if self.by_characters else "subword"

    def encode(self, text: str) -> np.ndarray:
        """Ids of a text, int32, shape `(length,)`, `EOS` at the end of every line."""
        lines = with_line_feeds(text).split("\n")
        if self.by_characters:
            rows = self.tokenizer.encode(lines)
        else:
            parts = [_UNKNOWN_WORD.split(" ".join(line.split())) for line in lines]
            flat = iter(self.tokenizer.encode([part for line in parts for part in line]))
            rows = [_joined([next(flat) for _ in line], UNK) for line in parts]
        return np.array(_joined(rows, EOS), "int32")

    def decode(self, ids: Iterable[int]) -> str:
        """Text of ids, `EOS` as the end of a line."""
        lines: list[list[int]] = [[]]
        for token in map(int, ids):
            lines.append([]) if token == EOS else lines[-1].append(token)
        return "\n".join(self._line(line) for line in lines)

    def _line(self, ids: list[int]) -> str:
        if self.by_characters or UNK not in ids:
            return self.tokenizer.decode(ids)
        cut = ids.index(UNK)
        parts = [self.tokenizer.decode(ids[:cut]), _UNKNOWN, self._line(ids[cut + 1 :])]
        return " ".join(part for part in parts if part)

    def pieces(self, ids: np.ndarray) -> list[str]:
        """The characters or sub-words behind `ids`, a line break for `EOS`."""
        names = self.tokenizer.pieces(ids.tolist())
        return ["\n" if i == EOS else name for i, name in zip(ids, names, strict=True)]

    def word_pieces(self) -> tuple[np.ndarray, np.ndarray]:
        """Which ids may begin a word, and which may go on with one.

        Returns:
            Two boolean arrays, shape `(vocabulary_size,)`. Any other id ends a word.
        """
        ids = range(EOS + 1, self.tokenizer.vocabulary_size)
        names = self.tokenizer.pieces(list(ids))
        if self.by_characters:
            begin = [name.isalnum() for name in names]
            inside = [name.isalnum() or name in _INSIDE_WORDS for name in names]
        else:
            begin = [name[0] == "▁" and name[1:2].isalnum() for name in names]
            inside = [name[0] != "▁" for name in names]
        marks = [False] * (EOS + 1)
        return np.array(marks + begin), np.array(marks + inside)

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json`, with the characters, or beside it `assets/tokenizer.model`."""
        settings = {"kind": "running text", "unit": self.unit}
        if isinstance(self.tokenizer, Characters):
            settings["characters"] = self.tokenizer.characters
        else:
            self.tokenizer.save(folder)
        text = json.dumps(settings, indent=2, ensure_ascii=False) + "\n"
        (folder / "processor.json").write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "RunningText":
        """Read what `save` wrote."""
        settings = read_json(folder / "processor.json")
        if settings["unit"] == "char":
            return cls(Characters(settings["characters"]))
        return cls(Tokenizer.load(folder))


class Windows(Epochs):
    """Windows of a text for training by truncated backpropagation through time.

    The text lies in `rows` streams of the same length side by side, and a batch is the next window
    of each: `(ids, next ids)`, both `(rows, length)`. A model that starts a batch from the state
    in which it ended the batch before (`Carried`) has read each stream from its
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


def _joined(rows: list[list[int]], mark: int) -> list[int]:
    """The rows as one, with a mark between them."""
    return [token for i, row in enumerate(rows) for token in ([mark] * (i > 0) + row)]
