"""Compression: the task that makes a sentence shorter by leaving out words."""

import os
import warnings
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo import metrics, training
from gru_zoo.base.task import Task
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.compression.alignment import align
from gru_zoo.tasks.compression.batches import SentenceBatches, sentence_batches
from gru_zoo.tasks.compression.best_paths import BestPaths
from gru_zoo.tasks.compression.metrics import measured, references
from gru_zoo.tasks.compression.model import Config, build
from gru_zoo.tasks.compression.path_crf import PathLikelihood, path_labels
from gru_zoo.tasks.compression.processor import CompressionProcessor
from gru_zoo.tasks.compression.results import Compressed
from gru_zoo.tasks.compression.selection import check_ratio, joined, masks_of
from gru_zoo.tasks.compression.training import TokenF1, paired
from gru_zoo.tasks.compression.words import join, words_of
from gru_zoo.text.inputs import as_texts


class Compression(Task):
    """A text to a shorter one, of words of the text in their order.

    The model takes the arrays of `CompressionProcessor` and returns scores of arcs,
    see `gru_zoo.tasks.compression.path_crf`.
    """

    inputs = "pairs"
    Config = Config
    build = staticmethod(build)

    Processor = CompressionProcessor
    samples = (
        "The city council voted on Tuesday night to close two of its five public libraries by the "
        "end of the year, officials said.",
        "Maria Keller, a nurse from Leeds who began to run at the age of 60, has won her third "
        "marathon.",
        "A fire that broke out early on Monday destroyed a historic mill near Lyon, according to "
        "local media reports.",
        "It rained.",
    )

    def compress(
        self,
        texts: str | Sequence[str],
        ratio: float | None = None,
        return_words: bool = False,
        batch_size: int = 64,
        verbose: bool = False,
    ) -> Any:
        """A shorter text of each text, of its words in their order.

        Any text is taken. One of blanks alone becomes `""`; one of marks alone keeps some, as marks
        count as words. One of more than `processor.max_words` words and marks is compressed
        sentence by sentence. Only the first letter may change, to upper case where the text begins
        so. Scripts without spaces are words up to the next mark.

        Args:
            texts: one text or a list of texts.
            ratio: share of the words and marks to keep, from 0 to 1, rounded to a whole number of
                them for each text; by default as many as the model finds best, one at least.
            return_words: whether to return `Compressed` instead of strings.
            batch_size: most texts a batch.
            verbose: whether to show a progress bar.

        Returns:
            A string for one text, a list of them for a list.

        Raises:
            TypeError: if a text is not a string.
            ValueError: if the ratio is no number from 0 to 1.
        """
        check_ratio(ratio)
        results: list[Any] = []
        for parts in self._found(as_texts(texts), batch_size, verbose):
            masks = masks_of([paths for _, paths in parts], ratio, self.processor.bonus)
            words = [words_of(piece) for piece, _ in parts]
            shorter = [
                join(piece, part, kept)
                for (piece, _), part, kept in zip(parts, words, masks, strict=True)
            ]
            text = " ".join(filter(None, shorter))
            names = tuple(word.text for part in words for word in part)
            results.append(Compressed(text, names, joined(masks)) if return_words else text)
        return results[0] if isinstance(texts, str) else results

    def predict(self, inputs: str | Sequence[str]) -> Any:
        """`compress` with its defaults."""
        return self.compress(inputs)

    def _kept(self, texts: Sequence[str], verbose: bool = False) -> list[np.ndarray]:
        """Which words `compress` keeps of each text."""
        return [found.kept for found in self.compress(texts, return_words=True, verbose=verbose)]

    def _found(self, texts, batch_size=64, verbose=False) -> list[list[tuple[str, BestPaths]]]:
        """The pieces that each text is read in, with the best paths over each."""
        pieces = [self.processor.split(text) for text in texts]
        flat = [piece for parts in pieces for piece in parts]
        paths = map(BestPaths, self.arcs(flat, batch_size, verbose))
        return [[(piece, next(paths)) for piece in parts] for parts in pieces]

    def arcs(
        self, texts: Sequence[str], batch_size: int = 64, verbose: bool = False
    ) -> list[np.ndarray]:
        """Scores of the arcs of each text, see `gru_zoo.tasks.compression.path_crf`.

        Args:
            texts: texts that `processor.split` leaves whole.
            batch_size: most texts a batch.
            verbose: whether to show a progress bar.

        Returns:
            Float32, of shape `(words + 2, words + 2)` for each text.
        """
        sentences = [self.processor.encode(text)[1] for text in texts]
        results: list[Any] = [None] * len(sentences)
        bar = keras.utils.Progbar(len(sentences), unit_name="text") if verbose else None
        for rows, inputs in sentence_batches(sentences, batch_size):
            found = np.asarray(predict_on_batch(self.model, inputs))
            for row, table in zip(rows, found, strict=False):
                places = len(sentences[row][3])
                results[row] = table[:places, :places]
            if bar:
                bar.add(len(rows))
        return results

    def golden_inputs(self) -> list[np.ndarray]:
        """The samples, and where the sentences end."""
        sentences = [self.processor.encode(text)[1] for text in self.samples]
        ((_, inputs),) = sentence_batches(sentences, len(sentences))
        return inputs

    def golden_outputs(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """Scores of all arcs that lead on, 0 elsewhere."""
        (arcs,) = super().golden_outputs(inputs)
        present = inputs[3] != 0
        possible = np.triu(np.ones(arcs.shape, "bool"), 1) & present[:, None] & present[:, :, None]
        return [np.where(possible, arcs, 0)]

    def examples(self, examples: list) -> tuple[list[str], list[str]]:
        """Texts and shorter texts of `gru_zoo.data.examples.SummarizedText`s."""
        return [e.text for e in examples], [e.summary for e in examples]

    def evaluate(
        self, texts: Sequence[str], shorter_texts: Sequence[str], verbose: bool = False
    ) -> list[metrics.Metric]:
        """How well words are kept: `token_f1`, `word_f1`, `exact_match`, `compression_ratio`.

        See `gru_zoo.tasks.compression.metrics.kept_words`.

        Args:
            texts: the texts.
            shorter_texts: the reference of each.
            verbose: whether to show a progress bar.
        """
        texts, shorter_texts = paired(texts, shorter_texts)
        return measured(references(texts, shorter_texts), self._kept(texts, verbose))

    def tune_bonus(
        self, texts: Sequence[str], shorter_texts: Sequence[str], bonuses: Sequence[float]
    ) -> dict[float, float]:
        """Choose how much a kept word counts where no ratio is asked for, by token F1.

        Args:
            texts: texts that the model was not trained on.
            shorter_texts: the reference of each.
            bonuses: what to choose from; the best becomes `processor.bonus`.

        Returns:
            The token F1 of each.

        Raises:
            ValueError: if there is no bonus, no text, or not a shorter text for each.
        """
        texts, shorter_texts = paired(texts, shorter_texts)
        bonuses = list(bonuses)
        if not bonuses:
            raise ValueError("Expected bonuses to choose from. Received: none.")
        found, expected = self._found(texts), references(texts, shorter_texts)
        scores = {}
        for bonus in bonuses:
            kept = [joined(masks_of([p for _, p in parts], None, bonus)) for parts in found]
            scores[bonus] = measured(expected, kept)[0].value
        self.processor.bonus = max(scores, key=scores.__getitem__)
        return scores

    def compile(self, optimizer: keras.optimizers.Optimizer | str) -> None:
        """Ready `model` for `fit` on `gru_zoo.tasks.compression.batches.SentenceBatches`."""
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
        average: int = 1,
        seed: int = 0,
        directory: str | os.PathLike | None = None,
        resume: bool = False,
        verbose: int | str = "auto",
    ) -> keras.callbacks.History:
        """Adapt the compressor to texts of your own; the epochs of the best token F1 are kept.

        Args:
            texts: training texts. Those of more than `processor.max_words` words and marks are
                left out.
            shorter_texts: the shorter form of each. Where it is not made of words of the text in
                their order, the pair is left out.
            validation: share of the pairs held out to find the best epoch, or texts and shorter
                texts.
            epochs: passes over the pairs.
            batch_size: pairs a step.
            learning_rate: peak rate of Adam.
            average: number of best epochs whose mean the weights become.
            seed: of the split, the order of the batches and dropout.
            directory: keep the state of every epoch here, so that a killed training can go on.
            resume: go on with the training in `directory`.
            verbose: as in `keras.Model.fit`.

        Returns:
            The history, with `loss`, `val_loss` and `val_token_f1` of every epoch.
        """
        train, held_out = training.split_pairs(
            paired(texts, shorter_texts), validation, seed, "texts and shorter texts"
        )
        held_out = paired(*held_out)

        def batches(pairs, **options):
            sentences = [self.processor.encode(text)[1] for text, _ in pairs]
            froms = [path_labels(np.append(kept, True)) for _, kept in pairs]
            return SentenceBatches(sentences, froms, batch_size=batch_size, **options)

        pairs, held_pairs = self.usable(*train), self.usable(*held_out)
        return self._train(
            batches(pairs, seed=seed),
            batches(held_pairs, shuffle=False),
            self.compile,
            learning_rate=learning_rate,
            monitor="val_token_f1",
            mode="max",
            settings={"pairs": len(pairs), "batch_size": batch_size},
            kind="texts",
            count=len(pairs),
            seed=seed,
            epochs=epochs,
            average=average,
            directory=directory,
            resume=resume,
            verbose=verbose,
            callbacks=(TokenF1(self._kept, *held_out),),
        )

    def usable(self, texts, shorter_texts) -> list[tuple[str, np.ndarray]]:
        """Texts that are short enough, with which of their words the shorter texts kept.

        Pairs of other kinds are left out with a warning.

        Raises:
            ValueError: if no pair is left.
        """
        pairs = []
        for text, shorter in zip(texts, shorter_texts, strict=True):
            words = words_of(text)
            if 0 < len(words) <= self.processor.max_words:
                found = align(words, shorter)
                if not found.missing:
                    pairs.append((text, found.kept))
        expected = (
            f"pairs of a text of 1 to {self.processor.max_words} words and marks and a shorter one "
            "made of its words in their order"
        )
        if not pairs:
            raise ValueError(f"Expected {expected}. Received: none among {len(texts)} pairs.")
        if len(pairs) < len(texts):
            warnings.warn(
                f"{len(texts) - len(pairs)} of {len(texts)} pairs are left out: they are no "
                f"{expected}.",
                stacklevel=3,
            )
        return pairs
