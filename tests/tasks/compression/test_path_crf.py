import itertools

import numpy as np
import pytest
from keras import ops

from gru_zoo.tasks.compression.path_crf import (
    NEG_INF,
    PathCrossentropy,
    PathLikelihood,
    log_totals,
    path_labels,
    probabilities,
)


def all_paths(nodes):
    """Every path over so many nodes, as tuples from the beginning to the end."""
    inner = range(1, nodes - 1)
    for count in range(len(inner) + 1):
        for words in itertools.combinations(inner, count):
            yield (0, *words, nodes - 1)


def score(arcs, path):
    return sum(arcs[i, j] for i, j in itertools.pairwise(path))


@pytest.fixture
def arcs():
    """Scores of two sentences, of 6 and of 4 nodes; the rest is noise."""
    random = np.random.default_rng(0).normal(size=(2, 6, 6)).astype("float32")
    return np.where(np.triu(np.ones((6, 6), "bool"), 1), random, NEG_INF).astype("float32")


def test_likelihood_is_over_all_paths(arcs):
    kept = [np.array([True, False, True, False, True]), np.array([False, True, True])]
    labels = np.stack([np.pad(path_labels(k), (0, 5 - len(k))) for k in kept])
    found = PathLikelihood()(labels, arcs)
    expected = []
    for table, path, nodes in zip(arcs, [(0, 1, 3, 5), (0, 2, 3)], (6, 4), strict=True):
        scores = [score(table, p) for p in all_paths(nodes)]
        expected.append(np.logaddexp.reduce(scores) - score(table, path))
    assert float(found) == pytest.approx(np.mean(expected), rel=1e-5)


def test_probabilities_of_all_paths_sum_to_one(arcs):
    total = 0.0
    for path in all_paths(6):
        kept = np.isin(np.arange(1, 6), path)
        total += np.exp(-float(PathLikelihood()(path_labels(kept)[None], arcs[:1])))
    assert total == pytest.approx(1.0, rel=1e-4)


def test_totals_do_not_overflow(arcs):
    totals = ops.convert_to_numpy(log_totals(ops.convert_to_tensor(arcs * 50)))
    assert np.isfinite(totals).all() and totals[0, 0] == 0


def test_probabilities_of_arcs_are_those_of_the_paths_that_have_them(arcs):
    paths = list(all_paths(6))
    scores = np.array([score(arcs[0].astype("float64"), path) for path in paths])
    expected = np.zeros((6, 6))
    for path, share in zip(paths, np.exp(scores - np.logaddexp.reduce(scores)), strict=True):
        for arc in itertools.pairwise(path):
            expected[arc] += share
    np.testing.assert_allclose(probabilities(arcs[0]), expected, atol=1e-6)


def test_crossentropy_is_the_mean_likelihood_of_paths(arcs):
    shares = np.zeros((2, 2, 6, 6), "float32")  # two paths of each sentence
    labels = np.zeros((2, 2, 6), "int32")
    for choice, paths in enumerate([((0, 1, 3, 5), (0, 2, 3)), ((0, 5), (0, 3))]):
        for sentence, path in enumerate(paths):
            for i, j in itertools.pairwise(path):
                shares[choice, sentence, i, j] = 1
                labels[choice, sentence, j] = i + 1
    nats = [float(PathLikelihood()(paths, arcs)) for paths in labels]
    assert float(PathCrossentropy()(shares[0], arcs)) == pytest.approx(nats[0], rel=1e-5)
    mixed = float(PathCrossentropy()(0.25 * shares[0] + 0.75 * shares[1], arcs))
    assert mixed == pytest.approx(0.25 * nats[0] + 0.75 * nats[1], rel=1e-5)


@pytest.mark.parametrize("loss", [PathLikelihood, PathCrossentropy])
def test_a_loss_is_made_again_from_its_config(loss):
    assert loss.from_config(loss(name="nats").get_config()).name == "nats"


def test_path_labels():
    assert path_labels(np.array([True, False, True, True])).tolist() == [0, 1, 0, 2, 4]
