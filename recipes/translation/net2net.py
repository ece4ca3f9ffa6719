"""Start a translator from a smaller one, or from one of another pair of languages.

New units are added beside the old ones. With the same sub-words the larger model has the same
logits as the smaller one, until it is trained. The idea is that of Chen et al. 2016, Net2Net,
section 2.2; there new units are copies of old ones, here the weights from new units to old ones are
zero. The vectors of a new vocabulary start from those that the old one has for the same letters, as
in Zoph et al. 2016, Transfer Learning for Low-Resource Neural Machine Translation.
"""

import numpy as np

from gru_zoo.layers import GRU
from gru_zoo.tasks.translation.model import Config
from gru_zoo.tasks.translation.task import Translation
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

# Inputs of the layers, concatenated: states of GRUs (u) and vectors of sub-words (e).
READS = {
    "forward_1": "e",
    "backward_1": "e",
    "forward_2": "uu",
    "backward_2": "uu",
    "keys": "uu",
    "start_first": "uu",
    "start_second": "uu",
    "first": "e",
    "attention": "u",
    "second": "uuu",
    "readout": "uuue",
}


def grow(task: Translation, earlier: Translation) -> None:
    """Set the weights of an untrained task from those of an earlier one.

    Args:
        task: the untrained task.
        earlier: the earlier task, which has at most as many units.

    Raises:
        SystemExit: the earlier task is larger.
    """
    old, new = (Config(**t.card.config) for t in (earlier, task))
    if old.units > new.units or old.embedding_dim > new.embedding_dim:
        raise SystemExit(
            f"Expected units and embedding_dim of at least those of '{earlier.card.name}', "
            f"{old.units} and {old.embedding_dim}. Received: {new.units} and {new.embedding_dim}."
        )
    sizes = {"u": (old.units, new.units), "e": (old.embedding_dim, new.embedding_dim)}
    for name, reads in READS.items():
        layer = task.model.get_layer(name)
        weights = earlier.model.get_layer(name).get_weights()
        axes = _axes(layer, reads)
        expanded = [
            _expanded(array, weight, blocks, sizes)
            for array, weight, blocks in zip(layer.get_weights(), weights, axes, strict=True)
        ]
        if name == "readout":  # its new features are scored by random vectors, so they must be zero
            expanded = [_with_zero_features(array, old.embedding_dim) for array in expanded]
        layer.set_weights(expanded)
    table = task.model.get_layer("embedding")
    vectors, bias = table.get_weights()
    old_vectors, old_bias = earlier.model.get_layer("embedding").get_weights()
    tokenizers = task.processor.tokenizer, earlier.processor.tokenizer
    for piece, ids in enumerate(same_letters(*tokenizers)):
        vectors[piece, : old.embedding_dim] = old_vectors[ids].mean(axis=0)
        bias[piece] = old_bias[ids].mean()
    table.set_weights([vectors, bias])


def same_letters(tokenizer: SubwordTokenizer, other: SubwordTokenizer) -> list[list[int]]:
    """For each sub-word of a tokenizer the ids in which another tokenizer spells it."""
    pieces = tokenizer.pieces(range(tokenizer.vocabulary_size))
    own = {piece: i for i, piece in enumerate(other.pieces(range(other.vocabulary_size)))}
    starts = [piece.startswith("▁") for piece in pieces]
    words = [piece.removeprefix("▁") or " " for piece in pieces]
    rows = other.encode_words(words, [not start for start in starts])
    return [[own[piece]] if piece in own else ids for piece, ids in zip(pieces, rows, strict=True)]


def _axes(layer, reads: str) -> list[tuple[str, ...]]:
    """For each weight of a layer the blocks of its axes; "" for an axis that does not grow."""
    if isinstance(layer, GRU):
        return [(reads, "uuu"), ("u", "uuu"), ("", "uuu")]
    writes = "e" if layer.name == "readout" else "u"
    return [(reads, writes), (writes,), (writes, "")][: len(layer.weights)]


def _expanded(array: np.ndarray, old: np.ndarray, blocks: tuple[str, ...], sizes) -> np.ndarray:
    """A new array that holds the old weights; those from new inputs to old units are zero."""
    indices = [
        _old_indices(axis, sizes) if axis else np.arange(size)
        for axis, size in zip(blocks, array.shape, strict=True)
    ]
    expanded = array.copy()
    if len(indices) == 2:
        expanded[:, indices[1]] = 0.0
    expanded[np.ix_(*indices)] = old
    return expanded


def _old_indices(blocks: str, sizes: dict[str, tuple[int, int]]) -> np.ndarray:
    """Indices that the entries of an axis have once each of its blocks has grown."""
    starts = np.cumsum([0, *(sizes[block][1] for block in blocks)])
    return np.concatenate(
        [start + np.arange(sizes[block][0]) for start, block in zip(starts, blocks, strict=False)]
    )


def _with_zero_features(array: np.ndarray, kept: int) -> np.ndarray:
    array = array.copy()
    array[..., kept:] = 0.0
    return array
