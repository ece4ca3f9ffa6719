"""Task `compression`: shorten sentences by leaving out words."""

from collections.abc import Sequence
from typing import Any, Unpack

import keras
import numpy as np

from gru_zoo import metrics, training
from gru_zoo.base.task import Task
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.compression.arc_rules import PENALTY, broken_rules
from gru_zoo.tasks.compression.batches import SentenceBatches, sentence_batches
from gru_zoo.tasks.compression.best_paths import BestPaths
from gru_zoo.tasks.compression.metrics import gold_words, word_metrics
from gru_zoo.tasks.compression.model import Config, build
from gru_zoo.tasks.compression.path_crf import PathLikelihood, path_labels
from gru_zoo.tasks.compression.processor import CompressionProcessor
from gru_zoo.tasks.compression.results import Compressed
from gru_zoo.tasks.compression.samples import SAMPLES
from gru_zoo.tasks.compression.selection import check_ratio, join_masks, word_masks
from gru_zoo.tasks.compression.training import TokenF1, as_clean_texts, as_pairs, usable_pairs
from gru_zoo.tasks.compression.words import join, words_of
from gru_zoo.training.options import FitOptions


class Compression(Task):
    """Compress sentences: keep some of their words, in order.

    The model maps the arrays of `CompressionProcessor` to scores of arcs, see
    `gru_zoo.tasks.compression.path_crf`.

    Example:
        >>> import gru_zoo
        >>> compression = gru_zoo.load("summarization_compression")
        >>> text = (
        ...     "The city council voted on Tuesday night to close two of its five public "
        ...     "libraries by the end of the year, officials said."
        ... )
        >>> compression.compress(text)
        'The city council voted to close two of its five public libraries.'
        >>> compression.compress(text, ratio=0.3)
        'The city council voted to close two of its libraries.'
    """

    inputs = "pairs"
    Config = Config
    build = staticmethod(build)
    exported_outputs = ("arcs",)

    Processor = CompressionProcessor
    processor: CompressionProcessor
    samples = SAMPLES

    def compress(
        self,
        texts: str | Sequence[str],
        ratio: float | None = None,
        return_words: bool = False,
        batch_size: int = 64,
        verbose: bool = False,
    ) -> Any:
        """Compress one text or many to some of their words, in order.

        What is no part of its sentences is taken off a text, see
        `gru_zoo.tasks.compression.words.clean`. Punctuation marks count as words, and so does an
        address of the web or of mail. A text of more than `processor.max_words` words is compressed
        sentence by sentence. A text without words becomes `""`. The first letter of the result is
        upper case if that of the text is; no other letter changes. In a script without spaces,
        everything up to the next mark is one word.

        Args:
            texts: one text or a list of texts, of any length.
            ratio: share of the words of each text to keep, from 0 to 1. The number of words may
                differ from it by 15 % of the words of the text, so that phrases stay whole. None
                for the number with the best score, at least 1.
            return_words: whether to return `Compressed` objects instead of strings.
            batch_size: maximum number of texts in a batch.
            verbose: whether to show a progress bar.

        Returns:
            A string for one text, or a list with a string for each text.

        Raises:
            TypeError: a text is not a string.
            ValueError: the ratio is not a number from 0 to 1.
        """
        check_ratio(ratio)
        results: list[Any] = []
        for segments in self._best_paths(as_clean_texts(texts), batch_size, verbose):
            masks = word_masks([paths for _, paths in segments], ratio, self.processor.bonus)
            words = [words_of(segment) for segment, _ in segments]
            compressed = [
                join(segment, segment_words, kept)
                for (segment, _), segment_words, kept in zip(segments, words, masks, strict=True)
            ]
            text = " ".join(filter(None, compressed))
            names = tuple(word.text for segment_words in words for word in segment_words)
            results.append(Compressed(text, names, join_masks(masks)) if return_words else text)
        return results[0] if isinstance(texts, str) else results

    def predict(self, inputs: str | Sequence[str]) -> str | list[str]:
        """Compress one text or many with the defaults of `compress`."""
        return self.compress(inputs)

    def kept_words(self, texts: Sequence[str], verbose: bool = False) -> list[np.ndarray]:
        """Return which words `compress` keeps of each text, boolean, `(words,)`."""
        return [found.kept for found in self.compress(texts, return_words=True, verbose=verbose)]

    def arcs(
        self, texts: Sequence[str], batch_size: int = 64, verbose: bool = False
    ) -> list[np.ndarray]:
        """Compute the scores of the arcs of each text, see `gru_zoo.tasks.compression.path_crf`.

        Args:
            texts: texts of at most `processor.max_words` words.
            batch_size: maximum number of texts in a batch.
            verbose: whether to show a progress bar.

        Returns:
            Float32, shape `(words + 2, words + 2)` for each text.
        """
        sentences = [self.processor.encode(text)[1] for text in texts]
        results: list[Any] = [None] * len(sentences)
        bar = keras.utils.Progbar(len(sentences), unit_name="text") if verbose else None
        for rows, inputs in sentence_batches(sentences, batch_size):
            outputs = np.asarray(predict_on_batch(self.model, inputs))
            for row, arcs in zip(rows, outputs, strict=False):
                nodes = len(sentences[row][3])
                results[row] = arcs[:nodes, :nodes]
            if bar:
                bar.add(len(rows))
        return results

    def examples(self, examples: list) -> tuple[list[str], list[str]]:
        """Return texts and references of `gru_zoo.data.examples.SummarizedText` examples."""
        return [e.text for e in examples], [e.summary for e in examples]

    def evaluate(
        self,
        texts: str | Sequence[str],
        shorter_texts: str | Sequence[str],
        verbose: bool = False,
    ) -> list[metrics.Metric]:
        """Compute `token_f1`, `word_f1`, `exact_match` and `compression_ratio`.

        See `gru_zoo.tasks.compression.metrics.word_metrics`.

        Args:
            texts: the texts.
            shorter_texts: the reference of each text.
            verbose: whether to show a progress bar.

        Raises:
            TypeError: a text is not a string.
            ValueError: the numbers of texts and references differ, or there are none.
        """
        texts, shorter_texts = as_pairs(texts, shorter_texts)
        return word_metrics(self.kept_words(texts, verbose), gold_words(texts, shorter_texts))

    def tune_bonus(
        self, texts: Sequence[str], shorter_texts: Sequence[str], bonuses: Sequence[float]
    ) -> dict[float, float]:
        """Set `processor.bonus`, the score of a kept word without a ratio, to the best by token F1.

        Args:
            texts: texts that the model was not trained on.
            shorter_texts: the reference of each text.
            bonuses: the values to choose from.

        Returns:
            The token F1 of each value.

        Raises:
            ValueError: there is no bonus or no text, or a text lacks its reference.
        """
        texts, shorter_texts = as_pairs(texts, shorter_texts)
        bonuses = list(bonuses)
        if not bonuses:
            raise ValueError("Expected bonuses to choose from. Received: none.")
        paths = [[paths for _, paths in segments] for segments in self._best_paths(texts)]
        gold = gold_words(texts, shorter_texts)
        scores = {}
        for bonus in bonuses:
            kept = [join_masks(word_masks(segments, None, bonus)) for segments in paths]
            scores[bonus] = word_metrics(kept, gold)[0].value
        self.processor.bonus = max(scores, key=scores.__getitem__)
        return scores

    def golden_inputs(self) -> list[np.ndarray]:
        """Return the model's inputs for the samples, each int32, `(samples, length)`."""
        sentences = [self.processor.encode(text)[1] for text in self.samples]
        ((_, inputs),) = sentence_batches(sentences, len(sentences))
        return inputs

    def golden_outputs(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """Return the scores of all forward arcs between nodes that are not padding, else 0."""
        (arcs,) = super().golden_outputs(inputs)
        present = inputs[3] != 0
        possible = np.triu(np.ones(arcs.shape, "bool"), 1) & present[:, None] & present[:, :, None]
        return [np.where(possible, arcs, 0)]

    def compile(self, optimizer: keras.optimizers.Optimizer | str) -> None:
        """Compile `model` for `model.fit` on `SentenceBatches`.

        Args:
            optimizer: a Keras optimizer or its name.
        """
        jit = training.jit_compile()
        self.model.compile(optimizer=optimizer, loss=PathLikelihood(), jit_compile=jit)

    def fit(
        self,
        texts: Sequence[str],
        shorter_texts: Sequence[str],
        validation: float | tuple[Sequence[str], Sequence[str]] = 0.1,
        epochs: int = 4,
        batch_size: int = 32,
        learning_rate: float = 5e-4,
        seed: int = 0,
        **options: Unpack[FitOptions],
    ) -> keras.callbacks.History:
        """Train the model on your own pairs, and keep its best epochs by token F1.

        Args:
            texts: training texts. Texts of more than `processor.max_words` words are skipped.
            shorter_texts: the compression of each text. A pair is skipped if the compression is not
                made of words of the text, in order.
            validation: share of the pairs to hold out for validation, or a pair of texts and
                references.
            epochs: passes over the pairs.
            batch_size: pairs of a batch.
            learning_rate: peak learning rate of Adam.
            seed: seed of the split, the order of the batches and dropout.
            **options: see `gru_zoo.training.FitOptions`.

        Returns:
            The history, with `loss`, `val_loss` and `val_token_f1` of every epoch.

        Raises:
            TypeError: a text is not a string.
            ValueError: a number is out of its range, or no pair is usable.
        """
        self._check_options(options)
        train, held_out = training.split_pairs(
            as_pairs(texts, shorter_texts), validation, seed, "texts and shorter texts"
        )
        held_out = as_pairs(*held_out)
        pairs, held_out_pairs = self.usable(*train), self.usable(*held_out)
        return self._train(
            self._batches(pairs, batch_size=batch_size, seed=seed),
            self._batches(held_out_pairs, batch_size=batch_size, shuffle=False),
            self.compile,
            learning_rate=learning_rate,
            monitor="val_token_f1",
            mode="max",
            settings={"pairs": len(pairs), "batch_size": batch_size},
            kind="texts",
            count=len(pairs),
            seed=seed,
            epochs=epochs,
            own_callbacks=(TokenF1(self.kept_words, *held_out),),
            **options,
        )

    def usable(
        self, texts: Sequence[str], shorter_texts: Sequence[str]
    ) -> list[tuple[str, np.ndarray]]:
        """Select the pairs that the model can learn from, with the words that are kept.

        See `gru_zoo.tasks.compression.training.usable_pairs`.
        """
        return usable_pairs(texts, shorter_texts, self.processor.max_words)

    def _batches(self, pairs: Sequence[tuple[str, np.ndarray]], **options: Any) -> SentenceBatches:
        """Batches of texts and of the paths over the words that they keep."""
        sentences = [self.processor.encode(text)[1] for text, _ in pairs]
        labels = [path_labels(np.append(kept, True)) for _, kept in pairs]
        return SentenceBatches(sentences, labels, **options)

    def _best_paths(
        self, texts: Sequence[str], batch_size: int = 64, verbose: bool = False
    ) -> list[list[tuple[str, BestPaths]]]:
        """Find the best paths over each segment of each text."""
        segments = [self.processor.segments(text) for text in texts]
        flat = [segment for parts in segments for segment in parts]
        arcs = self.arcs(flat, batch_size, verbose)
        broken = (broken_rules(words_of(segment)) for segment in flat)
        paths = (BestPaths(a - PENALTY * b) for a, b in zip(arcs, broken, strict=True))
        return [[(segment, next(paths)) for segment in parts] for parts in segments]
