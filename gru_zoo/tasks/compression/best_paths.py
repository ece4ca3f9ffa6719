"""The best path of every length, found exactly."""

import numpy as np


class BestPaths:
    """The best path for each number of words that it keeps, found exactly.

    Args:
        arcs: scores as of `PathLikelihood` for one sentence of n words, shape `(n + 2, n + 2)`.

    Attributes:
        scores: of the best path that keeps k words, shape `(n + 1,)` for k from 0 to n.
    """

    def __init__(self, arcs: np.ndarray):
        count = len(arcs) - 2
        arcs = np.triu(arcs.astype("float64"), 1) + np.tril(np.full(arcs.shape, -np.inf))
        reached = np.full(len(arcs), -np.inf)
        reached[0] = 0.0
        self._froms, scores = [], []
        for _ in range(count + 1):
            ways = reached[:, None] + arcs
            self._froms.append(ways.argmax(axis=0))
            reached = ways.max(axis=0)
            scores.append(reached[-1])
        self.scores = np.array(scores)

    def kept(self, count: int) -> np.ndarray:
        """Which words the best path with `count` words keeps, boolean, shape `(n,)`."""
        kept = np.zeros(len(self.scores), "bool")
        place = len(kept)
        for froms in self._froms[count::-1]:
            place = int(froms[place])
            kept[place] = True
        return kept[1:]
