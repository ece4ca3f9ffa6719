"""Model of the next item of a sequence: a GRU whose probabilities are mixed with counts."""

import dataclasses

import keras
from keras import layers, ops

from gru_zoo.layers import GRU, TiedEmbedding
from gru_zoo.ops.gather import take_along_axis
from gru_zoo.tasks.recommendation.successor_counts import SuccessorCounts

EXCLUDED = -1e30  # added to the logit of the padding, which is no item


@dataclasses.dataclass(frozen=True)
class Config:
    """Architecture of the model.

    Args:
        items: number of items, padding not counted.
        embedding_dim: size of an item's vector.
        units: size of the GRU.
        item_dropout: dropout rate of the items' vectors, in training.
        output_dropout: dropout rate of the vector that scores the items, in training.
        neighbors: number of successors whose counts are kept of an item.
        pair_decay: factor by which a pair of items counts less with each item between them.
        history_decay: factor by which the counts of an item fall with each further item.
    """

    items: int = 49_438
    embedding_dim: int = 64
    units: int = 128
    item_dropout: float = 0.5
    output_dropout: float = 0.3
    neighbors: int = 16
    pair_decay: float = 0.6
    history_decay: float = 0.7


def build(config: Config) -> keras.Model:
    """Build a GRU over items under a softmax that shares its weights with the embedding.

    The softmax reads the state and the last item. Its probabilities are the prior of
    `gru_zoo.tasks.recommendation.successor_counts.SuccessorCounts`.

    Returns:
        A model from item ids, integer, shape `(batch, time)`, padded with 0 at the right, to the
        probabilities of the item after the last one, float32, shape `(batch, items + 1)`. The
        layer `query` has the vector that scores the items after every step, shape
        `(batch, time, embedding_dim)`, and `prior` the probabilities of the GRU alone.
    """
    # Layers
    embedding = TiedEmbedding(config.items + 1, config.embedding_dim, name="embedding")
    item_dropout = layers.Dropout(config.item_dropout, (None, 1, None), name="item_dropout")
    gru = GRU(config.units, return_sequences=True, name="gru")
    projection = layers.Dense(config.embedding_dim, name="projection")
    query = layers.Dropout(config.output_dropout, name="query")
    prior = layers.Softmax(dtype="float32", name="prior")
    counts = SuccessorCounts(
        config.items, config.neighbors, config.history_decay, name="successor_counts"
    )

    # Functional model
    item_ids = keras.Input((None,), dtype="int32", name="item_ids")
    is_item = item_ids != 0
    x = item_dropout(embedding(item_ids))
    h = gru(x, mask=is_item)
    queries = query(projection(ops.concatenate([h, x], axis=-1)))
    count = ops.sum(ops.cast(is_item, "int32"), axis=1)
    last = ops.maximum(count - 1, 0)[:, None, None]
    logits = embedding(take_along_axis(queries, last, axis=1)[:, 0], reverse=True)
    probabilities = counts(item_ids, prior(without_padding(logits)))
    return keras.Model(item_ids, probabilities, name="recommendation")


def without_padding(logits):
    """Logits in float32, that of the padding too low for any probability; `(batch, items + 1)`."""
    is_padding = ops.arange(logits.shape[-1]) == 0
    # A sum, since a choice among many logits takes three times as long on torch.
    return ops.cast(logits, "float32") + ops.where(is_padding, EXCLUDED, 0.0)
