"""Start a translator from a smaller one, or from one of another pair of languages.

New units are added beside the old ones so that, with the same sub-words, the larger model gives the
same logits as the smaller before it is trained (Chen et al. 2016, Net2Net, section 2.2, has the
idea; here old units read nothing from new ones at first, instead of sharing with copies). A
vocabulary of its own starts from the vectors that the old one has for the same letters, as in the
transfer of Zoph et al. 2016, Transfer Learning for Low-Resource Neural Machine Translation.
"""

import numpy as np

from gru_zoo.layers import GRU
from gru_zoo.tasks.translation.model import Config
from gru_zoo.tasks.translation.task import Translation
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

# What the layers read, side by side: states of GRUs (u) and vectors of sub-words (e).
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
    """Give an untrained task the weights of an earlier one, of as many units or fewer.

    Args:
        task: the task.
        earlier: the earlier one.

    Raises:
        SystemExit: the earlier one is larger.
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
        grown = [
            _placed(array, weight, blocks, sizes)
            for array, weight, blocks in zip(layer.get_weights(), weights, axes, strict=True)
        ]
        if name == "readout":  # new features of it are scored by random vectors
            grown = [_silent(array, old.embedding_dim) for array in grown]
        layer.set_weights(grown)
    table = task.model.get_layer("embedding")
    vectors, bias = table.get_weights()
    old_vectors, old_bias = earlier.model.get_layer("embedding").get_weights()
    for piece, ids in enumerate(spelled(task.processor.tokenizer, earlier.processor.tokenizer)):
        vectors[piece, : old.embedding_dim] = old_vectors[ids].mean(axis=0)
        bias[piece] = old_bias[ids].mean()
    table.set_weights([vectors, bias])


def spelled(tokenizer: SubwordTokenizer, other: SubwordTokenizer) -> list[list[int]]:
    """For each sub-word of a tokenizer the ids that another one has for the same letters."""
    pieces = tokenizer.pieces(range(tokenizer.vocabulary_size))
    own = {piece: i for i, piece in enumerate(other.pieces(range(other.vocabulary_size)))}
    starts = [piece.startswith("▁") for piece in pieces]
    words = [piece.removeprefix("▁") or " " for piece in pieces]
    found = other.encode_words(words, [not start for start in starts])
    return [[own[piece]] if piece in own else ids for piece, ids in zip(pieces, found, strict=True)]


def _axes(layer, reads: str) -> list[tuple[str, ...]]:
    """For each weight of a layer what its axes are made of; "" for axes that do not grow."""
    if isinstance(layer, GRU):
        return [(reads, "uuu"), ("u", "uuu"), ("", "uuu")]
    writes = "e" if layer.name == "readout" else "u"
    return [(reads, writes), (writes,), (writes, "")][: len(layer.weights)]


def _placed(array: np.ndarray, old: np.ndarray, blocks: tuple[str, ...], sizes) -> np.ndarray:
    """The old weights at their places in a new array, to which new inputs give nothing."""
    places = [
        _places(axis, sizes) if axis else np.arange(size)
        for axis, size in zip(blocks, array.shape, strict=True)
    ]
    grown = array.copy()
    if len(places) == 2:
        grown[:, places[1]] = 0.0
    grown[np.ix_(*places)] = old
    return grown


def _places(blocks: str, sizes: dict[str, tuple[int, int]]) -> np.ndarray:
    """Where the indices of an axis lie once each of its blocks has grown."""
    starts = np.cumsum([0, *(sizes[block][1] for block in blocks)])
    return np.concatenate(
        [start + np.arange(sizes[block][0]) for start, block in zip(starts, blocks, strict=False)]
    )


def _silent(array: np.ndarray, kept: int) -> np.ndarray:
    array = array.copy()
    array[..., kept:] = 0.0
    return array
