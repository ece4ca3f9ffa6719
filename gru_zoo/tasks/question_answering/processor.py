"""Stories and questions to arrays, and answers to classes."""

import json
import pathlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from gru_zoo.files import read_settings, write_atomically
from gru_zoo.tasks.question_answering.reading import Span, sentences_of, words_of
from gru_zoo.text.special_tokens import PAD, UNK

KIND = "stories"  # "kind" of the settings in `processor.json`
_FIRST = UNK + 1  # id of the first word
# Numbers of sentences to which stories are padded.
LENGTHS = (2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 72, 128, 256)


class Story(NamedTuple):
    """A question about a story as arrays.

    Args:
        facts: word ids of the sentences, int32, shape `(sentences, sentence_words)`.
        question: word ids, int32, shape `(sentence_words,)`.
        sentences: the sentences, those of `facts`.
    """

    facts: np.ndarray
    question: np.ndarray
    sentences: tuple[Span, ...]


class QuestionAnsweringProcessor:
    """Words to ids, and answers to classes.

    Words are compared in lower case. Of a longer sentence the first words are read, of a longer
    story the last sentences.

    Args:
        words: the vocabulary in lower case, each word once.
        answers: the answers, each once; several words of one answer are separated by commas.
        sentence_words: number of words of a sentence that are read.
        sentences: number of sentences of a story that are read, at most 256.

    Raises:
        ValueError: there are no words or answers, one is listed twice, or a number is out of its
            range.
    """

    def __init__(
        self,
        words: Sequence[str],
        answers: Sequence[str],
        sentence_words: int = 12,
        sentences: int = LENGTHS[-1],
    ):
        self.words, self.answers = tuple(words), tuple(answers)
        self.sentence_words, self.max_sentences = sentence_words, sentences
        self._ids = {word: _FIRST + i for i, word in enumerate(self.words)}
        self._classes = {answer_words(answer): i for i, answer in enumerate(self.answers)}
        if not self.words or len(self._ids) != len(self.words):
            raise ValueError(f"Expected words, each once. Received: {len(self.words)} words.")
        if not self.answers or len(self._classes) != len(self.answers):
            raise ValueError(f"Expected answers, each once. Received: {len(self.answers)} answers.")
        if not (1 <= sentences <= LENGTHS[-1] and sentence_words >= 1):
            raise ValueError(
                f"Expected 1 to {LENGTHS[-1]} sentences of 1 word or more. Received: "
                f"sentences={sentences}, sentence_words={sentence_words}."
            )

    @property
    def vocabulary_size(self) -> int:
        """Number of word ids, padding and the unknown word included."""
        return _FIRST + len(self.words)

    def id_of(self, word: str) -> int:
        """Id of a word in lower case."""
        return self._ids.get(word, UNK)

    def class_of(self, answer: Sequence[str]) -> int | None:
        """Class of an answer of these words; None if there is no such answer."""
        return self._classes.get(tuple(answer))

    def encode(self, question: str, context: str) -> Story:
        """Encode a question and its story."""
        sentences = sentences_of(context)[-self.max_sentences :]
        facts = np.stack(
            [np.zeros(self.sentence_words, "int32"), *map(self._row, (s.text for s in sentences))]
        )[1:]
        return Story(facts, self._row(question), tuple(sentences))

    def _row(self, text: str) -> np.ndarray:
        ids = [self.id_of(word) for word in words_of(text)[: self.sentence_words]]
        return np.array(ids + [PAD] * (self.sentence_words - len(ids)), "int32")

    def table(self, exchanged: Mapping[str, str]) -> np.ndarray:
        """The id that takes the place of each id, int32, shape `(vocabulary_size,)`."""
        ids = np.arange(self.vocabulary_size, dtype="int32")
        for old, new in exchanged.items():
            if old in self._ids and new in self._ids:
                ids[self._ids[old]] = self._ids[new]
        return ids

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` into a folder."""
        settings = {
            "kind": KIND,
            "sentence_words": self.sentence_words,
            "sentences": self.max_sentences,
            "words": self.words,
            "answers": self.answers,
        }
        text = json.dumps(settings, ensure_ascii=False, separators=(",", ":"))
        write_atomically(folder / "processor.json", text + "\n")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "QuestionAnsweringProcessor":
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: a file is missing.
            ValueError: a file is damaged or belongs to another processor.
        """
        names = ("words", "answers", "sentence_words", "sentences")
        settings = read_settings(folder / "processor.json", KIND, names)
        return cls(*(settings[name] for name in names))


def answer_words(answer: str) -> tuple[str, ...]:
    """The words of an answer in lower case: `("milk", "apple")` of "milk,apple"."""
    return tuple(word.strip().lower() for word in answer.split(","))


def pad_stories(stories: Iterable[Story]) -> tuple[np.ndarray, np.ndarray]:
    """The facts of stories, shape `(stories, sentences, sentence_words)`, and their questions."""
    stories = list(stories)
    longest = max(len(story.facts) for story in stories)
    length = LENGTHS[int(np.searchsorted(LENGTHS, longest))]
    facts = np.zeros((len(stories), length, stories[0].question.size), "int32")
    for row, story in zip(facts, stories, strict=True):
        row[: len(story.facts)] = story.facts
    return facts, np.stack([story.question for story in stories])
