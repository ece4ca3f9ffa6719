"""What differs between reading stories and reading passages."""

import abc
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np

from gru_zoo import training
from gru_zoo.base.task import Task
from gru_zoo.batching.dataset import SeededDataset
from gru_zoo.metrics.metric import Metric
from gru_zoo.metrics.span_overlap import span_metrics
from gru_zoo.tasks.question_answering.batches import StoryBatches
from gru_zoo.tasks.question_answering.exchange import Exchange
from gru_zoo.tasks.question_answering.passages.batches import PlacesLoss, SpanBatches, places
from gru_zoo.tasks.question_answering.passages.processor import PassageProcessor, pad_windows
from gru_zoo.tasks.question_answering.passages.scoring import answer_passages
from gru_zoo.tasks.question_answering.processor import (
    QuestionAnsweringProcessor,
    answer_words,
    pad_stories,
)
from gru_zoo.tasks.question_answering.results import Answer
from gru_zoo.tasks.question_answering.samples import PASSAGES, STORIES
from gru_zoo.tasks.question_answering.scoring import answer_stories, story_metrics
from gru_zoo.tasks.question_answering.training import Row, extended, usual_answers, words_in


class Training(NamedTuple):
    """What `QuestionAnswering.fit` trains.

    Args:
        model: the model, or the part of it before its probabilities.
        train: training batches.
        validation: batches to validate on.
        monitor: quantity by which the best epochs are chosen, and its `mode`.
        loss: arguments of `keras.Model.compile`.
    """

    model: keras.Model
    train: SeededDataset
    validation: SeededDataset
    monitor: tuple[str, str]
    loss: dict[str, Any]

    def compile(self, optimizer: keras.optimizers.Optimizer) -> None:
        """Compile the model."""
        self.model.compile(optimizer, jit_compile=training.jit_compile(), **self.loss)


class Kind(abc.ABC):
    """A kind of text, by its name in `Config.kind`.

    Attributes:
        samples: questions and texts.
        Processor: class of the processor.
        outputs: names of the outputs of the model.
        answer: function from model, processor, pairs of question and text, and whether there may
            be no answer, to answers.
    """

    samples: tuple[tuple[str, str], ...]
    Processor: type
    outputs: tuple[str, ...]
    answer: Callable[..., list[Answer]]

    @abc.abstractmethod
    def golden_inputs(self, processor: Any) -> list[np.ndarray]:
        """The inputs of the model for the samples."""

    @abc.abstractmethod
    def metrics(
        self, found: Sequence[Answer], accepted: Sequence[Sequence[str]], origins: Sequence[str]
    ) -> list[Metric]:
        """Measure answers: see `QuestionAnswering.evaluate`."""

    @abc.abstractmethod
    def prepare(
        self,
        task: Task,
        rows: tuple[Sequence[Row], Sequence[Row]],
        exchanges: Sequence[Exchange],
        batch_size: int,
        seed: int,
    ) -> Training:
        """Get a task ready to train on rows, and to validate on others."""


class Stories(Kind):
    """Stories: the answer is one of a list."""

    samples = STORIES
    Processor = QuestionAnsweringProcessor
    outputs = ("answers", "evidence")
    answer = staticmethod(answer_stories)

    def golden_inputs(self, processor):
        return list(pad_stories(processor.encode(*sample) for sample in self.samples))

    def metrics(self, found, accepted, origins):
        right = [
            answer_words(answer.text or "") in {answer_words(text) for text in texts or ("",)}
            for answer, texts in zip(found, accepted, strict=True)
        ]
        return story_metrics(right, origins)

    def prepare(self, task, rows, exchanges, batch_size, seed):
        """Get ready; new words and answers get a place behind the known ones."""
        train, held_out = rows
        answers = usual_answers([*train, *held_out], [*exchanges, *[Exchange()] * len(held_out)])
        task.model, config, task.processor = extended(
            task.model, task.config, task.processor, words_in(train, exchanges), answers
        )
        task.card = task.card.replace(config=vars(config))

        def batches(rows, **options):
            stories = [task.processor.encode(row.question, row.context) for row in rows]
            targets = [answer_words(row.answer) for row in rows]
            return StoryBatches(stories, targets, processor=task.processor, **options)

        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        return Training(
            keras.Model(task.model.inputs, task.model.get_layer("logits").output),
            batches(train, batch_size=batch_size, seed=seed, exchanges=exchanges),
            batches(held_out, batch_size=64),
            ("val_accuracy", "max"),
            {"loss": loss, "metrics": ["accuracy"]},
        )


class Passages(Kind):
    """Passages: the answer stands in them, or there is none."""

    samples = PASSAGES
    Processor = PassageProcessor
    outputs = ("logits",)
    answer = staticmethod(answer_passages)

    def golden_inputs(self, processor):
        return pad_windows(processor.encode(*sample)[0] for sample in self.samples)

    def metrics(self, found, accepted, origins):
        return span_metrics([answer.text for answer in found], accepted)

    def prepare(self, task, rows, exchanges, batch_size, seed):
        """Get ready. The vocabulary stays: new words are read by their beginnings and ends.

        Raises:
            ValueError: words are to be exchanged.
        """
        if any(exchange.groups for exchange in exchanges):
            raise ValueError(
                "Expected no exchanges: they are for stories. Received: some, for passages. Leave "
                "`exchanges` out."
            )

        def batches(rows, **options):
            windows, targets = [], []
            for row in rows:
                # Of a long passage, the first window in which the answer stands.
                found = [(w, places(w, row.answer)) for w in task.processor.encode(*row[:2])]
                if found:
                    answered = (pair for pair in found if not pair[1][0].any())
                    window, target = next(answered, found[0])
                    windows.append(window)
                    targets.append(target)
            return SpanBatches(windows, targets, **options)

        train, held_out = rows
        return Training(
            task.model,
            batches(train, batch_size=batch_size, seed=seed),
            batches(held_out, batch_size=64, shuffle=False),
            ("val_loss", "min"),
            {"loss": PlacesLoss()},
        )


KINDS: dict[str, Kind] = {"stories": Stories(), "passages": Passages()}
