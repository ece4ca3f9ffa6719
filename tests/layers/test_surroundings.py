"""The table of what the layer works inside names tests that exist."""

import ast
import json

import pytest

from tests.layers import surroundings
from tests.layers.surroundings import BACKENDS, ROWS
from tests.paths import ROOT
from tools import beside_keras


@pytest.mark.parametrize("name", ROWS)
def test_every_cell_has_its_test(name):
    assert ROWS[name] and set(ROWS[name]) <= BACKENDS.keys()
    for cell in ROWS[name].values():
        path, _, test = cell.partition("|")[0].partition("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_table_shows_what_became_of_the_layer_of_keras(tmp_path, monkeypatch):
    results = {
        "a.py::test_one": {"cases": 4, "failed": 1, "reason": "no `x`", "difference": 0.1},
        "a.py::test_two": {"cases": 2, "failed": 2, "reason": "a | b", "difference": None},
        "a.py::test_three": {"cases": 2, "failed": 0, "reason": None, "difference": None},
        "a.py::test_four": {"cases": 9, "failed": 2, "reason": None, "difference": 0.013},
    }
    path = tmp_path / "layer_inside.json"
    path.write_text(json.dumps({"JAX": results}))
    monkeypatch.setattr(surroundings, "RESULTS", path)
    rows = {test: {"JAX": f"{test}|quickly", "PyTorch": test} for test in results}
    monkeypatch.setattr(surroundings, "ROWS", rows)
    lines = surroundings.table().splitlines()[2:]
    assert [line.split(" | works: quickly | ")[1] for line in lines] == [
        "fails in 1 of 4 cases: `no 'x'` |  |  |",
        "fails: `a \\| b` |  |  |",
        "works |  |  |",
        "other numbers in 2 of 9 cases, by up to 1e-02 |  |  |",
    ]


def test_what_pytest_reports_of_the_layer_of_keras_is_counted():
    recorder = beside_keras.Recorder()
    colored = "ValueError: Exception encountered when calling GRU.call().\n\x1b[1mno loop\x1b[0m"
    for case, when, outcome, message in (
        ("[a]", "call", "passed", None),
        ("[b]", "call", "failed", "AssertionError: no\nGreatest absolute difference: 2e-3 at (0,)"),
        ("[c]", "setup", "skipped", ("", 1, "no such option")),
        ("[d]", "call", "failed", f"{colored}\n\nArguments received by GRU.call(): x"),
    ):
        recorder.pytest_runtest_logreport(
            pytest.TestReport(f"a.py::test_one{case}", ("a.py", 1, ""), {}, outcome, message, when)
        )
    assert recorder.results == {
        "a.py::test_one": {
            "cases": 3, "failed": 2, "reason": "ValueError: no loop", "difference": 0.002,
        }
    }  # fmt: skip
