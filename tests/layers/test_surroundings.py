"""The table of what the layer works inside names tests that exist."""

import ast

import pytest

from tests.layers.surroundings import BACKENDS, ROWS
from tests.paths import ROOT


@pytest.mark.parametrize("name", ROWS)
def test_every_cell_has_its_test(name):
    assert ROWS[name] and set(ROWS[name]) <= set(BACKENDS)
    for cell in ROWS[name].values():
        path, _, test = cell.partition("|")[0].partition("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
