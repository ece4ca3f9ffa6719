import warnings

import numpy as np
import pytest

from gru_zoo import training


def test_a_split_holds_out_the_share_and_one_example_at_least():
    train, held = training.split(40, 0.25, seed=1, what="texts")
    assert len(held) == 10 and sorted([*train, *held]) == list(range(40))
    assert len(training.split(3, 0.1, seed=1, what="texts")[1]) == 1


@pytest.mark.parametrize("share", [0.0, 1.0, 0.9])
def test_a_split_leaves_examples_on_both_sides(share):
    message = f"leave texts on both sides. Received: validation={share} of 2 texts"
    with pytest.raises(ValueError, match=message):
        training.split(2, share, seed=1, what="texts")


@pytest.mark.parametrize("share", [0, 0.2, np.float32(0.2), np.float64(0.2)])
def test_a_share_is_any_number(share):
    assert training.is_share(share, "texts and labels")


def test_examples_are_no_share():
    assert not training.is_share((["a"], ["b"]), "texts and labels")
    assert not training.is_share([1, 2, 3])


@pytest.mark.parametrize("validation", [None, "0.1", (["a"],), (["a"], ["b"], ["c"])])
def test_validation_is_a_share_or_a_pair(validation):
    with pytest.raises(TypeError, match="such as 0.1, or a pair of texts and labels. Received: v"):
        training.is_share(validation, "texts and labels")


def test_every_label_gives_the_same_share():
    labels = np.array(["rare"] * 4 + ["common"] * 36)
    train, held = training.stratified_split(labels, 0.25, seed=1, what="texts")
    assert sorted([*train, *held]) == list(range(40)) and len(held) == 10
    assert (labels[held] == "rare").sum() == 1
    others = training.stratified_split(labels, 0.25, seed=2, what="texts")[1]
    assert sorted(held) != sorted(others)
    single = training.stratified_split(["a"] * 9 + ["b"], 0.2, seed=1, what="texts")
    assert 9 in single[0]  # the one example of its label is trained on


def test_texts_on_both_sides_of_a_split_are_reported():
    pairs = (["same"] * 9 + ["other"], list("abcdefghij"))
    with pytest.warns(UserWarning, match="texts held out to validate on are also trained on"):
        training.split_pairs(pairs, 0.3, 0, "texts and targets")


def test_a_clean_split_of_pairs_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train, held_out = training.split_pairs(
            (list("abcd"), ["x"] * 4), 0.5, 0, "texts and targets"
        )
    assert sorted(train[0] + held_out[0]) == list("abcd")
