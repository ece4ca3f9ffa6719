"""Passages and questions to arrays."""

import json
import pathlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from gru_zoo.files import read_settings, write_atomically
from gru_zoo.tasks.question_answering.passages.words import (
    FEATURES,
    affixes_of,
    features_of,
    lexeme,
    tokens_of,
)
from gru_zoo.tasks.question_answering.reading import Span
from gru_zoo.text.special_tokens import BOS, UNK

KIND = "passages"  # "kind" of the settings in `processor.json`
NONE = BOS  # id of the word before a passage, which is the answer where there is none
_FIRST = NONE + 1  # id of the first word
_QUESTION_WORDS = 40
# Numbers of words to which passages and questions are padded.
LENGTHS = (16, 32, 48, 64, 96, 128, 160, 192, 256, 320, 400)
QUESTION_LENGTHS = (8, 12, 16, 24, _QUESTION_WORDS)


class Side(NamedTuple):
    """The words of a passage or a question.

    Args:
        ids: ids of each word and of its affixes, int32, shape `(words, 3)`.
        features: see `features_of`, float32, shape `(words, FEATURES)`.
    """

    ids: np.ndarray
    features: np.ndarray


class Window(NamedTuple):
    """A question and a part of its passage.

    Args:
        passage: the word `NONE`, and the words of the part.
        question: the words of the question.
        tokens: the words of the part, with their places in the whole passage.
    """

    passage: Side
    question: Side
    tokens: tuple[Span, ...]


class PassageProcessor:
    """Words to ids.

    A passage is read in windows, half of which overlap. Of a question the first 40 words are read.

    Args:
        words: the vocabulary, see `lexeme`, each word once, the most frequent ones first.
        affixes: number of ids of beginnings and ends of words, an even number.
        window: number of words of a window, from 16 to 399.

    Raises:
        ValueError: there are no words, one is listed twice, or a number is out of its range.
    """

    def __init__(self, words: Sequence[str], affixes: int = 8192, window: int = LENGTHS[-1] - 1):
        self.words, self.affixes, self.window = tuple(words), affixes, window
        self._ids = {word: _FIRST + i for i, word in enumerate(self.words)}
        if not self.words or len(self._ids) != len(self.words):
            raise ValueError(f"Expected words, each once. Received: {len(self.words)} words.")
        if not (affixes >= 2 and affixes % 2 == 0 and LENGTHS[0] <= window < LENGTHS[-1]):
            raise ValueError(
                f"Expected an even number of affixes and a window of {LENGTHS[0]} to "
                f"{LENGTHS[-1] - 1} words. Received: affixes={affixes}, window={window}."
            )

    @property
    def vocabulary_size(self) -> int:
        """Number of word ids, padding, the unknown word and `NONE` included."""
        return _FIRST + len(self.words)

    def id_of(self, word: str) -> int:
        """Id of a word."""
        return self._ids.get(lexeme(word), UNK)

    def encode(self, question: str, context: str) -> list[Window]:
        """Encode a question and each window of its passage; none without words on both sides."""
        asked = [token.text for token in tokens_of(question)][:_QUESTION_WORDS]
        tokens = tokens_of(context)
        if not asked or not tokens:
            return []
        query = self._side(asked, [token.text for token in tokens])
        half = self.window // 2
        windows = []
        for start in range(0, max(0, len(tokens) - self.window) + half, half):
            part = tokens[start : start + self.window]
            side = self._side([token.text for token in part], asked)
            none = np.array([[NONE, 0, self.affixes // 2]], "int32")
            blank = np.zeros((1, FEATURES), "float32")
            side = Side(np.concatenate([none, side.ids]), np.concatenate([blank, side.features]))
            windows.append(Window(side, query, tuple(part)))
        return windows

    def _side(self, words: list[str], others: list[str]) -> Side:
        ids = list(map(self.id_of, words))
        rows = [(i, *affixes_of(word, self.affixes)) for i, word in zip(ids, words, strict=True)]
        # By Zipf's law the rank of a word tells how rare it is.
        rank = np.where(np.array(ids) == UNK, self.vocabulary_size, ids)
        rarity = np.log(rank) / np.log(self.vocabulary_size)
        return Side(np.array(rows, "int32"), features_of(words, others, rarity.tolist()))

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` and the words into a folder."""
        (folder / "assets").mkdir(exist_ok=True)
        write_atomically(folder / "assets" / "words.txt", "".join(f"{w}\n" for w in self.words))
        settings = {"kind": KIND, "affixes": self.affixes, "window": self.window}
        write_atomically(folder / "processor.json", json.dumps(settings) + "\n")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "PassageProcessor":
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: a file is missing.
            ValueError: a file is damaged or belongs to another processor.
        """
        settings = read_settings(folder / "processor.json", KIND, ("affixes", "window"))
        words = (folder / "assets" / "words.txt").read_text(encoding="utf-8").splitlines()
        return cls(words, settings["affixes"], settings["window"])


def pad_windows(windows: Iterable[Window]) -> list[np.ndarray]:
    """The inputs of the model: ids and features of the passages, and those of the questions."""
    passages, questions, _ = zip(*windows, strict=True)
    return [*_pad(passages, LENGTHS), *_pad(questions, QUESTION_LENGTHS)]


def _pad(sides: Sequence[Side], lengths: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    longest = max(len(side.ids) for side in sides)
    length = lengths[int(np.searchsorted(lengths, longest))]
    ids = np.zeros((len(sides), length, 3), "int32")
    features = np.zeros((len(sides), length, FEATURES), "float32")
    for i, side in enumerate(sides):
        ids[i, : len(side.ids)], features[i, : len(side.ids)] = side
    return ids, features
