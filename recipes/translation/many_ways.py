"""One model for several directions, as it is trained.

The source of a pair is written with its direction before it, `en-fr<TAB>Hello.`. The model reads
the symbol of the target language in its place, see `TranslationProcessor`.
"""

import functools
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from gru_zoo import training
from gru_zoo.base.seq2seq.batches import Seq2SeqBatches
from gru_zoo.layers import TiedEmbedding
from gru_zoo.tasks.translation.processor import TranslationProcessor, language_symbol
from gru_zoo.tasks.translation.task import Translation
from gru_zoo.text.special_tokens import PAD
from recipes.translation.corpora import Direction

QUARTERS = 4


def directed(text: str, way: Direction) -> str:
    """A source with its direction before it."""
    return f"{way[0]}-{way[1]}\t{text}"


def direction_of(source: str) -> tuple[Direction, str]:
    """The direction and the text of what `directed` returns."""
    code, text = source.split("\t", 1)
    first, second = code.split("-")
    return (first, second), text


class ManyWaysProcessor(TranslationProcessor):
    """A processor whose sources have their direction before them."""

    def read(self, sources: Sequence[str]) -> list[np.ndarray]:
        """Encode each source behind the symbol of its target language."""
        ways, texts = zip(*map(direction_of, sources), strict=True)
        symbols = [self.tokenizer.symbol_id(language_symbol(target)) for _, target in ways]
        return [
            np.array([symbol, *ids], "int32")
            for symbol, ids in zip(symbols, self.encode(texts), strict=True)
        ]


class QuarterBatches(Seq2SeqBatches):
    """Training batches of a quarter of the pairs an epoch, all in four epochs.

    A pass over all pairs takes an hour. So a training is saved, and validated, four times in it.
    """

    def _plan_epoch(self, random: np.random.Generator) -> list[np.ndarray]:
        if not self._shuffle:  # those that validate
            return super()._plan_epoch(random)
        turn, quarter = divmod(self.epoch, QUARTERS)
        return super()._plan_epoch(np.random.default_rng((self.seed, turn)))[quarter::QUARTERS]


class ManyWays(Translation):
    """A translator of several directions; `way` is that of one, with the same model."""

    Processor = ManyWaysProcessor
    Batches = QuarterBatches

    def way(self, languages: Direction) -> Translation:
        """The translator of one direction, which shares the model."""
        words = self.processor.words
        processor = TranslationProcessor(
            self.processor.tokenizer,
            languages,
            self.processor.max_length,
            self.processor.length_penalty,
            {language: words[language] for language in languages if words},
        )
        return Translation(self.model, processor, self.card)

    @functools.cached_property
    def before_logits(self) -> keras.Model | None:
        """The part of the model before the logits, which is trained with `OutputLoss` on torch."""
        if keras.backend.backend() != "torch":
            return None
        vectors = self.model.get_layer("output_dropout").output
        return keras.Model(self.model.inputs, vectors, name="before_logits")

    def compile(self, optimizer: keras.optimizers.Optimizer | str, **loss: Any) -> None:
        """Compile the model that `fit` trains."""
        if self.before_logits is None:
            super().compile(optimizer, **loss)
        else:
            output = OutputLoss(self.model.get_layer("embedding"), **loss)
            self.before_logits.compile(optimizer, output, jit_compile=training.jit_compile())

    def _train(self, *args: Any, **options: Any) -> keras.callbacks.History:
        return super()._train(*args, **options, model=self.before_logits)

    def greedy(self, sources: list[str]) -> list[str]:
        """Translate sources of any directions greedily, in their order."""
        rows: dict[Direction, list[int]] = {}
        for i, source in enumerate(sources):
            rows.setdefault(direction_of(source)[0], []).append(i)
        found = [""] * len(sources)
        for way, indices in rows.items():
            texts = [direction_of(sources[i])[1] for i in indices]
            for i, text in zip(indices, self.way(way).greedy(texts), strict=True):
                found[i] = text
        return found


class OutputLoss(keras.losses.Loss):
    """Smoothed cross-entropy of the vectors that an embedding scores, see `tied_crossentropy`.

    Args:
        embedding: the embedding, whose table and bias learn by it.
        label_smoothing: share of the probability that is spread over the vocabulary.
    """

    def __init__(self, embedding: TiedEmbedding, label_smoothing: float):
        super().__init__(name="crossentropy")
        self.embedding, self.label_smoothing = embedding, label_smoothing

    def __call__(self, y_true, y_pred, sample_weight=None):
        from gru_zoo.losses.torch_tied_crossentropy import tied_crossentropy

        y_true = ops.convert_to_tensor(y_true)
        table, bias = self.embedding.embeddings.value, self.embedding.bias.value
        weights = ops.cast(ops.not_equal(y_true, PAD), "float32")
        return tied_crossentropy(y_pred, table, bias, y_true, weights, self.label_smoothing)
