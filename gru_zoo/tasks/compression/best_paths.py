"""Exact search for the best path of every length."""

import numpy as np


class BestPaths:
    """The best path for each number of kept words, by exact dynamic programming.

    Args:
        arcs: scores of the arcs of one sentence of n words, float, shape `(n + 2, n + 2)`, see
            `gru_zoo.tasks.compression.path_crf`.

    Attributes:
        scores: score of the best path that keeps k words, for k from 0 to n, float64, shape
            `(n + 1,)`.
    """

    def __init__(self, arcs: np.ndarray):
        count = len(arcs) - 2
        arcs = np.triu(arcs.astype("float64"), 1) + np.tril(np.full(arcs.shape, -np.inf))
        reached = np.full(len(arcs), -np.inf)  # score of the best path of so many arcs to each node
        reached[0] = 0.0
        self._previous, scores = [], []
        for _ in range(count + 1):
            candidates = reached[:, None] + arcs
            self._previous.append(candidates.argmax(axis=0))
            reached = candidates.max(axis=0)
            scores.append(reached[-1])
        self.scores = np.array(scores)

    def kept(self, count: int) -> np.ndarray:
        """Return which words the best path that keeps `count` words keeps.

        Args:
            count: number of words, from 0 to n.

        Returns:
            Boolean, shape `(n,)`.
        """
        kept = np.zeros(len(self.scores), "bool")
        node = len(kept)
        for previous in self._previous[count::-1]:
            node = int(previous[node])
            kept[node] = True
        return kept[1:]
