"""Task `translation`: translate texts with an encoder-decoder model."""

import warnings
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo import metrics
from gru_zoo.base.seq2seq.references import with_references
from gru_zoo.base.seq2seq.results import Alignment, Hypothesis, ScoredText
from gru_zoo.base.seq2seq.task import Seq2SeqTask
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.presets.card import Card
from gru_zoo.tasks.translation.layout import Layout, digits
from gru_zoo.tasks.translation.model import Config, build
from gru_zoo.tasks.translation.processor import TranslationProcessor
from gru_zoo.tasks.translation.samples import SAMPLES
from gru_zoo.text.inputs import as_text, as_texts
from gru_zoo.text.special_tokens import PAD


class Translation(Seq2SeqTask):
    """Translate texts from one language into another.

    The model maps source ids and shifted target ids to logits, see
    `gru_zoo.tasks.translation.model.build`.

    Example:
        >>> import gru_zoo
        >>> translation = gru_zoo.load("translation_en_fr")
        >>> translation.translate("Two dogs play in the snow.")
        'Deux chiens jouent dans la neige.'
        >>> translation.translate(["Two dogs play in the snow.", "A man sleeps."])
        ['Deux chiens jouent dans la neige.', 'Un homme dort.']
    """

    Config = Config
    build = staticmethod(build)

    Processor = TranslationProcessor
    processor: TranslationProcessor
    samples = SAMPLES["en", "fr"]

    def __init__(self, model: keras.Model, processor: TranslationProcessor, card: Card):
        super().__init__(model, processor, card)
        self.samples = SAMPLES.get(processor.languages, SAMPLES["en", "fr"])

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
        """Translate one text or many into cased text with normal spacing.

        A text is translated sentence by sentence. Its lines, list marks, brackets, quotation marks
        and tags stay where they are, and so do links, addresses, handles, paths, emoji and words
        with letters that the vocabulary lacks; what stands around these is translated in pieces.
        If a translation has other digits than the text, its numbers are kept in the same way. Names
        that the model never saw are kept, too, and so are sentences that are in the target language
        already. A text in capitals comes back in capitals. See `gru_zoo.tasks.translation.layout`.

        Args:
            texts: one text or a list of texts, of any length.
            beam_size: width of beam search; 1 is greedy search.
            length_penalty: exponent of the length by which scores are divided; None for the value
                that was best for the preset on validation data.
            n_best: number of translations of each text, at most `beam_size`. The k-th best
                translation of a long text consists of the k-th best of each of its sentences.
            max_length: maximum number of sub-words of a translated sentence; None for twice the
                number of sub-words of the source, plus 8.
            return_scores: whether to return `Hypothesis` objects instead of strings.
            batch_size: maximum number of sentences in a batch.
            verbose: whether to show a progress bar.

        Returns:
            A string for one text, or a list with a string for each text. If `n_best` is above 1,
            each string is replaced by a list of translations, best first.

        Raises:
            TypeError: a text is not a string.
            ValueError: `n_best` is not from 1 to `beam_size`, or `max_length` is below 1.

        Warns:
            UserWarning: a text is returned as it is, since it has letters of other scripts alone.
        """
        if max_length is not None and max_length < 1:
            raise ValueError(f"Expected max_length >= 1. Received: max_length={max_length}.")
        penalty = self.processor.length_penalty if length_penalty is None else length_penalty
        options = {
            "beam_size": beam_size,
            "length_penalty": penalty,
            "n_best": n_best,
            "batch_size": batch_size,
            "verbose": verbose,
        }
        inputs = as_texts(texts)
        layouts = [self.processor.layout(text) for text in inputs]
        self._warn_of_other_scripts(inputs, layouts)
        found = self._fill(layouts, max_length, options)
        again: dict[int, Layout] = {}
        for i, (text, layout, best) in enumerate(zip(inputs, layouts, found, strict=True)):
            numbers = digits(text) not in ("", digits(best[0].text))
            names = all(name in best[0].text for name in layout.names)
            if numbers or not names:
                again[i] = self.processor.layout(text, keep_numbers=numbers, keep_names=names)
        repeated = self._fill(list(again.values()), max_length, options)
        for i, best in zip(again, repeated, strict=True):
            found[i] = best
        results: list[Any] = [best if return_scores else [h.text for h in best] for best in found]
        if n_best == 1:
            results = [best[0] for best in results]
        return results[0] if isinstance(texts, str) else results

    def _warn_of_other_scripts(self, texts: list[str], layouts: Sequence[Layout]) -> None:
        """Warn if texts come back as they are because the vocabulary lacks their letters."""
        known = self.processor.tokenizer.has_character
        kept = [
            text
            for text, layout in zip(texts, layouts, strict=True)
            if not layout.sentences
            and any(c.isalpha() and not c.isascii() and not known(c) for c in text)
        ]
        if kept:
            warnings.warn(
                f"{len(kept)} of {len(texts)} texts are returned as they are, such as "
                f"{kept[0]!r:.80}. Expected letters of {' and '.join(self.processor.languages)}.",
                stacklevel=3,
            )

    def _fill(
        self, layouts: Sequence[Layout], max_length: int | None, options: dict[str, Any]
    ) -> list[list[Hypothesis]]:
        """Translate the sentences of layouts; the n best texts of each layout, best first.

        Args:
            layouts: texts as sentences.
            max_length: see `translate`.
            options: arguments of `search`.
        """
        penalty = options["length_penalty"]
        segments = [
            [
                [self.processor.segments(text) for text in (sentence, other) if text]
                for sentence, other in zip(layout.sentences, layout.others, strict=True)
            ]
            for layout in layouts
        ]
        sequences = [
            ids for sentences in segments for ways in sentences for parts in ways for ids in parts
        ]
        limits = [max_length or 2 * len(ids) + 8 for ids in sequences]
        found = iter(self.search(sequences, limits, **options))
        results = []
        for layout, sentences in zip(layouts, segments, strict=True):
            lists = [
                max(
                    ([next(found) for _ in parts] for parts in ways),
                    key=lambda parts: _confidence([part[0] for part in parts], penalty),
                )
                for ways in sentences
            ]
            results.append(
                [
                    _join(layout, [[p[k] for p in parts] for parts in lists], penalty)
                    for k in range(options["n_best"])
                ]
            )
        return results

    def predict(self, inputs: str | Sequence[str]) -> str | list[str]:
        """Translate one text or many with the defaults of `translate`."""
        return self.translate(inputs)

    def greedy(self, sources: list[str]) -> list[str]:
        """Translate each source greedily, fast enough to run after every epoch."""
        return self.translate(sources, beam_size=1, batch_size=64)

    def attention(self, text: str, translation: str | None = None) -> Alignment:
        """Return the attention of each sub-word of a translation to the source.

        Args:
            text: the source, of 1 to `processor.max_length` sub-words.
            translation: the translation to align; None for the model's own.

        Raises:
            TypeError: the text is not a string.
            ValueError: the text is empty or too long.
        """
        text = as_text(text)
        if len(self.processor.segments(text)) != 1:
            raise ValueError(
                f"Expected a text of 1 to {self.processor.max_length} sub-words. Received one of "
                f"{len(self.processor.encode([text])[0]) - 1}: {text!r:.80}."
            )
        translation = self.translate(text) if translation is None else translation
        return self.align(text, translation)

    def examples(self, examples: list) -> tuple[list, list]:
        """Return sources and references of `gru_zoo.data.examples.ParallelText` examples.

        A text that translates several others, as in a set that is ordered by the other language, is
        one source with all of their texts as references.
        """
        source, target = self.processor.languages
        if all(len(e.texts[source]) == 1 for e in examples):
            return [e.texts[source][0] for e in examples], [e.texts[target] for e in examples]
        references: dict[str, dict[str, None]] = {}
        for example in examples:
            for text in example.texts[source]:
                references.setdefault(text, {}).update(dict.fromkeys(example.texts[target]))
        return list(references), [tuple(texts) for texts in references.values()]

    def evaluate(
        self,
        inputs: str | Sequence[str],
        targets: metrics.References,
        verbose: bool = False,
        beam_size: int = 5,
    ) -> list[metrics.Metric]:
        """Compute the metrics `bleu`, `chrf` and `bleu_lc_tok` of translations.

        Args:
            inputs: source texts.
            targets: one reference, or several, for each source.
            verbose: whether to show a progress bar.
            beam_size: width of beam search; 1 is greedy search.

        Raises:
            ImportError: a package of the extra `train` is missing.
            TypeError: a text is not a string.
            ValueError: a source has no reference.
        """
        texts, references = with_references(inputs, targets)
        guesses = self.translate(texts, beam_size=beam_size, verbose=verbose)
        return [
            metrics.bleu(guesses, references),
            metrics.chrf(guesses, references),
            metrics.bleu_lc_tok(guesses, references, self.processor.languages[1]),
        ]

    def validation_metric(
        self, guesses: Sequence[str], references: metrics.References
    ) -> metrics.Metric:
        """Compute BLEU, by which `fit` chooses epochs."""
        return metrics.bleu(guesses, references)

    def golden_outputs(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """Return the log-probability of each target id, float32, `(texts, target)`, 0 at padding.

        Args:
            inputs: source ids, shifted target ids and target ids, int32, `(texts, length)`.
        """
        *arrays, target_ids = inputs
        logits = np.asarray(predict_on_batch(self.model, arrays), "float64")
        chosen = np.take_along_axis(logits, target_ids[..., None], axis=-1)[..., 0]
        scores = chosen - np.logaddexp.reduce(logits, axis=-1)
        return [np.where(target_ids == PAD, 0, scores).astype("float32")]


def _whole(parts: Sequence[ScoredText], length_penalty: float) -> ScoredText:
    """The score and the length of texts together, without their text."""
    length = sum(part.length for part in parts)
    total = sum(part.score * part.length**length_penalty for part in parts if part.length)
    return ScoredText("", total / length**length_penalty if length else 0.0, length)


def _confidence(parts: Sequence[ScoredText], length_penalty: float) -> float:
    """How sure the translation of a sentence is, 0 where nothing was generated."""
    return _whole(parts, length_penalty).finished("", length_penalty).confidence or 0.0


def _join(
    layout: Layout, sentences: Sequence[Sequence[ScoredText]], length_penalty: float
) -> Hypothesis:
    """Put the translated segments of each sentence into a text, with the score of the whole."""
    whole = _whole([part for segments in sentences for part in segments], length_penalty)
    joined = [" ".join(part.text for part in segments if part.text) for segments in sentences]
    return whole.finished(layout.fill(joined), length_penalty)
