"""Task `sentiment`: predict and explain the label of English texts."""

import dataclasses
import math
import os
from collections.abc import Sequence
from typing import Any, Unpack, overload

import keras
import numpy as np

from gru_zoo import metrics
from gru_zoo.base.class_weights import ClassifierOptions
from gru_zoo.base.classifier import Classifier
from gru_zoo.base.labels import Label
from gru_zoo.batching.dataset import BucketedBatches
from gru_zoo.batching.padding import pad, pad_batches
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.presets.card import MetricRow
from gru_zoo.tasks.sentiment.model import Config, build
from gru_zoo.tasks.sentiment.processor import SentimentProcessor
from gru_zoo.tasks.sentiment.results import Explanation
from gru_zoo.text import cleaning
from gru_zoo.text.inputs import as_text, as_texts
from gru_zoo.text.special_tokens import PAD

_FURTHER_METRICS = {
    "contrast-sets-imdb": metrics.consistency,
    "semeval-twitter-sentiment": metrics.macro_recall,
}
EXPLAINED_TOKENS = 24_000  # that the model reads at most for an explanation, about a second


def phrase_length(words: int, tokens: int) -> int:
    """Number of neighboring words that `explain` masks together.

    Args:
        words: number of words of the text.
        tokens: number of its tokens.
    """
    runs = max(1, EXPLAINED_TOKENS // max(1, tokens))
    return max(1, math.ceil(words / runs))


class Sentiment(Classifier):
    """Text to one of a few labels.

    The model takes token ids, shape `(batch, time)`, and returns probabilities, shape
    `(batch, classes)`.

    Example:

        >>> import gru_zoo
        >>> task = gru_zoo.load("sentiment")
        >>> task.predict("A moving, beautifully acted film.").label
        'positive'
        >>> [label.label for label in task.predict(["An absolute delight.", "A tedious mess."])]
        ['positive', 'negative']
        >>> task.explain("A tedious mess.").words
        ('a', 'tedious', 'mess.')
    """

    inputs = "text"
    Config = Config
    build = staticmethod(build)
    exported_modules = (cleaning,)
    Processor = SentimentProcessor
    samples = (
        "An absolute delight.",
        "A tedious mess that wastes a fine cast.",
        "I wanted to like it, and the first act is charming, but the ending ruins everything.",
        "",
    )

    @overload
    def encode(self, texts: str | Sequence[str]) -> np.ndarray: ...

    @overload
    def encode(
        self, texts: str | Sequence[str], labels: Sequence[str]
    ) -> tuple[np.ndarray, np.ndarray]: ...

    def encode(
        self, texts: str | Sequence[str], labels: Sequence[str] | None = None
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Encode texts as the arrays that `model` takes.

        Args:
            texts: a text or a list of texts.
            labels: one label per text, among `labels` of the task; or None.

        Returns:
            Token ids, int32, shape `(texts, time)`, padded with 0. With labels also one-hot
            targets, float32, shape `(texts, classes)`.

        Raises:
            TypeError: if a text is not a string.
            ValueError: if the labels are not as many as the texts, or one is unknown.
        """
        sequences = self.processor.encode(as_texts(texts))
        ids = pad(sequences)
        return ids if labels is None else (ids, self._targets_of(sequences, labels, "text"))

    def probabilities(
        self, texts: str | Sequence[str], batch_size: int = 64, verbose: bool = False
    ) -> np.ndarray:
        """Predict the probability of every class.

        Args:
            texts: a text or a list of texts, see `predict`.
            batch_size: maximum texts per batch.
            verbose: whether to show a progress bar.

        Returns:
            float32, shape `(texts, classes)`, in the order of `labels` of the task.

        Raises:
            TypeError: if a text is not a string.
        """
        return self._probabilities(self._read(texts), batch_size, verbose)

    def _read(self, texts: str | Sequence[str]) -> list[np.ndarray]:
        return self.processor.encode(as_texts(texts))

    def _probabilities(
        self, sequences: Sequence[np.ndarray], batch_size: int = 64, verbose: bool = False
    ) -> np.ndarray:
        """Probabilities of texts given as token ids."""
        result = np.zeros((len(sequences), len(self.labels)), "float32")
        bar = keras.utils.Progbar(len(sequences), unit_name="text") if verbose else None
        for rows, ids in pad_batches(sequences, batch_size):
            result[rows] = predict_on_batch(self.model, ids)[: len(rows)]
            if bar:
                bar.add(len(rows))
        return result

    def predict(
        self, texts: str | Sequence[str], batch_size: int = 64, verbose: bool = False
    ) -> Label | list[Label]:
        """Predict the label of a text, or of each text of a list.

        Every string is accepted. HTML is taken off, see `SentimentProcessor`. If a text has more
        than `processor.max_length` tokens, the model reads that many of them: a quarter from the
        beginning and the rest from the end. An empty text, or one that is no English, gets the
        label that the model prefers without evidence: `sentiment_general` has learned to call it
        neutral with a low score.

        Args:
            texts: a text or a list of texts.
            batch_size: maximum texts per batch.
            verbose: whether to show a progress bar.

        Returns:
            A `Label` for one text, a list of labels for a list.

        Raises:
            TypeError: if a text is not a string.
        """
        labels = self._best(self.probabilities(texts, batch_size, verbose))
        return labels[0] if isinstance(texts, str) else labels

    def explain(self, text: str, verbose: bool = False) -> Explanation:
        """Compute the contribution of each word or phrase to the predicted label.

        The contribution is the log-odds of the label with the whole text, minus the log-odds with
        the words masked (Li et al. 2016, Understanding Neural Networks through Representation
        Erasure). The model reads the text once for every word. Of a text with more than about 130
        words it masks phrases of neighboring words, as many as keep the work within the bound of
        `EXPLAINED_TOKENS` tokens.

        Args:
            text: the text.
            verbose: whether to show a progress bar.

        Raises:
            TypeError: if the text is not a string.
        """
        (ids,) = self.processor.encode([as_text(text)])
        tokens = self.processor.tokenizer.pieces(ids)
        starts = [i for i, token in enumerate(tokens) if i == 0 or token.startswith("▁")]
        starts = starts[:: phrase_length(len(starts), len(ids))]
        spans = list(zip(starts, [*starts, len(tokens)][1:], strict=True))
        variants = np.tile(ids, (len(spans) + 1, 1))  # the text, then without each word
        for variant, (start, stop) in zip(variants[1:], spans, strict=True):
            variant[start:stop] = PAD
        scores = self._probabilities(list(variants), verbose=verbose).astype("float64")
        best = int(scores[0].argmax())
        clipped = np.clip(scores[:, best], 1e-7, 1 - 1e-7)
        log_odds = np.log(clipped) - np.log1p(-clipped)
        words = tuple(self.processor.tokenizer.decode(ids[a:b]) for a, b in spans)
        label = Label(self.labels[best], round(float(scores[0, best]), 4))
        return Explanation(words, log_odds[0] - log_odds[1:], label)

    def golden_inputs(self) -> list[np.ndarray]:
        return [self.encode(self.samples)]

    def examples(self, examples: Sequence) -> tuple[list[str], list[str]]:
        return [e.text for e in examples], [e.label for e in examples]

    def evaluate(
        self, texts: Sequence[str], labels: Sequence[str], verbose: bool = False
    ) -> list[metrics.Metric]:
        """Measure accuracy and expected calibration error.

        Args:
            texts: the texts.
            labels: the true label of each text, among `labels` of the task.
            verbose: whether to show a progress bar.

        Raises:
            TypeError: if a text is not a string.
            ValueError: if the labels are not as many as the texts, or one is unknown.
        """
        texts = as_texts(texts)
        targets = self._targets_of(texts, labels, "text")
        return self._measured(self.probabilities(texts, verbose=verbose), targets)

    def evaluate_split(
        self,
        dataset: str,
        split: str,
        data_dir: str | os.PathLike | None = None,
        verbose: bool = False,
    ) -> list[MetricRow]:
        """Measure the metrics of `evaluate`, and those that a data set is known by.

        The tweets of SemEval are measured by their macro recall as well, contrast sets by their
        consistency. A label of the task that no text of the split has, such as neutral among
        reviews, is left out of the choice.

        Args:
            dataset, split: names of the data set and of its split, see `gru_zoo.data.load`.
            data_dir: folder of the data sets; None means `$GRU_ZOO_DATA`, or a download.
            verbose: whether to show a progress bar.

        Raises:
            ValueError: if there is no such data set or split, or a label is unknown.
        """
        from gru_zoo import data

        texts, labels = self.examples(data.load(dataset, split, root=data_dir))
        targets = self._targets_of(texts, labels, "text")
        scores, occurs = self.probabilities(texts, verbose=verbose), targets.any(axis=0)
        if not occurs.all():
            scores *= occurs
            scores /= scores.sum(axis=1, keepdims=True)
        found = self._measured(scores, targets)
        if dataset in _FURTHER_METRICS:
            metric = _FURTHER_METRICS[dataset]
            found.append(metric(targets.argmax(axis=1), scores.argmax(axis=1)))
        return [MetricRow(dataset, split, m.name, m.value, m.signature) for m in found]

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[str],
        validation: float | tuple[Sequence[str], Sequence[str]] = 0.1,
        epochs: int | None = None,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        seed: int = 0,
        **options: Unpack[ClassifierOptions],
    ) -> keras.callbacks.History:
        """Adapt the model to texts of your own, and keep the weights of the best epoch.

        Args:
            texts: training texts.
            labels: one label per text, among `labels` of the task.
            validation: share of the texts to validate on, or texts and their labels.
            epochs: passes over the texts; None for 4, or as many as make 60 steps.
            batch_size: texts per step.
            learning_rate: peak learning rate of Adam.
            seed: seed of the split, the order of the batches and dropout.
            **options: see `gru_zoo.base.class_weights.ClassifierOptions`.

        Returns:
            The history, with `loss`, `accuracy`, `val_loss` and `val_accuracy` of every epoch.

        Raises:
            TypeError: if a text is not a string.
            ValueError: if a label is missing or unknown, or an argument is out of its range.
        """
        self._check_options(options)
        texts = as_texts(texts)
        train, held_out = self._split(texts, labels, validation, seed, "text", self._read)
        return self._fit(
            BucketedBatches(*train, batch_size=batch_size, seed=seed),
            BucketedBatches(*held_out, batch_size=batch_size, shuffle=False),
            targets=train[1],
            batch_size=batch_size,
            settings={"texts": len(texts)},
            learning_rate=learning_rate,
            kind="texts",
            count=len(texts),
            seed=seed,
            epochs=epochs,
            **options,
        )

    def _config_for(self, classes: int) -> Any:
        """A config without bigrams, which would start untrained and memorize the texts."""
        return dataclasses.replace(self.config, classes=classes, buckets=0)
