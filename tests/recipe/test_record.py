import time

import pytest

from gru_zoo.data import imdb
from gru_zoo.presets.card import DataRow
from gru_zoo.recipe.record import data_rows, describe_counts, record


def test_counts_are_described():
    counts = {"multi30k": 29_000, "own files": 38}
    expected = "29,000 pairs of multi30k, 38 pairs of own files; 1,014 to validate"
    assert describe_counts(counts, 1_014, "pairs") == expected


def test_rows_have_the_terms_of_published_sets():
    terms = imdb.SOURCE.licence, imdb.SOURCE.homepage
    assert data_rows({"imdb": 3, "own files": 2}, {"imdb": imdb.SOURCE}) == (
        DataRow("imdb", "train", 3, *terms),
        DataRow("own files", "train", 2, "not stated", "given to train.py"),
    )


@pytest.mark.parametrize("resumed", [False, True])
def test_the_minutes_of_a_resumed_training_are_not_recorded(resumed):
    began = time.perf_counter() - 120
    entry = record("python train.py", seed=1, epochs=3, began=began, resumed=resumed)
    assert entry.get("minutes") == (None if resumed else 2)
    assert {"keras", "numpy"} < set(entry["versions"]) and entry["device"]
