"""Task `question_answering`: answers to questions about a text."""

import os
from collections.abc import Sequence
from typing import Any, Unpack

import keras
import numpy as np

from gru_zoo import training
from gru_zoo.base.task import Task
from gru_zoo.data.examples import AnsweredQuestion
from gru_zoo.metrics.metric import Metric, check_lengths
from gru_zoo.presets.card import MetricRow
from gru_zoo.tasks.question_answering.exchange import Exchange
from gru_zoo.tasks.question_answering.inputs import as_pairs, from_line, unzipped
from gru_zoo.tasks.question_answering.kinds import KINDS, Kind
from gru_zoo.tasks.question_answering.model import Config, build
from gru_zoo.tasks.question_answering.processor import QuestionAnsweringProcessor
from gru_zoo.tasks.question_answering.results import Answer
from gru_zoo.tasks.question_answering.rows import read_rows
from gru_zoo.tasks.question_answering.training import as_rows, split_by_context
from gru_zoo.training.options import FitOptions


class QuestionAnswering(Task):
    """Answers to questions about a text.

    A preset reads stories, whose answers are of a list, and shows the sentences that it used; or it
    reads passages in which the answer stands. `model` is that of `build_story_model` or of
    `build_passage_model`.

    Example:

        >>> import gru_zoo
        >>> reader = gru_zoo.load("question_answering")
        >>> story = "Mary went to the kitchen. John moved to the garden."
        >>> answer = reader.answer("Where is Mary?", story)
        >>> answer.text, story[answer.start : answer.end]
        ('kitchen', 'kitchen')
    """

    inputs = "questions"
    Config = Config
    build = staticmethod(build)
    Processor = QuestionAnsweringProcessor
    processor: Any

    @classmethod
    def _processor_class(cls, config: Any) -> type:
        return KINDS[config.kind].Processor

    @property
    def kind(self) -> Kind:
        """The kind of text that the preset reads."""
        return KINDS[self.config.kind]

    @property
    def samples(self) -> tuple[tuple[str, str], ...]:  # type: ignore[override]
        """Questions and texts of the demonstration and of the golden outputs."""
        return self.kind.samples

    @property
    def exported_outputs(self) -> tuple[str, ...]:  # type: ignore[override]
        """Names of the outputs of the model."""
        return self.kind.outputs

    def answer(
        self, question: str | Sequence[str], context: str | Sequence[str], allow_none: bool = True
    ) -> Answer | list[Answer]:
        """Answer a question about a text, or each of several.

        A question or text without words has the answer None with the score 1. Of long stories the
        last sentences are read, see `processor.max_sentences`; long passages are read whole, in
        windows. What is known of words that the model does not know depends on the kind: nothing
        in stories, their first and last letters in passages.

        Args:
            question: a question, or a list of them.
            context: the text; for several questions one text for all of them, or a list with one
                for each.
            allow_none: False gives the likeliest answer even where it is likelier that the text has
                none.

        Returns:
            One answer, or a list of answers for a list of questions.

        Raises:
            TypeError: a question or text is not a string.
            ValueError: there are not as many texts as questions.
        """
        pairs = as_pairs(question, context)
        answers = self.kind.answer(self.model, self.processor, pairs, allow_none)
        return answers[0] if isinstance(question, str) else answers

    def predict(self, inputs: Any) -> Answer | list[Answer]:
        """Answer a pair of a question and its text, or each pair of a list.

        Args:
            inputs: a tuple of question and text, or a list of such tuples.

        Raises:
            TypeError: an input is no pair of texts.
        """
        if isinstance(inputs, tuple):
            return self.predict([inputs])[0]  # type: ignore[index]
        return self.answer(*unzipped(inputs))

    def from_text(self, text: str) -> tuple[str, str]:
        """Question and text of a line: the question ends with the first question mark."""
        return from_line(text)

    def golden_inputs(self) -> list[np.ndarray]:
        """The arrays of the samples."""
        return self.kind.golden_inputs(self.processor)

    def demo(self) -> list[str]:
        """The answer to each sample."""
        answers = (self.answer(question, context) for question, context in self.samples)
        pairs = zip(answers, self.samples, strict=True)
        return [f"{answer}  <-  {question} {context}" for answer, (question, context) in pairs]

    def examples(self, examples: list[AnsweredQuestion]) -> tuple[list, list]:
        """Questions with their texts, and the right answers of each."""
        inputs = [(example.question, example.context) for example in examples]
        return inputs, [example.answers for example in examples]

    def evaluate(
        self,
        inputs: Sequence[tuple[str, str]],
        targets: Sequence[str | Sequence[str]],
        verbose: bool = False,
        origins: Sequence[str] | None = None,
    ) -> list[Metric]:
        """Measure the percentage of wrong answers, or of passages exact match and F1.

        Where every question has a right answer, one is given to each, as in SQuAD 1.1.

        Args:
            inputs: questions and texts.
            targets: the right answer of each, or several of which one is enough.
            verbose: whether to show a progress bar; there is none.
            origins: part of the set that each question comes from, of which the mean is taken;
                None for one part.

        Raises:
            ValueError: there are no inputs, or not as many targets.
        """
        check_lengths(len(targets), len(inputs))
        accepted = [(target,) if isinstance(target, str) else tuple(target) for target in targets]
        allow_none = not all(any(texts) for texts in accepted)
        found = self.answer(*unzipped(inputs), allow_none)
        return self.kind.metrics(found, accepted, origins or [""] * len(accepted))  # type: ignore[arg-type]

    def evaluate_split(
        self,
        dataset: str,
        split: str,
        data_dir: str | os.PathLike | None = None,
        verbose: bool = False,
    ) -> list[MetricRow]:
        from gru_zoo import data

        examples = data.load(dataset, split, root=data_dir)
        origins = [example.origin for example in examples]
        metrics = self.evaluate(*self.examples(examples), verbose=verbose, origins=origins)
        return [MetricRow(dataset, split, m.name, m.value, m.signature) for m in metrics]

    def fit(
        self,
        rows: Any,
        validation: Any = 0.1,
        exchanges: Sequence[Exchange] | None = None,
        epochs: int = 20,
        batch_size: int = 32,
        learning_rate: float = 2e-3,
        weight_decay: float = 1e-4,
        seed: int = 0,
        **options: Unpack[FitOptions],
    ) -> keras.callbacks.History:
        """Train on questions of your own; the weights of the best epochs are kept.

        In stories new words and answers get a place behind the known ones, so that `model` is
        replaced. In passages every place counts where an answer stands word by word; a passage
        without it has none.

        Args:
            rows: rows of a question, its text and its answer, "" where the text has none; or the
                path of a table with the columns `question`, `context` and `answer`, or of a file
                in the JSON format of SQuAD.
            validation: share of the texts to validate on, or rows.
            exchanges: stories: which words are exchanged in each row, see `Exchange`; None for
                none.
            epochs: passes over the rows.
            batch_size: rows of a step.
            learning_rate: peak learning rate of Adam.
            weight_decay: share of the weights that is subtracted at each step, times the rate.
            seed: seed of the split, the order, the exchange, and dropout.
            **options: see `gru_zoo.training.FitOptions`.

        Returns:
            The history, with `loss` and `val_loss` of every epoch, and accuracies of stories.

        Raises:
            FileNotFoundError: there is no such file.
            TypeError: a row is not of three texts.
            ValueError: there is no row, or a number is out of its range.
        """
        self._check_options(options)
        rows = as_rows(read_rows(rows) if isinstance(rows, (str, os.PathLike)) else rows)
        swaps = [Exchange()] * len(rows) if exchanges is None else list(exchanges)
        check_lengths(len(swaps), len(rows))
        if training.is_share(validation):
            kept, out = split_by_context(rows, validation, seed)
            held_out = [rows[i] for i in out]
        else:
            kept, held_out = list(range(len(rows))), as_rows(validation)
        train, swaps = [rows[i] for i in kept], [swaps[i] for i in kept]
        prepared = self.kind.prepare(self, (train, held_out), swaps, batch_size, seed)
        return self._train(
            prepared.train,
            prepared.validation,
            prepared.compile,
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            model=prepared.model,
            monitor=prepared.monitor[0],
            mode=prepared.monitor[1],
            settings={"rows": len(train), "batch_size": batch_size},
            kind="questions",
            count=len(train),
            seed=seed,
            epochs=epochs,
            **options,
        )
