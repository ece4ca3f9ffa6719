"""What holds for every preset of every task."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

import gru_zoo
from gru_zoo.files import read_json
from gru_zoo.presets import store
from gru_zoo.presets.page import page
from gru_zoo.registry import TASKS
from tests.backends import only_on
from tests.paths import ROOT

SHIPPED = sorted(path.parent.name for path in (ROOT / "saved_models").glob("*/card.json"))
BACKENDS = ("jax", "torch", "tensorflow")
MIB = 2**20


def holds_weights(name):
    """Whether the weights of a preset lie in its own folder."""
    return (ROOT / "saved_models" / name / "model.weights.h5").is_file()


def in_turns(values):
    """Values that each are tested on one backend: what is said of them is alike on all."""
    return [
        pytest.param(value, marks=only_on(BACKENDS[i % len(BACKENDS)], "each is on one, in turns"))
        for i, value in enumerate(values)
    ]


@pytest.fixture(scope="module")
def load():
    """Loads a shipped preset once a module."""
    loaded = {}

    def get(name):
        if name not in loaded:
            loaded[name] = gru_zoo.load(ROOT / "saved_models" / name)
        return loaded[name]

    return get


@pytest.mark.parametrize("task", TASKS)
def test_default_preset_is_shipped(task):
    assert TASKS[task].default in SHIPPED
    assert gru_zoo.card(task).task == task


# The same layers with the settings of the presets are built on every backend below.
@pytest.mark.parametrize("task", in_turns(TASKS))
def test_build_from_the_default_config(task):
    model = gru_zoo.build(task)
    assert model.count_params() > 0
    assert all(layer.name for layer in model.layers)


def test_close_match_of_a_task():
    with pytest.raises(ValueError, match="There is no task 'sentimet'. Did you mean 'sentiment'"):
        gru_zoo.build("sentimet")


@pytest.mark.parametrize("name", SHIPPED)
def test_outputs_are_as_recorded(name, load):
    load(name).check_golden()


@pytest.mark.parametrize("name", SHIPPED)
def test_card_tells_the_truth(name, load):
    task, folder = load(name), ROOT / "saved_models" / name
    card = task.card
    assert card.name == name
    assert card.parameters == task.model.count_params()
    own = {file: row for file, row in card.files.items() if row.preset is None}
    assert own == store.files_of(folder)
    for file, row in card.files.items():
        if row.preset is not None:  # held by another preset, for several
            held = gru_zoo.card(ROOT / "saved_models" / row.preset).files[file]
            assert held == dataclasses.replace(row, preset=None)
    assert card.metrics and card.limits and card.licence and card.data and card.citations
    assert card.training["command"]
    assert (folder / "README.md").read_text(encoding="utf-8") == page(card)


# Those that share the weights of another preset write the same ones.
@pytest.mark.parametrize("name", in_turns(name for name in SHIPPED if holds_weights(name)))
def test_saved_again_it_is_the_same(name, load, tmp_path):
    task = load(name)
    again = gru_zoo.load(type(task)(task.model, task.processor, task.card).save(tmp_path / name))
    for new, old in zip(again.model.get_weights(), task.model.get_weights(), strict=True):
        np.testing.assert_array_equal(new, old)
    assert again.card.config == task.card.config
    settings = [folder / "processor.json" for folder in (again.folder, task.folder)]
    assert read_json(settings[0]) == read_json(settings[1])


def test_sizes():
    sizes = [
        sum(path.stat().st_size for path in (ROOT / "saved_models" / name).rglob("*"))
        for name in SHIPPED
    ]
    assert all(size <= 12 * MIB for size in sizes)
    assert sum(sizes) <= 92 * MIB  # a wheel on PyPI has at most 100 MB


def test_the_first_lines_of_the_readme_print_what_they_say(load):
    texts = ["An absolute delight.", "I was charged twice.", "We meet on Monday."]
    assert f"# {load('sentiment_general').predict(texts)}" in (ROOT / "README.md").read_text(
        "utf-8"
    )


@only_on("torch", "the tables say the same on every backend")
def test_tables_of_the_pages_are_current():
    done = subprocess.run([sys.executable, "tools/tables.py", "--check"], cwd=ROOT)
    assert done.returncode == 0, "a page is stale: run python tools/tables.py"
