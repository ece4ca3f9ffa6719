"""Pairs of texts: the task that all models share that learn from sources and targets."""

import inspect
import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import keras
import numpy as np

from gru_zoo.base.seq2seq.processor import (
    COARSE_LENGTHS,
    LENGTHS,
    PairBatches,
    PairProcessor,
    read_begun,
)
from gru_zoo.base.task import Task
from gru_zoo.batching.dataset import pad
from gru_zoo.losses.crossentropy import SmoothedCrossentropy
from gru_zoo.metrics import bleu as metrics
from gru_zoo.text.subword_tokenizer import as_texts
from gru_zoo.training import fit as training


class PairTask(Task):
    """A text to a text, learned from pairs.

    The model takes source ids and what `feed` makes of target ids, see `seq2seq.processor`.
    """

    Processor: ClassVar[type[PairProcessor]] = PairProcessor
    processor: PairProcessor
    feed: ClassVar[Callable] = staticmethod(read_begun)
    counted: ClassVar[tuple[str, int]] = ("target", 1_500)
    """The side by whose tokens batches are made, and how many a step by default."""

    def greedy(self, sources: list[str]) -> list[str]:
        """The target of each source as the model writes it without search."""
        raise NotImplementedError

    def quality(self, guesses: Sequence[str], references: metrics.References) -> metrics.Metric:
        """The metric by which `fit` tells the best epoch, the higher the better."""
        raise NotImplementedError

    def read(self, sources: Sequence[str]) -> list[np.ndarray]:
        """Ids of each source, however long, `EOS` at its end."""
        return self.processor.encode(sources)

    def encode(
        self, sources: str | Sequence[str], targets: str | Sequence[str] | None = None
    ) -> np.ndarray | tuple[list[np.ndarray], np.ndarray]:
        """The arrays that `model` takes.

        Args:
            sources: one text or many, as `read` reads them.
            targets: the target of each.

        Returns:
            Source ids, int32, shape `(texts, source)`, padded with 0; with targets what
            `model.fit` takes: a list of the model's inputs, and the target ids.

        Raises:
            TypeError: a text is not a string.
            ValueError: a text has more than 1024 ids, `EOS` counted.
        """
        ids = pad(self.read(as_texts(sources)))
        if targets is None:
            return ids
        inputs, wanted = self.feed(ids, pad(self.processor.encode(as_texts(targets))))
        return list(inputs), wanted

    def examples(self, examples: list) -> tuple[list, list]:
        """Sources and their references of `gru_zoo.data.source.ParallelText`s."""
        source, target = self.processor.languages
        return [e.texts[source][0] for e in examples], [e.texts[target] for e in examples]

    def loss(self, label_smoothing: float = 0.1) -> keras.losses.Loss:
        """What `fit` brings down.

        Args:
            label_smoothing: share of the probability spread over all sub-words.
        """
        return SmoothedCrossentropy(label_smoothing)

    def compile(self, optimizer: keras.optimizers.Optimizer | str, **loss: Any) -> None:
        """Ready `model` for `fit` on what `encode` makes; `loss` are arguments of `loss`."""
        jit = training.jit_compile()
        self.model.compile(optimizer=optimizer, loss=self.loss(**loss), jit_compile=jit)

    def fit(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        validation: float | tuple[Sequence[str], Sequence[Sequence[str]]] = 0.1,
        epochs: int = 4,
        tokens: int | None = None,
        learning_rate: float = 5e-4,
        warmup: float = 0.1,
        sampling: float | None = None,
        average: int = 1,
        patience: int | None = None,
        seed: int = 0,
        directory: str | os.PathLike | None = None,
        resume: bool = False,
        verbose: int | str = "auto",
        **loss: float,
    ) -> keras.callbacks.History:
        """Adapt the model to pairs of your own; the epochs of the best `quality` are kept.

        Args:
            sources: training texts. Pairs with a text of more than `processor.max_length` sub-words
                are left out.
            targets: target of each.
            validation: share of the pairs held out to find the best epoch, or sources and
                references, one or more a source, of which `quality` is that of `greedy`.
            epochs: passes over the pairs.
            tokens: sub-words a step, on the side that `counted` names; by default as many as it
                says.
            learning_rate: peak rate of Adam.
            warmup: share of the steps in which the rate rises.
            sampling: `alpha` of `Tokenizer.sample`, with which the pairs are cut into sub-words
                anew in every epoch; None cuts them the same way always.
            average: number of best epochs whose mean the weights become.
            patience: stop after so many epochs of no better quality; None goes on to the end.
            seed: of the split, the order of the batches, sampling and dropout.
            directory: keep the state of every epoch here, so that a killed training can go on.
            resume: go on with the training in `directory`.
            verbose: as in `keras.Model.fit`.
            **loss: arguments of `loss`, such as `label_smoothing`.

        Returns:
            The history, with `loss`, `val_loss` and the quality of every epoch, such as `val_bleu`.

        Raises:
            TypeError: an argument is neither of `fit` nor of `loss`, or not of its type.
            ValueError: a number is out of its range, or a text lacks its target.
        """
        self._check_loss(loss)
        quality = self.quality(["a"], ["a"]).name  # a missing package shows now, not after an epoch
        tokens = tokens or self.counted[1]
        (sources, targets), held_out = split(sources, targets, validation, seed)
        sources, targets = self._usable(sources, targets)
        training.seed_generators(self.model, seed)

        def draw(rows, seed):
            texts = [sources[i] for i in rows], [targets[i] for i in rows]
            return tuple(self.processor.sample(part, sampling or 0.0, seed) for part in texts)

        def batches(sources, targets, **options):
            lengths = COARSE_LENGTHS if keras.backend.backend() == "jax" else LENGTHS
            options |= {"count": self.counted[0], "feed": self.feed, "lengths": lengths}
            ids: tuple[list, list] = (self.read(sources), self.processor.encode(targets))
            return PairBatches(*ids, tokens=tokens, **options)

        train = batches(sources, targets, seed=seed, draw=None if sampling is None else draw)
        held = self._usable(held_out[0], [first for first, *_ in held_out[1]])
        steps = len(train) * epochs
        self.compile(training.optimizer(learning_rate, steps, warmup), **loss)
        history = training.fit(
            self.model,
            train,
            batches(*held, shuffle=False),
            epochs=epochs,
            monitor=f"val_{quality}",
            mode="max",
            average=average,
            patience=patience,
            directory=directory,
            resume=resume,
            settings={
                "pairs": len(sources),
                "tokens": tokens,
                "rate": learning_rate,
                "warmup": warmup,
                **loss,
                "sampling": sampling,
                "seed": seed,
            },
            verbose=verbose,
            callbacks=(_Quality(self, *held_out),),
        )
        self.describe_training(history, "texts", len(sources), seed)
        return history

    def _check_loss(self, options: dict[str, Any]) -> None:
        """Name what `fit` was given for `loss` by mistake, before a training begins."""
        known = inspect.signature(self.loss).parameters
        unknown = [f"{name}={value!r:.80}" for name, value in options.items() if name not in known]
        if unknown:
            raise TypeError(
                f"Expected arguments of fit or, for its loss, of {', '.join(known)}. Received: "
                f"{', '.join(unknown)}."
            )
        self.loss(**options)

    def _usable(self, sources, targets):
        """The pairs that are short enough to be read and written at once."""
        longest = self.processor.max_length + 1  # EOS
        counts = [
            max(map(len, pair))
            for pair in zip(self.read(sources), self.processor.encode(targets), strict=True)
        ]
        rows = [i for i, count in enumerate(counts) if count <= longest]
        if not rows:
            raise ValueError(
                f"Expected pairs of texts of at most {longest - 1} sub-words. Received: none among "
                f"{len(counts)}."
            )
        if len(rows) < len(counts):
            warnings.warn(
                f"{len(counts) - len(rows)} of {len(counts)} pairs have a text of more than "
                f"{longest - 1} sub-words and are left out.",
                stacklevel=3,
            )
        return [sources[i] for i in rows], [targets[i] for i in rows]


class _Quality(keras.callbacks.Callback):
    """Adds the quality of what is written greedily to the logs of an epoch, as `val_<name>`."""

    def __init__(self, task: PairTask, sources: Sequence[str], references: Sequence):
        super().__init__()
        self.task, self.sources, self.references = task, sources, references

    def on_epoch_end(self, epoch, logs=None):
        quality = self.task.quality(self.task.greedy(list(self.sources)), self.references)
        logs[f"val_{quality.name}"] = quality.value


def split(sources, targets, validation, seed):
    """((sources, targets) to train on, (sources, references) held out)."""
    sources, targets = as_texts(sources), as_texts(targets)  # by position, not by a table's index
    if len(sources) != len(targets):
        raise ValueError(
            f"Expected a target for each text. Received: {len(sources)} texts and "
            f"{len(targets)} targets."
        )
    what = "sources and references"
    train, held_out = training.split_pairs((sources, targets), validation, seed, what)
    held, references = held_out
    return train, with_references(held, references, "text of validation")


def with_references(texts, references, what="text") -> tuple[list[str], list[tuple[str, ...]]]:
    """Texts, and the references of each."""
    texts, references = as_texts(texts), metrics.as_references(references)
    if len(texts) != len(references):
        raise ValueError(
            f"Expected references for each {what}. Received: {len(texts)} texts and references of "
            f"{len(references)}."
        )
    if not all(references):
        raise ValueError(
            f"Expected one reference or more for each {what}. Received: none at position "
            f"{references.index(())}."
        )
    return texts, references
