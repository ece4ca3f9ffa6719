"""Step models of which every sequence can be listed."""

import itertools

import keras
import numpy as np
from keras import ops

from gru_zoo.text.special_tokens import BOS, EOS

WORDS = 4  # tokens that may be written: EOS and three more
LIMIT = 4
KEYS = np.arange(6, dtype="int32")


class Toy:
    """A step model whose next token depends on the row, the last token and the one before it.

    Logits are looked up: `table[row's key, token before, last token]`.
    """

    ends = True
    shared = False

    def __init__(self, keys=6, seed=0):
        random = np.random.default_rng(seed)
        size = EOS + WORDS
        table = random.normal(size=(keys, size, size, size), scale=1.5).astype("float32")
        table[..., :EOS] = 50.0  # special tokens would win if they could be written
        self.table = keras.Variable(table.reshape(-1, size))
        self.size, self.variables = size, [self.table]

    def start(self, keys):
        keys = ops.convert_to_tensor(keys)
        return {"before": ops.zeros_like(keys)}, (keys,)

    def step(self, tokens, state, memory):
        index = (memory[0] * self.size + state["before"]) * self.size + tokens
        return ops.take(self.table, index, axis=0), {"before": tokens}

    def finish(self, state):
        return state

    def score(self, key, ids):
        """Log-probability of ids after BOS, among the tokens that may be written."""
        table = ops.convert_to_numpy(self.table).reshape(-1, self.size, self.size, self.size)
        before, last, total = 0, BOS, 0.0
        for token in ids:
            logits = table[key, before, last, EOS:].astype("float64")
            total += logits[token - EOS] - np.logaddexp.reduce(logits)
            before, last = last, token
        return total

    def every(self, key, limit):
        """Every sequence within the limit, with its log-probability."""
        others = range(EOS + 1, self.size)
        for length in range(limit):
            for ids in itertools.product(others, repeat=length):
                yield (*ids, EOS), self.score(key, (*ids, EOS))
        for ids in itertools.product(others, repeat=limit):
            yield ids, self.score(key, ids)


class Endless(Toy):
    """The same, where `EOS` is a token like any other."""

    ends = False


class Counting(Toy):
    """The same, with a count of the calls of `step`."""

    calls = 0

    def step(self, tokens, state, memory):
        self.calls += 1
        return super().step(tokens, state, memory)


def limits(count, limit=LIMIT):
    return np.full(count, limit)


def strip(ids):
    return [token for token in ids if token != EOS]
