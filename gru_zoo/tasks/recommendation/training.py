"""What `Recommendation.fit` does: held-out items, the loss, and the score that chooses epochs."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from gru_zoo import training
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.recommendation.metrics import ranking_metrics, ranks
from gru_zoo.tasks.recommendation.sampled_loss import SampledLoss
from gru_zoo.tasks.recommendation.scoring import batches

JUDGED = 2_000  # held-out items that are ranked after every epoch, drawn at random
STRENGTHS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # of the prior, to choose from
_SHORTEST = 3  # items of a sequence whose last one may be held out

HeldOut = tuple[list[np.ndarray], np.ndarray]


def hold_out_last(
    sequences: Sequence[np.ndarray], share: float, seed: int
) -> tuple[list[np.ndarray], HeldOut]:
    """Hold out the last item of a share of the sequences.

    Args:
        sequences: item numbers of each user.
        share: share of the sequences with three items or more, above 0 and up to 1.
        seed: seed of the draw.

    Returns:
        The sequences without the items held out; histories and the items that followed.

    Raises:
        ValueError: the share is out of its range, or no sequence is long enough.
    """
    long = [row for row, ids in enumerate(sequences) if len(ids) >= _SHORTEST]
    if not (0 < share <= 1 and long):
        raise ValueError(
            f"Expected validation above 0 and up to 1, of sequences of {_SHORTEST} items or more. "
            f"Received: validation={share}, with {len(long)} such sequences. Give a share, or a "
            "pair of histories and next items."
        )
    count = max(1, round(share * len(long)))
    chosen = set(np.random.default_rng(seed).permutation(long)[:count].tolist())
    train = [ids[:-1] if row in chosen else ids for row, ids in enumerate(sequences)]
    held_out = [sequences[row] for row in sorted(chosen)]
    return train, ([ids[:-1] for ids in held_out], np.array([ids[-1] for ids in held_out]))


def judged(held_out: HeldOut, seed: int) -> HeldOut:
    """At most `JUDGED` of the held-out items, drawn at random.

    An empty history is passed over, since neither the GRU nor the counts decide there.
    """
    histories, targets = held_out
    rows = np.random.default_rng(seed).permutation(len(targets))
    rows = np.array([row for row in rows if len(histories[row])][:JUDGED], int)
    return [histories[row] for row in rows], targets[rows]


class NextItemModel(keras.Model):
    """The model of recommendation under a sampled softmax, for training.

    Args:
        model: model from `gru_zoo.tasks.recommendation.model.build`.
        frequencies: how often each item occurs, shape `(items + 1,)`.
        samples: number of items that a batch is compared with.
        seed: seed of their draw.

    Call arguments:
        item_ids: integer, shape `(batch, time + 1)`, padded with 0 at the right.

    Output shape: `(batch, time)`, the loss in nats of each item that follows another.
    """

    def __init__(self, model: keras.Model, frequencies: np.ndarray, samples: int, seed: int):
        super().__init__(name="next_item")
        self.embedding = model.get_layer("embedding")
        self.queries = keras.Model(model.input, model.get_layer("query").output)
        self.loss_of = SampledLoss(frequencies, samples, seed)
        self.generator = self.loss_of.generator  # found by Keras here, so that a state has it
        self.built = True  # weights can be loaded before the first call

    def call(self, item_ids, training=False):
        item_ids = ops.convert_to_tensor(item_ids)
        hidden = self.queries(item_ids[:, :-1], training=training)
        table, bias = self.embedding.embeddings, self.embedding.bias
        return self.loss_of(hidden, item_ids[:, 1:], table, bias)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Mean over the items that follow another."""
        return ops.sum(y_pred * sample_weight) / ops.maximum(ops.sum(sample_weight), 1.0)


class Judge(keras.callbacks.Callback):
    """After every epoch, `val_ndcg_10` of held-out items in the full ranking.

    It is that of the best of `STRENGTHS`, which the model gets.

    Args:
        model: model from `gru_zoo.tasks.recommendation.model.build`.
        held_out: histories and the items that followed.
    """

    def __init__(self, model: keras.Model, held_out: HeldOut):
        super().__init__()
        self.held_out, self.counts = held_out, model.get_layer("successor_counts")
        self.both = keras.Model(model.input, [model.get_layer("prior").output, model.output])

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if logs is not None:
            logs["val_ndcg_10"] = self.choose_strength()

    def choose_strength(self) -> float:
        """Give the prior the strength with the highest gain, and return that gain.

        From the probabilities for the strength 1 follow those for all others, up to a factor.
        """
        self.counts.strength.assign(1.0)
        histories, targets = self.held_out
        found = np.zeros((len(STRENGTHS), len(targets)), "int64")
        for rows, ids in batches(histories, self.counts.items):
            outputs = predict_on_batch(self.both, ids)
            prior, mixed = (np.asarray(output)[: len(rows)] for output in outputs)
            total = 1.0 + ops.convert_to_numpy(self.counts.totals(ids[: len(rows)]))
            evidence = mixed * total - prior
            seen = [histories[row] for row in rows]
            for row, strength in enumerate(STRENGTHS):
                found[row, rows] = ranks(evidence + strength * prior, seen, targets[rows])
        gains = [ranking_metrics(row, self.counts.items)[0].value for row in found]
        self.counts.strength.assign(STRENGTHS[int(np.argmax(gains))])
        return max(gains)


def compiler(model: NextItemModel) -> Callable[[Any], None]:
    """A function that compiles a model for training with an optimizer."""
    return lambda optimizer: model.compile(optimizer, jit_compile=training.jit_compile())
