"""Texts written by search: the task that all encoder-decoders with attention share."""

import dataclasses
import functools
from collections.abc import Sequence
from typing import Any, ClassVar

import keras
import numpy as np

from gru_zoo.base.seq2seq.task import PairTask
from gru_zoo.batching.dataset import LENGTHS, check_longest, pad_batches
from gru_zoo.decoding.decoder import Decoder, check_best
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.text.subword_tokenizer import PAD

Found = tuple[str, float, int]
"""A text, its score and the number of its sub-words, `EOS` counted."""


@dataclasses.dataclass(frozen=True)
class Hypothesis:
    """A text that a model wrote, and its score.

    Args:
        text: the text.
        score: log-probability of its sub-words / number of them ** length_penalty.
    """

    text: str
    score: float


@dataclasses.dataclass(frozen=True)
class Alignment:
    """Where the model looked while it wrote each sub-word.

    Args:
        source: sub-words that were read, the mark of the end last.
        target: sub-words that were written, the mark of the end last.
        weights: shape `(target, source)`, rows sum to 1.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    weights: np.ndarray


class Searcher(PairTask):
    """A text to a text that is searched for.

    The model is as in `PairTask`, with a layer named `attention` that returns contexts and
    weights.
    """

    Steps: ClassVar[Any]

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
    ) -> list[list[Found]]:
        """The n best texts for each sequence of source ids, the best first.

        A text that the beam spells in several ways comes again only where it holds no other.

        Args:
            sequences: of `EOS`-ended ids, each of at most 1024.
            limits: most sub-words to write for each.
            batch_size: most sequences a batch.
            verbose: whether to show a progress bar.
            beam_size: width of beam search; 1 is greedy.
            length_penalty: as of `gru_zoo.decoding.decoder.Decoder.beam_search`,
            n_best: and so this,
            **options: and these.

        Raises:
            ValueError: a sequence is too long, or an argument out of its range.
        """
        check_best(n_best, beam_size)
        check_longest(sequences, LENGTHS[-1])
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
                results[row] = different_first(every)[:n_best]
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


def different_first(found: list[Found]) -> list[Found]:
    """The same, those last whose text came before or that the beam did not find."""
    texts = [text for text, *_ in found]
    last = [text in texts[:i] or score == -np.inf for i, (text, score, _) in enumerate(found)]
    return [found[i] for i in np.argsort(last, kind="stable")]
