import itertools

import numpy as np
import pytest
from keras import ops

from gru_zoo.paths import NEVER, BestPaths, PathLikelihood, drawn, froms_of, log_totals


def all_paths(places):
    """Every path over so many places, as tuples from the beginning to the end."""
    inner = range(1, places - 1)
    for count in range(len(inner) + 1):
        for words in itertools.combinations(inner, count):
            yield (0, *words, places - 1)


def score(arcs, path):
    return sum(arcs[i, j] for i, j in itertools.pairwise(path))


@pytest.fixture
def arcs():
    """Scores of two sentences, of 6 and of 4 places; what is behind the end is noise."""
    random = np.random.default_rng(0).normal(size=(2, 6, 6)).astype("float32")
    return np.where(np.triu(np.ones((6, 6), "bool"), 1), random, NEVER).astype("float32")


def test_likelihood_is_over_all_paths(arcs):
    kept = [np.array([True, False, True, False, True]), np.array([False, True, True])]
    froms = np.stack([np.pad(froms_of(k), (0, 5 - len(k))) for k in kept])
    found = PathLikelihood()(froms, arcs)
    expected = []
    for table, path, places in zip(arcs, [(0, 1, 3, 5), (0, 2, 3)], (6, 4), strict=True):
        scores = [score(table, p) for p in all_paths(places)]
        expected.append(np.logaddexp.reduce(scores) - score(table, path))
    assert float(found) == pytest.approx(np.mean(expected), rel=1e-5)


def test_probabilities_of_all_paths_sum_to_one(arcs):
    total = 0.0
    for path in all_paths(6):
        kept = np.isin(np.arange(1, 6), path)
        total += np.exp(-float(PathLikelihood()(froms_of(kept)[None], arcs[:1])))
    assert total == pytest.approx(1.0, rel=1e-4)


def test_totals_do_not_overflow(arcs):
    totals = ops.convert_to_numpy(log_totals(ops.convert_to_tensor(arcs * 50)))
    assert np.isfinite(totals).all() and totals[0, 0] == 0


def test_best_paths_are_the_best_of_all(arcs):
    found = BestPaths(arcs[0])
    for count in range(5):
        paths = [path for path in all_paths(6) if len(path) == count + 2]
        best = max(paths, key=lambda path: score(arcs[0].astype("float64"), path))
        assert found.scores[count] == pytest.approx(score(arcs[0], best), rel=1e-5)
        assert tuple(np.flatnonzero(found.kept(count)) + 1) == best[1:-1]


def test_paths_are_drawn_from_their_probability(arcs):
    found = drawn(arcs[0], 4_000, np.random.default_rng(1))
    assert found.shape == (4_000, 4)
    total = np.logaddexp.reduce([score(arcs[0], path) for path in all_paths(6)])
    for path in all_paths(6):
        share = (found == np.isin(np.arange(1, 5), path)).all(axis=1).mean()
        assert share == pytest.approx(np.exp(score(arcs[0], path) - total), abs=0.03)


def test_a_sentence_without_words_has_one_path():
    found = BestPaths(np.array([[NEVER, 1.5], [NEVER, NEVER]]))
    assert found.scores.tolist() == [1.5] and found.kept(0).shape == (0,)


def test_froms():
    assert froms_of(np.array([True, False, True, True])).tolist() == [0, 1, 0, 2, 4]


def test_the_loss_is_made_again_from_its_config():
    assert PathLikelihood.from_config(PathLikelihood(name="nats").get_config()).name == "nats"
