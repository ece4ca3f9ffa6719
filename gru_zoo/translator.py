"""Translation: the task that all encoder-decoders with attention share."""

import dataclasses
import functools
from collections.abc import Sequence
from typing import Any, ClassVar

import keras
import numpy as np

from gru_zoo import metrics
from gru_zoo.batches import pad_batches
from gru_zoo.cards import Card
from gru_zoo.decode import Decoder
from gru_zoo.pair_task import PairTask
from gru_zoo.pairs import PairProcessor
from gru_zoo.text import PAD, as_texts

SAMPLES = {
    "en": (
        "I would like a cup of coffee, please.",
        "How are you today?",
        "A man in an orange hat is standing in front of a red car.",
        "My name is Xiuying and I live in Kraków.",
    ),
    "es": (
        "Quisiera una taza de café, por favor.",
        "¿Cómo estás hoy?",
        "No sé dónde está mi hermana.",
        "Me llamo Xiuying y vivo en Kraków.",
    ),
}


@dataclasses.dataclass(frozen=True)
class Hypothesis:
    """A translation and its score.

    Args:
        text: the translation.
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


class Translator(PairTask):
    """A text to a text in another language.

    The model is as in `PairTask`, with a layer named `attention` that returns contexts and
    weights.
    """

    Steps: ClassVar[Any]
    samples = SAMPLES["en"]

    def __init__(self, model: keras.Model, processor: PairProcessor, card: Card):
        super().__init__(model, processor, card)
        self.samples = SAMPLES.get(processor.languages[0], SAMPLES["en"])

    @functools.cached_property
    def decoder(self) -> Decoder:
        """The searches over the model, see `gru_zoo.decode`."""
        return Decoder(self.Steps(self.model))

    def translate(
        self,
        texts: str | Sequence[str],
        beam_size: int = 5,
        length_penalty: float | None = None,
        n_best: int = 1,
        max_length: int | None = None,
        return_scores: bool = False,
        batch_size: int = 32,
        verbose: bool = False,
    ) -> Any:
        """Translations of a text, or of each of many, cased and with plain spacing.

        Any text is taken. One of more than `processor.max_length` sub-words is translated sentence
        by sentence, one without words becomes `""`. Characters that the vocabulary lacks are
        read, and can be written, byte by byte.

        Args:
            texts: one text or a list of texts.
            beam_size: width of beam search; 1 is greedy.
            length_penalty: scores are divided by length to this power; by default that with which
                the preset did best on validation data.
            n_best: how many translations of each text to return, at most `beam_size`. Of a long
                text the k-th best consists of the k-th best of every sentence.
            max_length: most sub-words to write a sentence; by default twice as many as are read,
                and eight.
            return_scores: whether to return `Hypothesis` instead of strings.
            batch_size: most sentences a batch.
            verbose: whether to show a progress bar.

        Returns:
            A string for one text, a list of them for a list; with `n_best` above 1 a list of
            translations, the best first, in the place of each.

        Raises:
            TypeError: if a text is not a string.
            ValueError: if `n_best` is not between 1 and `beam_size`.
        """
        penalty = self.processor.length_penalty if length_penalty is None else length_penalty
        pieces = [self.processor.pieces(text) for text in as_texts(texts)]
        flat = [piece for parts in pieces for piece in parts]
        found = iter(
            self._search(flat, beam_size, penalty, n_best, max_length, batch_size, verbose)
        )
        results: list[Any] = []
        for parts in pieces:
            hypotheses = [next(found) for _ in parts]
            best: list[Any] = [_join([h[k] for h in hypotheses], penalty) for k in range(n_best)]
            if not return_scores:
                best = [hypothesis.text for hypothesis in best]
            results.append(best if n_best > 1 else best[0])
        return results[0] if isinstance(texts, str) else results

    def greedy(self, sources: list[str]) -> list[str]:
        """`translate` without search, quick enough to follow a training."""
        return self.translate(sources, beam_size=1, batch_size=64)

    def predict(self, inputs: str | Sequence[str]) -> Any:
        """`translate` with its defaults."""
        return self.translate(inputs)

    def _search(self, sequences, beam_size, penalty, n_best, max_length, batch_size, verbose):
        """(text, score, length) of the n best of each sequence."""
        if not 1 <= n_best <= beam_size:
            raise ValueError(
                f"Expected 1 <= n_best <= beam_size. Received: n_best={n_best}, "
                f"beam_size={beam_size}."
            )
        results: list[Any] = [None] * len(sequences)
        bar = keras.utils.Progbar(len(sequences), unit_name="text") if verbose else None
        for rows, ids in pad_batches(sequences, batch_size):
            limits = np.zeros(len(ids), "int32")
            limits[: len(rows)] = [max_length or 2 * len(sequences[row]) + 8 for row in rows]
            if beam_size == 1:
                found = self.decoder.greedy([ids], limits)
                scores = found.scores / np.maximum(found.lengths, 1) ** penalty
            else:
                found = self.decoder.beam_search([ids], limits, beam_size, penalty, n_best)
                scores = found.scores
            for row, best, score, length in zip(
                rows, found.ids, scores, found.lengths, strict=False
            ):
                texts = [self.processor.decode(ids) for ids in best]
                results[row] = list(zip(texts, score.tolist(), length.tolist(), strict=True))
            if bar:
                bar.add(len(rows))
        return results

    def attention(self, text: str, translation: str | None = None) -> Alignment:
        """Which sub-words of the source the model looked at for each of the translation.

        Args:
            text: the source, at most `processor.max_length` sub-words.
            translation: the translation to align, by default the model's own.

        Raises:
            ValueError: the text is empty or too long to be read at once.
        """
        pieces = self.processor.pieces(*as_texts(text))
        if len(pieces) != 1:
            raise ValueError(
                f"Expected a text of 1 to {self.processor.max_length} sub-words. Received one of "
                f"{len(self.processor.encode([text])[0]) - 1}: {text!r:.80}."
            )
        translation = self.translate(text) if translation is None else translation
        inputs, targets = self.encode(text, translation)
        weights = self._aligner.predict_on_batch(inputs)[0]
        source, target = inputs[0][0], targets[0]
        source, target = source[source != PAD], target[target != PAD]
        names = self.processor.tokenizer.pieces
        weights = np.asarray(weights)[: len(target), : len(source)]
        return Alignment(tuple(names(source)), tuple(names(target)), weights)

    @functools.cached_property
    def _aligner(self) -> keras.Model:
        _, weights = self.model.get_layer("attention").output
        return keras.Model(self.model.inputs, weights)

    def demo(self) -> list[str]:
        """The samples with their translations."""
        translations = self.translate(list(self.samples))
        return [f"{t}  <-  {s}" for t, s in zip(translations, self.samples, strict=True)]

    def golden_inputs(self) -> list[np.ndarray]:
        """The samples, to be translated into themselves, and the ids that are asked for."""
        inputs, targets = self.encode(list(self.samples), list(self.samples))
        return [*inputs, targets]

    def golden_outputs(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """Log-probability of every target id."""
        logits = np.asarray(self.model.predict_on_batch(inputs[:2]), "float64")
        chosen = np.take_along_axis(logits, inputs[2][..., None], axis=-1)[..., 0]
        scores = chosen - np.logaddexp.reduce(logits, axis=-1)
        return [np.where(inputs[2] == PAD, 0, scores).astype("float32")]

    def evaluate(
        self,
        inputs: Sequence[str],
        targets: Sequence[str | Sequence[str]],
        verbose: bool = False,
        beam_size: int = 5,
    ) -> list[metrics.Metric]:
        """BLEU and chrF of translations: `bleu`, `chrf`, `bleu_lc_tok`.

        Args:
            inputs: source texts.
            targets: the reference of each, or its references.
            verbose: whether to show a progress bar.
            beam_size: as in `translate`.
        """
        guesses = self.translate(as_texts(inputs), beam_size=beam_size, verbose=verbose)
        return [
            metrics.bleu(guesses, targets),
            metrics.chrf(guesses, targets),
            metrics.bleu_lc_tok(guesses, targets, self.processor.languages[1]),
        ]


def _join(parts: list[tuple[str, float, int]], penalty: float) -> Hypothesis:
    """One hypothesis of those of its pieces, scored as if it had been written at once."""
    length = sum(n for _, _, n in parts)
    total = sum(score * n**penalty for _, score, n in parts if n)
    score = total / length**penalty if length else 0.0
    return Hypothesis(" ".join(text for text, _, _ in parts), score)
