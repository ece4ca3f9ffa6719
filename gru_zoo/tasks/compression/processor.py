"""Sentences: to the arrays of a model over words made of sub-words, and to batches."""

import json
import pathlib
import unicodedata
from collections.abc import Iterator, Sequence

import keras
import numpy as np

from gru_zoo.batching.dataset import Batches, check_longest, pad, pad_batches
from gru_zoo.files import read_json
from gru_zoo.tasks.compression.words import Word, words_of
from gru_zoo.text.subword_tokenizer import EOS, SENTENCE_ENDS, Tokenizer

# How a word is written; a place's kind is its number here, from 1.
KINDS = ("border", "lower", "capital", "upper", "number", "mark")
MOST_PIECES = 8  # sub-words of a word; of longer ones those in the middle are left out
# To train with. A piece of text has at most 128 words, so the last holds all: 128 * 8 and the two
# borders.
LENGTHS = (16, 24, 32, 40, 48, 64, 96, 128, 256, 512, 1_026)
# To predict with, and to train with on JAX, which compiles every shape anew.
COARSE_LENGTHS = (32, 64, 128, 256, 1_026)

Sentence = tuple[np.ndarray, ...]  # ids, firsts, lasts, kinds


class SentenceProcessor:
    """Text to sub-words, and to places: its beginning, its words and its end.

    Args:
        tokenizer: the sub-word tokenizer.
        max_words: most words that are read at once; longer texts are read in pieces.
        bonus: what a kept word adds to a path's score where no ratio is asked for.
    """

    def __init__(self, tokenizer: Tokenizer, max_words: int = 128, bonus: float = 0.0):
        if not 1 <= max_words <= 128:
            raise ValueError(f"Expected max_words from 1 to 128. Received: {max_words}.")
        self.tokenizer, self.max_words, self.bonus = tokenizer, max_words, bonus

    def encode(self, text: str) -> tuple[list[Word], Sentence]:
        """The words of a text, and the arrays that the model takes.

        Returns:
            The words, and int32 arrays: ids, shape `(time,)`, with `EOS` at both borders; then the
            index of each place's first and of its last sub-word, and its kind, `(places,)`.
        """
        words = words_of(text)
        ends = [0, *(word.end for word in words)]
        attached = [0 < word.start == end for word, end in zip(words, ends, strict=False)]
        parts = self.tokenizer.encode_words([word.text for word in words], attached)
        parts = [[EOS], *map(_shortened, parts), [EOS]]
        lasts = np.cumsum([len(part) for part in parts]) - 1
        firsts = np.append(0, lasts[:-1] + 1)
        kinds = [1, *map(_kind, words), 1]
        ids = sum(parts, [])
        return words, tuple(np.array(column, "int32") for column in (ids, firsts, lasts, kinds))

    def split(self, text: str) -> list[str]:
        """A text in pieces of at most `max_words` words, none without a word.

        A text that fits is one piece. A longer one is cut behind every `.`, `!`, `?`, `…` and
        line, and a sentence too long even then, between words.
        """
        if len(words_of(text)) <= self.max_words:
            parts = [text]
        else:
            parts = [
                sentence[words[0].start : words[-1].end]
                for sentence in SENTENCE_ENDS.split(text)
                for words in self._cut(words_of(sentence))
            ]
        return [part for part in parts if words_of(part)]

    def _cut(self, words: list[Word]) -> list[list[Word]]:
        return [words[i : i + self.max_words] for i in range(0, len(words), self.max_words)]

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` and `assets/tokenizer.model`."""
        self.tokenizer.save(folder)
        settings = {"kind": "sentences", "max_words": self.max_words, "bonus": self.bonus}
        (folder / "processor.json").write_text(json.dumps(settings, indent=2) + "\n")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "SentenceProcessor":
        """Read what `save` wrote."""
        settings = read_json(folder / "processor.json")
        return cls(Tokenizer.load(folder), settings["max_words"], settings["bonus"])


class SentenceBatches(Batches):
    """Padded batches of sentences and paths: `((ids, firsts, lasts, kinds), froms)`.

    All else is as in `Batches`.

    Args:
        sentences: arrays of each sentence, as `SentenceProcessor.encode` makes them.
        froms: the path of each, as `gru_zoo.tasks.compression.path_crf.froms_of` makes it.
        lengths: padded lengths, ascending; by default `LENGTHS`, on JAX `COARSE_LENGTHS`.
        **options: of `Batches`.

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
        check_longest([ids for ids, *_ in sentences], lengths[-1])
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
    check_longest(sequences, lengths[-1])
    for rows, ids in pad_batches(sequences, batch_size, lengths):
        columns = (pad([sentences[row][i] for row in rows], lengths) for i in (1, 2, 3))
        more = ((0, len(ids) - len(rows)), (0, 0))
        yield rows, [ids, *(np.pad(column, more) for column in columns)]


def _shortened(ids: list[int]) -> list[int]:
    half = MOST_PIECES // 2
    return ids if len(ids) <= MOST_PIECES else ids[:half] + ids[-half:]


def _kind(word: Word) -> int:
    text = unicodedata.normalize("NFC", word.text)
    if word.is_mark or text[0] in "'’":
        kind = "mark"
    elif any(character.isdigit() for character in text):
        kind = "number"
    elif not text[0].isupper():
        kind = "lower"
    else:
        kind = "upper" if len(text) > 1 and text.isupper() else "capital"
    return KINDS.index(kind) + 1
