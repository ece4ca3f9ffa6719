"""Whole next words from a model over pieces of words."""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from gru_zoo.decoding.arrays import NEG_INF
from gru_zoo.ops.compile import compiled
from gru_zoo.text.special_tokens import BOS

MOST_PIECES = 24  # characters or sub-words of a word; longer ones are not suggested
MOST_READ = 16  # of the text, in one go with the first step


class Prefixes(NamedTuple):
    """Beginnings of words, the likeliest first.

    Args:
        ids: int32, shape `(beginnings, pieces)`.
        shares: the probability of all words that begin so, shape `(beginnings,)`.
        parents: the row that each had when it was a piece shorter, int32, `(beginnings,)`.
    """

    ids: np.ndarray
    shares: np.ndarray
    parents: np.ndarray


class NextWordSearch:
    """A beam search for the next word, given that one follows.

    The first piece is one that begins a word, and any piece that does not go on with the word ends
    it. No word is likelier than its beginning, so the search is over when as many words as are
    asked for are likelier than every beginning that is left.

    What a search weighs is a handful of numbers, and mostly two or three steps are enough. So the
    loop runs outside of the backend, which computes a step of all beginnings at a time.

    Args:
        steps: the model, see `gru_zoo.tasks.text_generation.decoder_steps.LanguageModelSteps`.
        begin: which ids may begin a word, boolean, shape `(vocabulary,)`.
        inside: which ids may go on with one, boolean, shape `(vocabulary,)`.
        beam_size: beginnings that are followed at a time.
    """

    def __init__(self, steps: Any, begin: np.ndarray, inside: np.ndarray, beam_size: int):
        self.steps, self.beam_size = steps, beam_size
        self._choices = min(beam_size, len(begin))
        # What is added to the logits, so that only what may begin a word is left.
        self._begin = ops.convert_to_tensor(np.where(begin, 0, NEG_INF), "float32")
        self._inside = ops.convert_to_tensor(inside, "float32")
        self._outside = 1 - self._inside
        self._first = compiled(self._first_pieces, steps.variables, fixed=True)
        self._next = compiled(self._next_pieces, steps.variables, fixed=True)

    def search(
        self, text: np.ndarray, states: list[Any], n: int
    ) -> tuple[list[tuple[np.ndarray, float]], list[Any]]:
        """The likeliest words behind a text.

        Args:
            text: ids of its end, 1 to `MOST_READ`.
            states: those of the model before these.
            n: number of words, 1 or more.

        Returns:
            The ids of the words and their probabilities, at most `n`, the best first; and the
            states before the last id of the text.
        """
        live = Prefixes(np.zeros((1, 0), "int32"), np.ones(1), np.zeros(1, "int32"))
        words: list[tuple[np.ndarray, float]] = []
        count = np.array(len(text), "int32")
        text = np.pad(text, (0, MOST_READ - len(text)))
        shares, ids, state, memory, states = self._first(text, count, states)
        live = self._longer(live, shares, ids)
        for _ in range(MOST_PIECES):
            if live.shares[0] <= (words[-1][1] if len(words) == n else 0):
                break
            ends, shares, ids, state = self._next(live.ids[:, -1], live.parents, state, memory)
            found = live.shares * ops.convert_to_numpy(ends)
            words += zip(live.ids, found.tolist(), strict=True)
            words = sorted(words, key=lambda word: -word[1])[:n]
            live = self._longer(live, shares, ids)
        return [(ids, share) for ids, share in words if share > 0], states

    def _longer(self, live: Prefixes, shares: Any, ids: Any) -> Prefixes:
        """The `beam_size` likeliest beginnings of one more piece; some of share 0 if there are few.

        Args:
            live: the beginnings so far.
            shares: probability of each piece behind each, shape `(beginnings, choices)`.
            ids: the pieces, of the same shape.
        """
        shares, ids = map(ops.convert_to_numpy, (shares, ids))
        found = (live.shares[:, None] * shares).ravel()
        best = np.argsort(-found, kind="stable")[: self.beam_size]
        best = np.pad(best, (0, self.beam_size - len(best)), "edge")
        parents = (best // shares.shape[1]).astype("int32")
        longer = np.concatenate([live.ids[parents], ids.ravel()[best, None]], axis=1)
        found = np.where(np.arange(self.beam_size) < found.size, found[best], 0.0)
        return Prefixes(longer.astype("int32"), found, parents)

    def _first_pieces(self, ids, count, states):
        """Probabilities and ids of first pieces, each `(1, choices)`, state and memory, and the
        states before the last id.

        Args:
            ids: shape `(MOST_READ,)`.
            count: how many of them are read, shape `()`.
            states: those of the model before the first.
        """
        before, (state, memory) = self.steps.read(ids, count, states)
        logits, state = self.steps.step(ops.full((1,), BOS, "int32"), state, memory)
        shares = ops.softmax(ops.cast(logits, "float32") + self._begin, axis=-1)
        state = keras.tree.map_structure(lambda x: ops.repeat(x, self.beam_size, axis=0), state)
        return (*ops.top_k(shares, self._choices), state, memory, before)

    def _next_pieces(self, tokens, parents, state, memory):
        """For each beginning the probability that it is a word, and what it goes on with.

        Args:
            tokens: the last piece of each, shape `(beam_size,)`.
            parents: its row in the step before.
            state, memory: as they were returned there.

        Returns:
            `(beam_size,)`; probabilities and ids of pieces, each `(beam_size, choices)`; the state.
        """
        tokens, parents = map(ops.convert_to_tensor, (tokens, parents))
        state = keras.tree.map_structure(lambda x: ops.take(x, parents, axis=0), state)
        logits, state = self.steps.step(tokens, state, memory)
        shares = ops.softmax(ops.cast(logits, "float32"), axis=-1)
        ends = ops.matmul(shares, self._outside)
        return (ends, *ops.top_k(shares * self._inside, self._choices), state)
