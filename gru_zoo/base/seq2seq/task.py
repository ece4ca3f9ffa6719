"""Base class of the sequence-to-sequence tasks."""

import abc
import functools
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

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
from gru_zoo.base.seq2seq.graphs import seq2seq_graphs
from gru_zoo.base.seq2seq.processor import Seq2SeqProcessor
from gru_zoo.base.seq2seq.results import Alignment, ScoredText
from gru_zoo.base.seq2seq.training import (
    Pairs,
    drop_long_pairs,
    loss_options,
    select_epochs_by,
    split_text_pairs,
)
from gru_zoo.base.task import Task
from gru_zoo.batching.padding import pad, pad_batches
from gru_zoo.decoding.decoder import Decoder, Sequences, check_best
from gru_zoo.export.graph import Graph
from gru_zoo.losses.crossentropy import SmoothedCrossentropy
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.text.inputs import as_texts
from gru_zoo.text.special_tokens import PAD


class Constraint(NamedTuple):
    """A restriction of a search.

    Args:
        decoder: the searches over a `gru_zoo.decoding.step_model.ConstrainedStepModel`.
        inputs: function from the indices of the sequences of a batch, and the number of its rows,
            to what the steps take besides the source ids, an array with as many rows.
    """

    decoder: Decoder
    inputs: Callable[[np.ndarray, int], np.ndarray]


class Seq2SeqTask(Task):
    """Base class of the tasks that generate a target text for a source text.

    The model takes what `make_inputs` returns. Its layer `attention` returns contexts and weights.

    Attributes:
        Steps: class that wraps the model for `Decoder`.
        Batches: class of the training batches.
        make_inputs: function from padded source ids and target ids to the inputs of the model and
            the ids that it predicts.
        batch_by: the side whose tokens limit a batch, "source" or "target", and their maximum.
    """

    inputs = "pairs"
    Processor: ClassVar[type[Seq2SeqProcessor]] = Seq2SeqProcessor
    processor: Seq2SeqProcessor
    Steps: ClassVar[type[Seq2SeqSteps]] = Seq2SeqSteps
    Batches: ClassVar[type[Seq2SeqBatches]] = Seq2SeqBatches
    make_inputs: ClassVar[Callable] = staticmethod(teacher_forcing_inputs)
    batch_by: ClassVar[tuple[str, int]] = ("target", 1_500)

    def graphs(self) -> dict[str, Graph]:
        """The graphs to export: the encoder, and one step of the decoder."""
        return seq2seq_graphs(self.model, self.Steps(self.model), self.golden_inputs()[0])

    @abc.abstractmethod
    def greedy(self, sources: list[str]) -> list[str]:
        """Generate a target for each source greedily, fast enough to run after every epoch."""

    @abc.abstractmethod
    def validation_metric(
        self, guesses: Sequence[str], references: metrics.References
    ) -> metrics.Metric:
        """Score generated targets. `fit` keeps the epochs with the highest score.

        Args:
            guesses: generated targets.
            references: one reference, or several, for each of them.
        """

    def read(self, sources: Sequence[str]) -> list[np.ndarray]:
        """Encode each source, whatever its length, as int32 ids with a final `EOS`."""
        return self.processor.read(sources)

    def encode(
        self, sources: str | Sequence[str], targets: str | Sequence[str] | None = None
    ) -> np.ndarray | tuple[list[np.ndarray], np.ndarray]:
        """Encode texts as arrays for `model`.

        Args:
            sources: one text or a list of texts, encoded by `read`.
            targets: the target of each source.

        Returns:
            Without targets, the source ids, int32, shape `(texts, length)`, padded at the end with
            0. With targets, the arguments of `model.fit`: the list of the model's inputs, and the
            target ids.

        Raises:
            TypeError: a text is not a string.
            ValueError: a text has more than 1024 ids, `EOS` included.
        """
        source_ids = pad(self.read(as_texts(sources)))
        if targets is None:
            return source_ids
        target_ids = pad(self.processor.encode(as_texts(targets)))
        inputs, expected = self.make_inputs(source_ids, target_ids)
        return list(inputs), expected

    def search(
        self,
        sequences: list[np.ndarray],
        max_lengths: Sequence[int],
        batch_size: int = 32,
        verbose: bool = False,
        *,
        beam_size: int = 5,
        length_penalty: float = 1.0,
        n_best: int = 1,
        constraint: Constraint | None = None,
        **options: Any,
    ) -> list[list[ScoredText]]:
        """Generate the n best targets for each sequence of source ids, best first.

        Texts are distinct. A text repeats only if the beam holds fewer than `n_best` texts.

        Args:
            sequences: source ids with a final `EOS`, at most 1024 each.
            max_lengths: maximum number of sub-words to generate for each sequence.
            batch_size: maximum number of sequences in a batch.
            verbose: whether to show a progress bar.
            beam_size: width of beam search; 1 is greedy search.
            length_penalty: see `gru_zoo.decoding.decoder.Decoder.beam_search`.
            n_best: number of targets for each sequence, at most `beam_size`.
            constraint: rules out sub-words; None allows all.
            **options: further arguments of `Decoder.beam_search`.

        Raises:
            ValueError: a sequence is too long, or an argument is out of its range.
        """
        check_best(n_best, beam_size)
        # Some hypotheses of a beam may spell the same text.
        count = 1 if n_best == 1 else beam_size
        results: list[Any] = [None] * len(sequences)
        bar = keras.utils.Progbar(len(sequences), unit_name="text") if verbose else None
        for rows, ids in pad_batches(sequences, batch_size):
            limits = np.zeros(len(ids), "int32")
            limits[: len(rows)] = [max_lengths[row] for row in rows]
            arguments = (limits, beam_size, length_penalty, count)
            if constraint is None:
                found = self._search_batch(ids, *arguments, options)
            else:
                inputs = [ids, constraint.inputs(rows, len(ids))]
                found = constraint.decoder.beam_search(inputs, *arguments, **options)
            for i, row in enumerate(rows):
                results[row] = distinct_first(self._scored_texts(found, i))[:n_best]
            if bar:
                bar.add(len(rows))
        return results

    def _search_batch(
        self,
        ids: np.ndarray,
        max_lengths: np.ndarray,
        beam_size: int,
        length_penalty: float,
        n_best: int,
        options: dict[str, Any],
    ) -> Sequences:
        """Search greedily if the arguments allow it, which is faster than a beam of 1."""
        if beam_size == 1 and not any(options.values()):
            found = self.decoder.greedy([ids], max_lengths)
            lengths = np.maximum(found.lengths, 1)
            return found._replace(scores=found.scores / lengths**length_penalty)
        return self.decoder.beam_search(
            [ids], max_lengths, beam_size, length_penalty, n_best, **options
        )

    def _scored_texts(self, found: Sequences, row: int) -> list[ScoredText]:
        """Decode the hypotheses of one row of a batch."""
        texts = map(self.processor.decode, found.ids[row])
        scores, lengths = found.scores[row].tolist(), found.lengths[row].tolist()
        return list(map(ScoredText, texts, scores, lengths))

    @functools.cached_property
    def decoder(self) -> Decoder:
        """The search algorithms over the model, compiled once for each shape."""
        return Decoder(self.Steps(self.model))

    def align(self, source: str, target: str) -> Alignment:
        """Return the attention of each sub-word of a given target to the source.

        Args:
            source: a text.
            target: a target for it.
        """
        inputs, targets = self.encode(source, target)
        weights = np.asarray(predict_on_batch(self._attention_model, inputs)[0])
        source_ids, target_ids = (ids[0][ids[0] != PAD] for ids in (inputs[0], targets))
        pieces = self.processor.tokenizer.pieces
        weights = weights[: len(target_ids), : len(source_ids)]
        return Alignment(tuple(pieces(source_ids)), tuple(pieces(target_ids)), weights)

    @functools.cached_property
    def _attention_model(self) -> keras.Model:
        """The model up to the attention weights, float32, `(batch, target, source)`."""
        _, weights = self.model.get_layer("attention").output
        return keras.Model(self.model.inputs, weights)

    def demo(self) -> list[str]:
        """Return a line with each sample and its generated target."""
        targets = self.predict(list(self.samples))
        return [f"{new}  <-  {old}" for new, old in zip(targets, self.samples, strict=True)]

    def golden_inputs(self) -> list[np.ndarray]:
        """Return the model's inputs with the samples as sources and targets, and the target ids."""
        inputs, targets = self.encode(list(self.samples), list(self.samples))
        return [*inputs, targets]

    def loss(self, label_smoothing: float = 0.1) -> keras.losses.Loss:
        """Return the training loss.

        Args:
            label_smoothing: share of the probability spread over all sub-words, from 0 to 1.
        """
        return SmoothedCrossentropy(label_smoothing)

    def compile(self, optimizer: keras.optimizers.Optimizer | str, **loss: Any) -> None:
        """Compile `model` for `model.fit` on the arrays of `encode`.

        Args:
            optimizer: a Keras optimizer or its name.
            **loss: arguments of `loss`.
        """
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
        seed: int = 0,
        **options: Any,
    ) -> keras.callbacks.History:
        """Train the model on your own pairs, and keep its best epochs by `validation_metric`.

        Without the package of that metric, the best epochs are those of the lowest `val_loss`.

        Args:
            sources: training texts. Pairs with a text of more than `processor.max_length` sub-words
                are skipped.
            targets: the target of each source.
            validation: share of the pairs to hold out for validation, or a pair of sources and
                references, one reference or several for each source.
            epochs: passes over the pairs.
            tokens: maximum tokens of a batch, including padding, on the side named by `batch_by`;
                None for the default of `batch_by`.
            learning_rate: peak learning rate of Adam.
            warmup: share of the steps in which the learning rate rises, from 0 to 1.
            sampling: `alpha` of `SubwordTokenizer.sample`, which draws new segmentations in every
                epoch; None for the same segmentation in all epochs.
            seed: seed of the split, the order of the batches, sampling and dropout.
            **options: see `gru_zoo.training.FitOptions`; and arguments of `loss`, such as
                `label_smoothing`.

        Returns:
            The history, with `loss`, `val_loss` and the metric of every epoch, such as `val_bleu`.

        Raises:
            TypeError: an argument belongs neither to `fit` nor to `loss`, or has a wrong type.
            ValueError: a number is out of its range, or a text lacks its target.
        """
        self._check_options(options, more=loss_options(self.loss))
        loss = {name: options.pop(name) for name in loss_options(self.loss) if name in options}
        self.loss(**loss)  # checks them before the data are read
        pairs, held_out = split_text_pairs(sources, targets, validation, seed)
        pairs = self._drop_long(pairs)
        held_out_pairs = self._drop_long((held_out[0], [first for first, *_ in held_out[1]]))
        tokens = tokens or self.batch_by[1]
        return self._train(
            self._batches(pairs, tokens=tokens, sampling=sampling, seed=seed),
            self._batches(held_out_pairs, tokens=tokens, shuffle=False),
            functools.partial(self.compile, **loss),
            learning_rate=learning_rate,
            warmup=warmup,
            settings={"pairs": len(pairs[0]), "tokens": tokens, **loss, "sampling": sampling},
            kind="texts",
            count=len(pairs[0]),
            seed=seed,
            epochs=epochs,
            **select_epochs_by(self.greedy, self.validation_metric, held_out),
            **options,
        )

    def _drop_long(self, pairs: Pairs) -> Pairs:
        """Drop the pairs that do not fit into a training batch."""
        ids = self.read(pairs[0]), self.processor.encode(pairs[1])
        return drop_long_pairs(pairs, *ids, self.processor.max_length)

    def _batches(
        self, pairs: Pairs, *, sampling: float | None = None, **options: Any
    ) -> Seq2SeqBatches:
        """Batches of pairs, with new segmentations in every epoch if there is `sampling`."""
        resample = functools.partial(self._resample, pairs, sampling)
        return self.Batches(
            self.read(pairs[0]),
            self.processor.encode(pairs[1]),
            batch_by=self.batch_by[0],
            make_inputs=self.make_inputs,
            resample=None if sampling is None else resample,
            lengths=COARSE_LENGTHS if keras.backend.backend() == "jax" else FINE_LENGTHS,
            **options,
        )

    def _resample(self, pairs: Pairs, alpha: Any, rows: np.ndarray, seed: int) -> tuple[list, list]:
        """Draw new segmentations of some pairs, see `SubwordTokenizer.sample`."""
        sources, targets = (
            self.processor.sample([column[i] for i in rows], alpha, seed) for column in pairs
        )
        return list(map(self.processor.with_prefix, sources)), targets


def distinct_first(hypotheses: Sequence[ScoredText]) -> list[ScoredText]:
    """Move repeated texts, and those that the beam did not find, behind all others."""
    texts = [hypothesis.text for hypothesis in hypotheses]
    last = [
        hypothesis.text in texts[:i] or hypothesis.score == -np.inf
        for i, hypothesis in enumerate(hypotheses)
    ]
    return [hypotheses[i] for i in np.argsort(last, kind="stable")]
