"""Restriction of a search to the words that a summary of a text may use.

The words are a trie of sub-words. Each hypothesis of the search is at a node of it and is continued
by the sub-words on the edges that leave the node. At the end of a word it goes on with a mark or
with another word, or ends.

The number of a node is 4 i + flags: 1 if a word may end there, 2 if the summary may.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from keras import ops

from gru_zoo.ops.scatter import scatter_add
from gru_zoo.tasks.summarization.source_words import (
    FUNCTION_WORDS,
    OPEN_WORDS,
    Inflections,
    source_words,
)
from gru_zoo.text.special_tokens import EOS
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

Tensor = Any

WORD_ENDS, TEXT_ENDS = 1, 2

# Roots of the words that follow a space, and of those that follow a mark without a space.
SPACE, ATTACHED = 0, 4
# The nodes behind a mark, and at the start. A summary does not end behind an opening mark.
OPENING_MARK, MARK = 8 + WORD_ENDS, 12 + WORD_ENDS + TEXT_ENDS
_FIRST_FREE = 4

_OPENING = "([{«“‘$£€#@-–—:,/"
_EDGES = (512, 1_024, 2_048)  # few numbers of edges, so that few programs are compiled


class WordGraph:
    """Tries of the words of texts.

    Args:
        tokenizer: the tokenizer of texts and summaries.

    Attributes:
        marks: 1 for the sub-words that are punctuation marks alone, else 0, float32, shape
            `(vocabulary,)`. They may follow every word.
        mark_nodes: the node behind each of them, int32, shape `(vocabulary,)`.
    """

    def __init__(self, tokenizer: SubwordTokenizer):
        self._tokenizer = tokenizer
        self._inflections = Inflections.of_vocabulary(tokenizer)
        pieces = tokenizer.pieces(range(tokenizer.vocabulary_size))
        # Bytes and special tokens are written in angle brackets.
        is_mark = [not any(c.isalnum() or c == "<" for c in piece) for piece in pieces]
        self.marks = np.array(is_mark, "float32")
        opens = [piece.endswith(tuple(_OPENING)) for piece in pieces]
        self.mark_nodes = np.where(opens, OPENING_MARK, MARK).astype("int32")
        self._function_words = self._encoded(sorted(FUNCTION_WORDS), attached=False)
        self._endings = self._encoded(["s"], attached=True)  # as in "the city's"

    def edges(self, text: str) -> np.ndarray:
        """The trie of a text as its edges: node, sub-word, next node; int32, `(edges, 3)`."""
        words = list(source_words(text, self._inflections))
        trie = _Trie()
        for ids, flags in (*self._encoded(words, attached=False), *self._function_words):
            trie.add(SPACE, ids, flags)
        for ids, flags in (*self._encoded(words, attached=True), *self._endings):
            trie.add(ATTACHED, ids, flags)
        return trie.edges()

    def _encoded(self, words: Sequence[str], attached: bool) -> list[tuple[list[int], int]]:
        """Ids of each word, behind a space or behind a mark, and the flags of its last node."""
        rows = self._tokenizer.encode([f'"{word}' if attached else word for word in words])
        return [
            (ids[attached:], WORD_ENDS + (0 if word.lower() in OPEN_WORDS else TEXT_ENDS))
            for word, ids in zip(words, rows, strict=True)
            if len(ids) > attached
        ]


class _Trie:
    """A trie whose nodes are numbered as in this module."""

    def __init__(self):
        self._children: dict[tuple[int, int], int] = {}
        self._flags = [0] * _FIRST_FREE

    def add(self, root: int, ids: Iterable[int], flags: int) -> None:
        node = root // 4
        for token in ids:
            node = self._children.setdefault((node, token), len(self._flags))
            if node == len(self._flags):
                self._flags.append(0)
        self._flags[node] |= flags

    def edges(self) -> np.ndarray:
        numbers = 4 * np.arange(len(self._flags)) + self._flags
        rows = [
            (numbers[node], token, numbers[child])
            for (node, token), child in self._children.items()
        ]
        return np.array(rows, "int32").reshape(-1, 3)


def pad_edges(edges: Sequence[np.ndarray], rows: int) -> np.ndarray:
    """Edges of several texts as one array, int32, `(rows, edges, 3)`, with -1 at padding."""
    longest = max(map(len, edges))
    size = next((size for size in _EDGES if size >= longest), longest)
    padded = np.full((rows, size, 3), -1, "int32")
    for i, row in enumerate(edges):
        padded[i, : len(row)] = row
    return padded


def next_nodes(nodes: Tensor, tokens: Tensor, edges: Tensor, mark_nodes: Tensor) -> Tensor:
    """The nodes that hypotheses reach by a sub-word.

    Args:
        nodes: int32, shape `(rows,)`.
        tokens: int32, shape `(rows,)`.
        edges: shape `(rows, edges, 3)`.
        mark_nodes: see `WordGraph`.
    """
    taken = _open_edges(nodes, edges) & (edges[:, :, 1] == tokens[:, None])
    reached = ops.max(ops.where(taken, edges[:, :, 2], -1), axis=1)
    return ops.where(reached < 0, ops.take(mark_nodes, tokens), reached)


def allowed_tokens(nodes: Tensor, edges: Tensor, marks: Tensor) -> Tensor:
    """Whether each sub-word may follow at a node, boolean, shape `(rows, vocabulary)`.

    Args:
        nodes: int32, shape `(rows,)`.
        edges: shape `(rows, edges, 3)`.
        marks: see `WordGraph`.
    """
    flags = nodes[:, None] % 4
    ends = ops.cast(ops.arange(marks.shape[0]) == EOS, "float32")
    anywhere = ops.cast(flags % 2, "float32") * marks + ops.cast(flags // 2, "float32") * ends
    leaving = ops.cast(_open_edges(nodes, edges), "float32")
    return scatter_add(anywhere, ops.maximum(edges[:, :, 1], 0), leaving) > 0


def _open_edges(nodes: Tensor, edges: Tensor) -> Tensor:
    """Whether each edge can be taken at a node, boolean, shape `(rows, edges)`."""
    nodes, starts = nodes[:, None], edges[:, :, 0]
    behind_mark = (nodes == MARK) | (nodes == OPENING_MARK)
    next_word = (nodes % 2 == 1) & (starts == SPACE)
    return (starts == nodes) | next_word | (behind_mark & (starts == ATTACHED))
