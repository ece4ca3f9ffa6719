import itertools

import numpy as np
import pytest

from gru_zoo.tasks.compression.best_paths import BestPaths
from gru_zoo.tasks.compression.path_crf import NEG_INF


def test_best_paths_are_the_best_of_all():
    arcs = np.random.default_rng(0).normal(size=(6, 6))  # four words; arcs back do not count
    found = BestPaths(arcs)
    for count in range(5):
        paths = [(0, *words, 5) for words in itertools.combinations(range(1, 5), count)]
        scores = [sum(arcs[arc] for arc in itertools.pairwise(path)) for path in paths]
        assert found.scores[count] == pytest.approx(max(scores))
        assert tuple(np.flatnonzero(found.kept(count)) + 1) == paths[np.argmax(scores)][1:-1]


def test_a_sentence_without_words_has_one_path():
    found = BestPaths(np.array([[NEG_INF, 1.5], [NEG_INF, NEG_INF]]))
    assert found.scores.tolist() == [1.5] and found.kept(0).shape == (0,)
