"""Pairs of texts: the task that all models share that learn from sources and targets."""

import abc
import functools
import inspect
import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import keras
import numpy as np

from gru_zoo import metrics, training
from gru_zoo.base.seq2seq.batches import (
    COARSE_LENGTHS,
    FINE_LENGTHS,
    Seq2SeqBatches,
    teacher_forcing_inputs,
)
from gru_zoo.base.seq2seq.decoder_steps import Seq2SeqSteps
from gru_zoo.base.seq2seq.processor import Seq2SeqProcessor
from gru_zoo.base.seq2seq.results import Alignment, ScoredTexts
from gru_zoo.base.seq2seq.training import ValidationMetric, split
from gru_zoo.base.task import Task
from gru_zoo.batching.padding import longest_length, pad, pad_batches
from gru_zoo.decoding.decoder import Decoder, check_best
from gru_zoo.losses.crossentropy import SmoothedCrossentropy
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.text.inputs import as_texts
from gru_zoo.text.special_tokens import PAD


class Seq2SeqTask(Task):
    """Base of the tasks that write a text for a text and learn from pairs.

    The model takes what `make_inputs` makes of source ids and target ids. Its layer `attention`
    returns contexts and weights.

    Attributes:
        Steps: the model as a decoder drives it, one sub-word at a time.
        make_inputs: the model's inputs and the ids asked for, of padded sources and targets.
        batch_by: the side, "source" or "target", by whose tokens batches are made, and how many
            tokens a batch has by default.
    """

    Processor: ClassVar[type[Seq2SeqProcessor]] = Seq2SeqProcessor
    processor: Seq2SeqProcessor
    Steps: ClassVar[type[Seq2SeqSteps]] = Seq2SeqSteps
    make_inputs: ClassVar[Callable] = staticmethod(teacher_forcing_inputs)
    inputs = "pairs"
    batch_by: ClassVar[tuple[str, int]] = ("target", 1_500)

    @abc.abstractmethod
    def greedy(self, sources: list[str]) -> list[str]:
        """Write the target of each source without search, fast enough to run after every epoch."""

    @abc.abstractmethod
    def validation_metric(
        self, guesses: Sequence[str], references: metrics.References
    ) -> metrics.Metric:
        """Score greedy targets. `fit` keeps the epochs with the highest score."""

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
        inputs, wanted = self.make_inputs(ids, pad(self.processor.encode(as_texts(targets))))
        return list(inputs), wanted

    def examples(self, examples: list) -> tuple[list, list]:
        """Sources and their references of `gru_zoo.data.examples.ParallelText`s."""
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
        """Adapt the model to pairs of your own and keep its best epochs by `validation_metric`.

        Args:
            sources: training texts. Pairs with a text of more than `processor.max_length` sub-words
                are left out.
            targets: target of each.
            validation: share of the pairs held out to find the best epoch, or sources and
                references, one or more a source.
            epochs: passes over the pairs.
            tokens: sub-words a step, on the side that `batch_by` names; by default as many as it
                says.
            learning_rate: peak rate of Adam.
            warmup: share of the steps in which the rate rises.
            sampling: `alpha` of `SubwordTokenizer.sample`: every epoch cuts the pairs anew. None
                cuts them the same way always.
            average: number of best epochs whose mean the weights become.
            patience: stop after so many epochs without a better metric; None goes on to the end.
            seed: of the split, the order of the batches, sampling and dropout.
            directory: keep the state of every epoch here, so that a killed training can go on.
            resume: go on with the training in `directory`.
            verbose: as in `keras.Model.fit`.
            **loss: arguments of `loss`, such as `label_smoothing`.

        Returns:
            The history, with `loss`, `val_loss` and the metric of every epoch, such as `val_bleu`.

        Raises:
            TypeError: an argument is neither of `fit` nor of `loss`, or not of its type.
            ValueError: a number is out of its range, or a text lacks its target.
        """
        self._check_loss(loss)
        metric = self.validation_metric(["a"], ["a"]).name  # a missing package shows now
        (sources, targets), held_out = split(sources, targets, validation, seed)
        sources, targets = self._usable(sources, targets)
        held = self._usable(held_out[0], [first for first, *_ in held_out[1]])
        tokens = tokens or self.batch_by[1]
        train = self._batches(sources, targets, tokens=tokens, sampling=sampling, seed=seed)
        return self._train(
            train,
            self._batches(*held, tokens=tokens, shuffle=False),
            functools.partial(self.compile, **loss),
            learning_rate=learning_rate,
            warmup=warmup,
            monitor=f"val_{metric}",
            mode="max",
            settings={"pairs": len(sources), "tokens": tokens, **loss, "sampling": sampling},
            kind="texts",
            count=len(sources),
            seed=seed,
            epochs=epochs,
            average=average,
            patience=patience,
            directory=directory,
            resume=resume,
            verbose=verbose,
            callbacks=(ValidationMetric(self.greedy, self.validation_metric, *held_out),),
        )

    def _batches(self, sources, targets, *, sampling=None, **options) -> Seq2SeqBatches:
        """Batches of pairs of texts, cut into sub-words anew in every epoch with `sampling`."""

        def resample(rows, seed):
            texts = [sources[i] for i in rows], [targets[i] for i in rows]
            return tuple(self.processor.sample(part, sampling, seed) for part in texts)

        return Seq2SeqBatches(
            self.read(sources),
            self.processor.encode(targets),
            batch_by=self.batch_by[0],
            make_inputs=self.make_inputs,
            resample=None if sampling is None else resample,
            lengths=COARSE_LENGTHS if keras.backend.backend() == "jax" else FINE_LENGTHS,
            **options,
        )

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

    @functools.cached_property
    def decoder(self) -> Decoder:
        """The searches over the model, see `gru_zoo.decoding.decoder`."""
        return Decoder(self.Steps(self.model))

    def search(
        self,
        sequences: list[np.ndarray],
        limits: Sequence[int],
        batch_size: int = 32,
        verbose: bool = False,
        *,
        beam_size: int = 5,
        length_penalty: float = 1.0,
        n_best: int = 1,
        **options: Any,
    ) -> list[list[ScoredTexts]]:
        """The n best texts for each sequence of source ids, the best first.

        A text that the beam spells in several ways comes again only where it holds no other.

        Args:
            sequences: of `EOS`-ended ids, each of at most 1024.
            limits: most sub-words to write for each.
            batch_size: most sequences a batch.
            verbose: whether to show a progress bar.
            beam_size: width of beam search; 1 is greedy.
            length_penalty, n_best: see `gru_zoo.decoding.decoder.Decoder.beam_search`.
            **options: further arguments of `Decoder.beam_search`.

        Raises:
            ValueError: a sequence is too long, or an argument out of its range.
        """
        check_best(n_best, beam_size)
        longest_length(sequences, FINE_LENGTHS[-1])
        results: list[Any] = [None] * len(sequences)
        bar = keras.utils.Progbar(len(sequences), unit_name="text") if verbose else None
        for rows, ids in pad_batches(sequences, batch_size):
            most = np.zeros(len(ids), "int32")
            most[: len(rows)] = [limits[row] for row in rows]
            if beam_size == 1 and not any(options.values()):
                found = self.decoder.greedy([ids], most)
                scores = found.scores / np.maximum(found.lengths, 1) ** length_penalty
            else:
                count = 1 if n_best == 1 else beam_size
                found = self.decoder.beam_search(
                    [ids], most, beam_size, length_penalty, count, **options
                )
                scores = found.scores
            for row, best, score, length in zip(
                rows, found.ids, scores, found.lengths, strict=False
            ):
                texts = [self.processor.decode(ids) for ids in best]
                every = list(zip(texts, score.tolist(), length.tolist(), strict=True))
                results[row] = distinct_first(every)[:n_best]
            if bar:
                bar.add(len(rows))
        return results

    def align(self, source: str, target: str) -> Alignment:
        """Where the model looks while it writes a given target."""
        inputs, targets = self.encode(source, target)
        weights = np.asarray(predict_on_batch(self._aligner, inputs)[0])
        read, written = (ids[0][ids[0] != PAD] for ids in (inputs[0], targets))
        names = self.processor.tokenizer.pieces
        weights = weights[: len(written), : len(read)]
        return Alignment(tuple(names(read)), tuple(names(written)), weights)

    @functools.cached_property
    def _aligner(self) -> keras.Model:
        _, weights = self.model.get_layer("attention").output
        return keras.Model(self.model.inputs, weights)

    def demo(self) -> list[str]:
        """The samples, and what is written for them."""
        written = self.predict(list(self.samples))
        return [f"{new}  <-  {old}" for new, old in zip(written, self.samples, strict=True)]

    def golden_inputs(self) -> list[np.ndarray]:
        """The samples, to be written from themselves, and the ids that are asked for."""
        inputs, targets = self.encode(list(self.samples), list(self.samples))
        return [*inputs, targets]


def distinct_first(found: list[ScoredTexts]) -> list[ScoredTexts]:
    """The same, those last whose text came before or that the beam did not find."""
    texts = [text for text, *_ in found]
    last = [text in texts[:i] or score == -np.inf for i, (text, score, _) in enumerate(found)]
    return [found[i] for i in np.argsort(last, kind="stable")]
