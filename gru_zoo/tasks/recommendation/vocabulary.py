"""Changes of the items that a model knows, and of what it has counted."""

import dataclasses
from collections.abc import Sequence

import keras
import numpy as np
import scipy.sparse

from gru_zoo.presets.weights import zero_initialization
from gru_zoo.tasks.recommendation.item_vectors import vectors_from_counts, vectors_of_new_items
from gru_zoo.tasks.recommendation.model import Config, build
from gru_zoo.tasks.recommendation.pair_counts import largest_of_rows, pair_counts, successor_counts


def with_more_items(model: keras.Model, config: Config, items: int) -> tuple[keras.Model, Config]:
    """A model with the weights of another and room for more items, whose weights are zeros.

    Args:
        model: the model.
        config: its config.
        items: number of items of the new model, at least that of the old one.
    """
    larger = dataclasses.replace(config, items=items)
    with zero_initialization():
        new = build(larger)
    for layer, old in ((layer, model.get_layer(layer.name)) for layer in new.layers):
        weights = []
        for variable, before in zip(layer.weights, old.get_weights(), strict=True):
            rows = variable.shape[0] - before.shape[0] if before.ndim else 0
            padding = [(0, rows)] + [(0, 0)] * (before.ndim - 1) if rows else None
            weights.append(before if padding is None else np.pad(before, padding))
        layer.set_weights(weights)
    return new, larger


def learn_counts(model: keras.Model, sequences: Sequence[np.ndarray], decay: float) -> None:
    """Add what follows what in sequences to the counts of a model.

    Args:
        model: model from `gru_zoo.tasks.recommendation.model.build`.
        sequences: item numbers, int32, each of shape `(length,)`.
        decay: see `gru_zoo.tasks.recommendation.pair_counts.pair_counts`.
    """
    layer = model.get_layer("successor_counts")
    before = keras.ops.convert_to_numpy(layer.counts)
    # Rows were divided by the root of their sum: the sum of what is left of a row is that root.
    raw = before * before.sum(axis=1, keepdims=True)
    successors = keras.ops.convert_to_numpy(layer.successors)
    rows = np.repeat(np.arange(len(raw)), raw.shape[1])
    shape = (layer.items + 1, layer.items + 1)
    kept = raw.ravel() > 0
    entries = (rows[kept], successors.ravel()[kept])
    earlier = scipy.sparse.coo_array((raw.ravel()[kept], entries), shape).tocsr()
    pairs = pair_counts(sequences, layer.items, decay)
    ids, counts = largest_of_rows(successor_counts(pairs, earlier), layer.neighbors)
    layer.successors.assign(ids)
    layer.counts.assign(counts)
    flat = np.concatenate([np.zeros(0, "int32"), *sequences])
    seen = np.bincount(flat, minlength=layer.items + 1).astype("float32")
    layer.frequencies.assign(keras.ops.convert_to_numpy(layer.frequencies) + seen)


def start_vectors(
    model: keras.Model,
    sequences: Sequence[np.ndarray],
    decay: float,
    is_new: np.ndarray,
    seed: int,
) -> None:
    """Set the vectors and biases of new items from the sequences in which they occur.

    Where all items are new, the vectors come from a decomposition of the counts; else those of new
    items are the means of the items around them.

    Args:
        model: model from `gru_zoo.tasks.recommendation.model.build`, with the counts of the
            sequences.
        sequences, decay: see `learn_counts`.
        is_new: whether an item is new, boolean, shape `(items + 1,)`.
        seed: seed of the random part of the vectors.
    """
    embedding, layer = model.get_layer("embedding"), model.get_layer("successor_counts")
    pairs = pair_counts(sequences, layer.items, decay)
    random = np.random.default_rng(seed)
    if is_new[1:].all():
        vectors = vectors_from_counts(pairs, embedding.dim, random)
    else:
        vectors = keras.ops.convert_to_numpy(embedding.embeddings).copy()
        spread = (is_new.sum(), embedding.dim)
        vectors[is_new] = random.normal(0, embedding.dim**-0.5, spread)
        vectors = vectors_of_new_items(vectors, is_new, pairs)
    embedding.embeddings.assign(vectors)
    shares = keras.ops.convert_to_numpy(layer.popularity())
    bias = keras.ops.convert_to_numpy(embedding.bias)
    # A new model begins with the probabilities of the items' frequencies.
    rare = 0.5 / max(1.0, float(keras.ops.convert_to_numpy(layer.frequencies).sum()))
    embedding.bias.assign(np.where(is_new, np.log(np.maximum(shares, rare)), bias))
