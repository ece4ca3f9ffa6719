"""Translation: the task around an encoder-decoder."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo import metrics
from gru_zoo.base.seq2seq.processor import Seq2SeqProcessor
from gru_zoo.base.seq2seq.references import with_references
from gru_zoo.base.seq2seq.results import Alignment, Hypothesis, ScoredTexts
from gru_zoo.base.seq2seq.task import Seq2SeqTask
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.presets.card import Card
from gru_zoo.tasks.translation.model import Config, build
from gru_zoo.text.inputs import as_texts
from gru_zoo.text.special_tokens import PAD

SAMPLES = {
    "en": (
        "A man in an orange hat is standing in front of a red car.",
        "Two dogs play in the snow.",
        "I would like a cup of coffee, please.",
        "My name is Xiuying and I live in Kraków.",
    ),
    "es": (
        "Quisiera una taza de café, por favor.",
        "¿Cómo estás hoy?",
        "No sé dónde está mi hermana.",
        "Me llamo Xiuying y vivo en Kraków.",
    ),
}


class Translation(Seq2SeqTask):
    """A text to a text in another language; the model returns logits."""

    Config = Config
    build = staticmethod(build)

    samples = SAMPLES["en"]

    def __init__(self, model: keras.Model, processor: Seq2SeqProcessor, card: Card):
        super().__init__(model, processor, card)
        self.samples = SAMPLES.get(processor.languages[0], SAMPLES["en"])

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
            ValueError: if `n_best` is not between 1 and `beam_size`, or `max_length` below 1.
        """
        if max_length is not None and max_length < 1:
            raise ValueError(f"Expected max_length >= 1. Received: max_length={max_length}.")
        penalty = self.processor.length_penalty if length_penalty is None else length_penalty
        pieces = [self.processor.pieces(text) for text in as_texts(texts)]
        flat = [piece for parts in pieces for piece in parts]
        limits = [max_length or 2 * len(piece) + 8 for piece in flat]
        found = iter(
            self.search(
                flat,
                limits,
                batch_size,
                verbose,
                beam_size=beam_size,
                length_penalty=penalty,
                n_best=n_best,
            )
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

    def validation_metric(
        self, guesses: Sequence[str], references: metrics.References
    ) -> metrics.Metric:
        """BLEU."""
        return metrics.bleu(guesses, references)

    def attention(self, text: str, translation: str | None = None) -> Alignment:
        """Which sub-words of the source the model looked at for each of the translation.

        Args:
            text: the source, at most `processor.max_length` sub-words.
            translation: the translation to align, by default the model's own.

        Raises:
            TypeError: the text is not a string.
            ValueError: it is empty or too long to be read at once.
        """
        (text,) = as_texts([text])
        pieces = self.processor.pieces(text)
        if len(pieces) != 1:
            raise ValueError(
                f"Expected a text of 1 to {self.processor.max_length} sub-words. Received one of "
                f"{len(self.processor.encode([text])[0]) - 1}: {text!r:.80}."
            )
        translation = self.translate(text) if translation is None else translation
        return self.align(text, translation)

    def golden_outputs(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """Log-probability of every target id."""
        logits = np.asarray(predict_on_batch(self.model, inputs[:2]), "float64")
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
        texts, references = with_references(inputs, targets)
        guesses = self.translate(texts, beam_size=beam_size, verbose=verbose)
        return [
            metrics.bleu(guesses, references),
            metrics.chrf(guesses, references),
            metrics.bleu_lc_tok(guesses, references, self.processor.languages[1]),
        ]


def _join(parts: list[ScoredTexts], penalty: float) -> Hypothesis:
    """One hypothesis of those of its pieces, scored as if it had been written at once."""
    length = sum(n for _, _, n in parts)
    total = sum(score * n**penalty for _, score, n in parts if n)
    score = total / length**penalty if length else 0.0
    return Hypothesis(" ".join(filter(None, (text for text, _, _ in parts))), score)
