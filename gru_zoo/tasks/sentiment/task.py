"""Text classification: the task that all text classifiers of the zoo share."""

import dataclasses
import os
from collections.abc import Sequence
from typing import overload

import keras
import numpy as np

from gru_zoo import metrics, training
from gru_zoo.base.classifier import Classifier, Label
from gru_zoo.batching.dataset import BucketedBatches
from gru_zoo.batching.padding import pad, pad_batches
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.sentiment.model import Config, build
from gru_zoo.tasks.sentiment.processor import SentimentProcessor
from gru_zoo.tasks.sentiment.results import Explanation
from gru_zoo.text.inputs import as_texts
from gru_zoo.text.special_tokens import PAD


class Sentiment(Classifier):
    """Text to one of a few labels.

    The model takes token ids, `(batch, time)`, and returns probabilities, `(batch, classes)`; its
    output layer is named `logits`, and its `Config` has a field `classes`.
    """

    inputs = "text"
    Config = Config
    build = staticmethod(build)
    samples = (
        "An absolute delight.",
        "A tedious mess that wastes a fine cast.",
        "I wanted to like it, and the first act is charming, but the ending ruins everything.",
        "",
    )

    Processor = SentimentProcessor

    @overload
    def encode(self, texts: str | Sequence[str]) -> np.ndarray: ...

    @overload
    def encode(
        self, texts: str | Sequence[str], labels: Sequence[str]
    ) -> tuple[np.ndarray, np.ndarray]: ...

    def encode(
        self, texts: str | Sequence[str], labels: Sequence[str] | None = None
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """The arrays that `model` takes.

        Args:
            texts: one text or many.
            labels: label of each text, among `card.labels`.

        Returns:
            Token ids, int32, shape `(texts, time)`, padded with 0; with labels also the targets,
            float32, shape `(texts, classes)`, one-hot.
        """
        sequences = self.processor.encode(as_texts(texts))
        ids = pad(sequences)
        return ids if labels is None else (ids, self._targets_of(sequences, labels, "text"))

    def probabilities(
        self, texts: str | Sequence[str], batch_size: int = 64, verbose: bool = False
    ) -> np.ndarray:
        """Probability of every class, shape `(texts, classes)`, in the order of `card.labels`."""
        return self._probabilities(self.processor.encode(as_texts(texts)), batch_size, verbose)

    def _probabilities(self, sequences, batch_size=64, verbose=False) -> np.ndarray:
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
        """The most probable label of a text, or of each of many.

        Any text is taken. Of one with more than `processor.max_length` sub-words the model reads
        as many, the first quarter of them from its beginning and the rest from its end; an empty
        one gets the label that the model prefers without evidence.

        Args:
            texts: one text, or a list of texts.
            batch_size: most texts a batch.
            verbose: whether to show a progress bar.

        Returns:
            A `Label` for one text, a list of them for a list.

        Raises:
            TypeError: if a text is not a string.
        """
        labels = self._best(self.probabilities(texts, batch_size, verbose))
        return labels[0] if isinstance(texts, str) else labels

    def explain(self, text: str, verbose: bool = False) -> Explanation:
        """What each word of a text did for the predicted label.

        A word's contribution is the label's log-odds with the whole text, less those with the
        word masked out, everything else in place (Li et al. 2016, Understanding Neural Networks
        through Representation Erasure). The model reads the text once for every word, so a long
        one takes a while.

        Args:
            text: the text.
            verbose: whether to show a progress bar.

        Raises:
            TypeError: if it is not a string.
        """
        (ids,) = self.processor.encode(as_texts([text]))
        pieces = self.processor.tokenizer.pieces(ids)
        starts = [i for i, piece in enumerate(pieces) if i == 0 or piece.startswith("▁")]
        spans = list(zip(starts, [*starts, len(pieces)][1:], strict=True))
        variants = np.tile(ids, (len(spans) + 1, 1))  # the text, then it without each word
        for variant, (start, stop) in zip(variants[1:], spans, strict=True):
            variant[start:stop] = PAD
        scores = self._probabilities(variants, verbose=verbose).astype("float64")
        best = int(scores[0].argmax())
        label_scores = np.clip(scores[:, best], 1e-7, 1 - 1e-7)
        log_odds = np.log(label_scores) - np.log1p(-label_scores)
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
        """Accuracy and expected calibration error.

        Args:
            texts: the texts.
            labels: the true label of each, among `card.labels`.
            verbose: whether to show a progress bar.
        """
        texts = as_texts(texts)
        targets = self._targets_of(texts, labels, "text")
        return self._measured(self.probabilities(texts, verbose=verbose), targets)

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[str],
        validation: float | tuple[Sequence[str], Sequence[str]] = 0.1,
        epochs: int = 4,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        seed: int = 0,
        directory: str | os.PathLike | None = None,
        resume: bool = False,
        verbose: int | str = "auto",
    ) -> keras.callbacks.History:
        """Adapt the classifier to texts of your own; the weights of the best epoch are kept.

        Args:
            texts: training texts.
            labels: label of each, among `card.labels`.
            validation: share of the texts held out to find the best epoch, or texts and labels.
            epochs: passes over the texts.
            batch_size: texts a step.
            learning_rate: peak rate of Adam.
            seed: of the split, the order of the batches and dropout.
            directory: keep the state of every epoch here, so that a killed training can go on.
            resume: go on with the training in `directory`.
            verbose: as in `keras.Model.fit`.

        Returns:
            The history, with `loss`, `accuracy`, `val_loss` and `val_accuracy` of every epoch.
        """
        texts = as_texts(texts)
        train, held_out = self._split(
            texts, self._targets_of(texts, labels, "text"), validation, seed
        )
        train = BucketedBatches(*train, batch_size=batch_size, seed=seed)
        held_out = BucketedBatches(*held_out, batch_size=batch_size, shuffle=False)
        return self._train(
            train,
            held_out,
            self.compile,
            learning_rate=learning_rate,
            monitor="val_loss",
            mode="min",
            settings={"texts": len(texts), "labels": self.labels, "batch_size": batch_size},
            kind="texts",
            count=len(texts),
            seed=seed,
            epochs=epochs,
            directory=directory,
            resume=resume,
            verbose=verbose,
        )

    def _split(self, texts, targets, validation, seed):
        """((sequences, targets) to train on, the same held out)."""
        sequences = self.processor.encode(texts)
        if not training.is_share(validation, "texts and labels"):
            held_texts, held_labels = validation
            held = as_texts(held_texts)
            return (sequences, targets), (
                self.processor.encode(held),
                self._targets_of(held, held_labels, "text"),
            )
        train, held_out = training.split(len(texts), validation, seed, "texts")

        def part(rows):
            return [sequences[i] for i in rows], targets[rows]

        return part(train), part(held_out)

    def _config_for(self, classes: int):
        """Without the bag of bigrams, which would start from nothing and learn texts by heart."""
        return dataclasses.replace(self.config, classes=classes, buckets=0)
