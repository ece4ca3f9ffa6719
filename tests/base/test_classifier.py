import warnings

import numpy as np
import pytest

import gru_zoo
from tests.backends import only_on

pytestmark = only_on("torch", "no backend has a part in what is checked here")
TEXTS = [f"{word} number {i}" for i in range(10) for word in ("good", "bad")]
LABELS = ["positive", "negative"] * 10


def test_a_clean_table_warns_of_nothing(preset):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        gru_zoo.load("tiny").fit(TEXTS, LABELS, epochs=1, verbose=0)


def test_examples_on_both_sides_are_reported(preset):
    message = "4 of the 4 texts held out to validate on are also trained on"
    with pytest.warns(UserWarning, match=message):
        gru_zoo.load("tiny").fit(["same"] * 20, LABELS, validation=0.2, epochs=1, verbose=0)


def test_labels_without_an_example_are_reported(preset):
    task = gru_zoo.load("tiny", labels=["positive", "negative", "mixed"])
    with pytest.warns(UserWarning, match=r"No text to train on has one of the labels \['mixed'\]"):
        task.fit(TEXTS, LABELS, epochs=1, verbose=0)


def test_few_examples_make_sixty_steps(preset):
    task = gru_zoo.load("tiny")
    assert len(task.fit(TEXTS, LABELS, batch_size=9, verbose=0).epoch) == 30  # of two batches
    assert len(task.fit(TEXTS * 2, LABELS * 2, validation=(TEXTS, LABELS), batch_size=2).epoch) == 4


def test_new_labels_are_plain_strings(preset):
    pandas = pytest.importorskip("pandas")
    for labels in (np.array(["bug", "idea"]), pandas.Series(["bug", "idea"]), {"idea", "bug"}):
        task = gru_zoo.load("tiny", labels=labels)
        assert task.labels == ("bug", "idea") and {type(label) for label in task.labels} == {str}
