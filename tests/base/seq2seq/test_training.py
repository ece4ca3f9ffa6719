import numpy as np
import pytest

from gru_zoo.base.seq2seq.training import select_epochs_by
from gru_zoo.base.seq2seq.training import split_text_pairs as split
from gru_zoo.metrics import Metric

SOURCES = [f"source {n}" for n in range(12)]
TARGETS = [f"target {n}" for n in range(12)]


def test_a_share_is_held_out_with_its_targets():
    train, held = split(SOURCES, TARGETS, 0.25, seed=1)
    assert len(train[0]) == 9 and len(held[0]) == 3
    assert sorted([*train[0], *held[0]]) == sorted(SOURCES)
    assert [t.split()[1] for t in train[1]] == [s.split()[1] for s in train[0]]
    assert [t.split()[1] for (t,) in held[1]] == [s.split()[1] for s in held[0]]
    assert split(SOURCES, TARGETS, 0.25, seed=1) == (train, held)
    assert split(SOURCES, TARGETS, 0.25, seed=2) != (train, held)


def test_held_out_pairs_may_be_given():
    train, held = split(SOURCES, TARGETS, (["a", "b"], ["c", ("d", "e")]), seed=1)
    assert train == (SOURCES, TARGETS)
    assert held == (["a", "b"], [("c",), ("d", "e")])


def test_a_text_is_a_single_pair():
    assert split(SOURCES, TARGETS, ("a", "b"), seed=1)[1] == (["a"], [("b",)])
    with pytest.raises(ValueError, match="Received: 6 texts and references of 1"):
        split(SOURCES, TARGETS, (["abcdef"] * 6, "abcdef"), seed=1)


class Column:
    """As the column of a shuffled table: its order is one, the index that looks up another."""

    def __init__(self, values):
        self.values = values

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        return iter(self.values)

    def __getitem__(self, label):
        return self.values[-label - 1]


def test_columns_of_a_table_are_paired_by_position():
    expected = split(SOURCES, TARGETS, 0.25, seed=1)
    assert split(Column(SOURCES), Column(TARGETS), 0.25, seed=1) == expected


def test_targets_are_texts():
    with pytest.raises(TypeError, match="Received at position 0: int 1"):
        split(["a", "b"], [1, 2], 0.5, seed=1)


@pytest.mark.parametrize("validation", [0, 0.0, 1.0, np.float32(1)])
def test_validation_must_leave_pairs_on_both_sides(validation):
    with pytest.raises(ValueError, match=f"validation={validation} of 12 pairs"):
        split(SOURCES, TARGETS, validation, seed=1)


def test_sources_and_targets_of_different_number():
    with pytest.raises(ValueError, match="12 texts and 11 targets"):
        split(SOURCES, TARGETS[:-1], 0.1, seed=1)


def test_every_text_held_out_has_a_reference():
    with pytest.raises(ValueError, match="each text of validation. Received: none at position 1"):
        split(SOURCES, TARGETS, (["a", "b"], ["c", []]), seed=1)


def test_without_the_package_of_the_metric_the_loss_selects_the_epochs():
    def metric(guesses, references):
        raise ImportError("This metric needs the package sacrebleu.")

    with pytest.warns(UserWarning, match="needs the package sacrebleu. Until then val_loss"):
        found = select_epochs_by(list, metric, (["a"], [("b",)]))
    assert found == {"monitor": "val_loss", "mode": "min", "own_callbacks": ()}


def test_the_metric_selects_the_epochs():
    found = select_epochs_by(list, lambda guesses, references: Metric("m", 1.0, ""), (["a"], ["b"]))
    assert (found["monitor"], found["mode"]) == ("val_m", "max")
    logs = {}
    found["own_callbacks"][0].on_epoch_end(0, logs)
    assert logs == {"val_m": 1.0}
