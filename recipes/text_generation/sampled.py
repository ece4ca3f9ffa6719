"""Train a language model over words with a sampled softmax.

The softmax over a large vocabulary takes most of a training step. Here a step sums over the most
frequent words, which have most of the probability, and over a sample of the others (Jean et al.
2015, On Using Very Large Target Vocabulary for Neural Machine Translation, section 3). Validation
takes the whole softmax.
"""

import functools
from typing import Any

import keras
import numpy as np
from keras import ops

from gru_zoo import training
from gru_zoo.batching.stream import StreamBatches
from gru_zoo.losses.crossentropy import SmoothedCrossentropy, TokenLoss
from gru_zoo.tasks.text_generation.task import TextGeneration
from gru_zoo.tasks.text_generation.training import encode_for_training
from gru_zoo.training.stateful import ResetStates, StatefulModel
from recipes.text_generation.settings import Settings


class SampledSoftmaxModel(StatefulModel):
    """A language model whose output is the loss of every token.

    Ids must be ordered by frequency. With s(w) the logit of word w, `frequent` the number of most
    frequent words, and k words drawn from the others in proportion to q = frequency ** 0.75,

        loss = log( sum over frequent w of exp s(w)
                    + sum over drawn w of exp s(w) / (k q(w)) ) - s(y)

    where the target y counts once with its own weight. A batch draws once.

    Args:
        model: model from `gru_zoo.tasks.text_generation.model.build`, without a memory.
        rows: rows of every batch.
        counts: how often each id occurs, shape `(vocabulary,)`.
        frequent: number of ids that are always in the sum.
        samples: number k of ids drawn.
        seed: seed of the draws.
    """

    def __init__(
        self,
        model: keras.Model,
        rows: int,
        counts: np.ndarray,
        frequent: int,
        samples: int,
        seed: int,
    ):
        hidden = model.get_layer("output_dropout").output
        super().__init__(keras.Model(model.inputs, [hidden, *model.outputs[1:]]), rows)
        self.embedding = model.get_layer("embedding")
        self.frequent, self.samples = frequent, samples
        self.generator = keras.random.SeedGenerator(seed)
        q = np.maximum(counts[frequent:], 1) ** 0.75
        q = q / q.sum()
        self._cumulative = np.cumsum(q).astype("float32")
        self._log_kq = np.log(samples * q).astype("float32")
        self._whole = SmoothedCrossentropy(0.0)

    def call(self, inputs, training=False):
        ids, targets = map(ops.convert_to_tensor, inputs)
        hidden = super().call(ids, training=training)
        if not training:
            return self._whole.call(targets, self.embedding(hidden, reverse=True))
        draw = keras.random.uniform((self.samples,), seed=self.generator, dtype="float32")
        drawn = ops.searchsorted(ops.convert_to_tensor(self._cumulative), draw)
        drawn = ops.minimum(ops.cast(drawn, "int32"), len(self._cumulative) - 1)
        # Rows of the table: the frequent ids, then the drawn ones.
        rows = ops.concatenate([ops.arange(self.frequent, dtype="int32"), self.frequent + drawn])
        offset = ops.take(ops.convert_to_tensor(self._log_kq), drawn)
        offset = ops.concatenate([ops.zeros(self.frequent), offset])
        table = ops.cast(ops.take(self.embedding.embeddings, rows, axis=0), hidden.dtype)
        bias = ops.take(ops.cast(self.embedding.bias, "float32"), rows) - offset
        logits = ops.cast(ops.matmul(hidden, ops.transpose(table)), "float32") + bias
        # The logit of the target stands first; a frequent or drawn id that is the target goes.
        of_target = ops.sum(hidden * ops.cast(self._vectors(targets), hidden.dtype), axis=-1)
        of_target = ops.cast(of_target, "float32")
        of_target = of_target + ops.take(ops.cast(self.embedding.bias, "float32"), targets)
        logits = ops.where(targets[..., None] == rows, -1e9, logits)
        logits = ops.concatenate([of_target[..., None], logits], axis=-1)
        return self._whole.call(ops.zeros_like(targets), logits)

    def _vectors(self, ids):
        return ops.take(self.embedding.embeddings, ids, axis=0)


class PassedLoss(TokenLoss):
    """Mean of losses that the model has computed, padding left out."""

    def __init__(self):
        super().__init__("passed")

    def call(self, y_true, y_pred):
        return y_pred


class PairBatches(StreamBatches):
    """`StreamBatches` whose targets are also inputs."""

    def _batch(self, index: int, columns: slice) -> tuple:
        ids, targets = super()._batch(index, columns)
        return (ids, targets), targets


def fit_sampled(
    task: TextGeneration, train: str, held_out: str, settings: Settings, **options: Any
) -> None:
    """Train a task over words, as its `fit` does, with a sampled softmax.

    Args:
        task: the task, without a pointer.
        train, held_out: training text and validation text.
        settings: settings of the preset.
        **options: further arguments of `gru_zoo.training.fit`.
    """
    ids, held_out_ids = (encode_for_training(task.processor, text) for text in (train, held_out))
    size: dict[str, Any] = {"rows": settings.rows, "window": settings.window}
    counts = np.bincount(ids, minlength=task.processor.tokenizer.vocabulary_size)
    training.seed_generators(task.model, settings.seed)
    frequent = min(settings.frequent, len(counts) // 2)
    model = SampledSoftmaxModel(
        task.model, settings.rows, counts, frequent, settings.samples, settings.seed
    )
    batches = PairBatches(ids, **size, seed=settings.seed, name="a text to train on")
    rate = functools.partial(
        training.optimizer,
        settings.learning_rate,
        len(batches) * settings.epochs,
        settings.warmup,
        weight_decay=settings.weight_decay,
    )
    model.compile(rate(), loss=PassedLoss(), jit_compile=training.jit_compile())
    history = training.fit(
        model,
        batches,
        PairBatches(held_out_ids, **size, shuffle=False, name="a held-out text"),
        epochs=settings.epochs,
        monitor="val_loss",
        mode="min",
        average=settings.average,
        callbacks=(ResetStates(),),
        settings={"learning_rate": settings.learning_rate, "samples": settings.samples, **size},
        **options,
    )
    task.describe_training(history, "text", len(ids), settings.seed)
