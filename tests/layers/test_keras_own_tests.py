"""Keras' own tests of its GRU and Bidirectional layers, with our GRU in place of theirs."""

import importlib
import types
import unittest

import pytest

from gru_zoo.layers import GRU

LEFT_OUT = {
    "test_torch_cudnn_dispatch_fires": "spies on the private call by which Keras enters cuDNN",
    "test_torch_cudnn_bidirectional_gru_dispatch_fires": "spies on the same call",
    "test_fused_gru_eligibility": "asks where Keras' Bidirectional replaces Keras' GRU by cuDNN",
}


def selected(case):
    """Whether a test is to run here, by our list and by the marks that Keras put on it."""
    method = getattr(case, case._testMethodName)
    marks = getattr(method, "pytestmark", [])
    skipped = any(mark.name == "skipif" and mark.args[0] for mark in marks)
    return case._testMethodName not in LEFT_OUT and not skipped


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["gru_test", "bidirectional_test"])
def test_keras_tests_pass(name, monkeypatch):
    pytest.importorskip("absl.testing", reason="Keras' tests are written with absl")
    module = importlib.import_module(f"keras.src.layers.rnn.{name}")
    substituted = types.SimpleNamespace(**{**vars(module.layers), "GRU": GRU})
    monkeypatch.setattr(module, "layers", substituted)
    loaded = unittest.defaultTestLoader.loadTestsFromModule(module)
    cases = [test for case in loaded for test in case if selected(test)]
    result = unittest.TestResult()
    unittest.TestSuite(cases).run(result)
    problems = [f"{case.id()}\n{trace}" for case, trace in result.failures + result.errors]
    assert not problems, "\n\n".join(problems)
    assert result.testsRun == len(cases) >= 8


def test_every_test_that_is_left_out_exists():
    pytest.importorskip("absl.testing", reason="Keras' tests are written with absl")
    names = set()
    for name in ("gru_test", "bidirectional_test"):
        module = importlib.import_module(f"keras.src.layers.rnn.{name}")
        for case in unittest.defaultTestLoader.loadTestsFromModule(module):
            names |= {test._testMethodName for test in case}
    assert LEFT_OUT.keys() <= names
