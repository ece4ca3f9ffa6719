"""What `QuestionAnswering.fit` learns from: rows, new words and answers, and what is held out."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import numpy as np

from gru_zoo.tasks.question_answering.exchange import Exchange
from gru_zoo.tasks.question_answering.model import Config, build
from gru_zoo.tasks.question_answering.processor import QuestionAnsweringProcessor, answer_words
from gru_zoo.tasks.question_answering.reading import words_of
from gru_zoo.training.validation import split


class Row(NamedTuple):
    """A question, its context and its answer; "" where the context has none."""

    question: str
    context: str
    answer: str


def as_rows(rows: Any) -> list[Row]:
    """Rows of three texts each.

    Raises:
        TypeError: a row is not of three texts.
        ValueError: there is no row.
    """
    found = []
    for i, row in enumerate(rows):
        if isinstance(row, str) or len(row) != 3 or not all(isinstance(part, str) for part in row):
            raise TypeError(
                "Expected rows of a question, its context and its answer. Received at position "
                f"{i}: {row!r:.80}."
            )
        found.append(Row(*row))
    if not found:
        raise ValueError("Expected one row or more. Received: none.")
    return found


def split_by_context(rows: Sequence[Row], share: float, seed: int) -> tuple[list[int], list[int]]:
    """Indices of rows to train on and to hold out; the rows of one story are on one side.

    The contexts of one story begin with the same sentence or, if it is asked about between its
    sentences, with each other.

    Args:
        rows: the rows, those of a story one after the other.
        share: share of the stories to hold out, above 0 and below 1.
        seed: seed of the draw.

    Raises:
        ValueError: one side would be empty.
    """
    stories: list[list[int]] = []
    last: str | None = None
    for row in rows:
        if last is None or not (row.context.startswith(last) or last.startswith(row.context)):
            stories.append([])
        stories[-1].append(len(stories) - 1)
        last = row.context
    owner = np.concatenate(stories)
    train, held_out = split(len(stories), share, seed, "stories")
    sides = (np.flatnonzero(np.isin(owner, side)).tolist() for side in (train, held_out))
    return next(sides), next(sides)


def usual_answers(rows: Sequence[Row], exchanges: Sequence[Exchange]) -> list[str]:
    """Every answer of the rows, and what an exchange can make of it, written as it usually is."""
    written: dict[str, str] = {}
    for row in rows:
        for part in row.answer.split(","):
            written.setdefault(part.strip().lower(), part.strip())
    found: dict[tuple[str, ...], None] = {}
    seen: set[tuple[int, tuple[str, ...]]] = set()
    for row, exchange in zip(rows, exchanges, strict=True):
        answer = answer_words(row.answer)
        if (id(exchange), answer) not in seen:
            seen.add((id(exchange), answer))
            found |= dict.fromkeys([answer, *exchange.answers(answer)])
    return [",".join(written.get(word, word) for word in answer) for answer in found]


def words_in(rows: Sequence[Row], exchanges: Sequence[Exchange]) -> list[str]:
    """All words of questions and contexts, and of what they may be exchanged for, sorted."""
    found = {word for row in rows for word in words_of(f"{row.question} {row.context}")}
    for exchange in {id(exchange): exchange for exchange in exchanges}.values():
        found.update(exchange.words())
    return sorted(found)


def extended(
    model: keras.Model,
    config: Config,
    processor: QuestionAnsweringProcessor,
    words: Sequence[str],
    answers: Sequence[str],
) -> tuple[keras.Model, Config, QuestionAnsweringProcessor]:
    """A model that knows further words and answers besides its own; new ones are untrained.

    Args:
        model: the model.
        config: its config.
        processor: its processor.
        words: words in lower case, known ones included.
        answers: answers, known ones included.
    """
    known = {answer_words(answer) for answer in processor.answers}
    more = [word for word in words if word not in set(processor.words)]
    new = [answer for answer in answers if answer_words(answer) not in known]
    if not more and not new:
        return model, config, processor
    wider = QuestionAnsweringProcessor(
        (*processor.words, *more),
        (*processor.answers, *new),
        processor.sentence_words,
        processor.max_sentences,
    )
    values = {"vocabulary_size": wider.vocabulary_size, "answers": len(wider.answers)}
    larger = Config(**{**vars(config), **values})
    fresh = build(larger)
    for old, layer in zip(model.layers, fresh.layers, strict=True):
        weights = [
            _placed(before, after)
            for before, after in zip(old.get_weights(), layer.get_weights(), strict=True)
        ]
        layer.set_weights(weights)
    return fresh, larger, wider


def _placed(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """New weights with the old ones in their first places."""
    result = after.copy()
    result[tuple(slice(0, size) for size in before.shape)] = before
    return result
