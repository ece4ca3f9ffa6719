"""The examples in the docstrings of the package print what they say."""

import doctest
import importlib
import re

import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo.registry import TASKS, task_class
from tests.paths import ROOT

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
# What examples use without importing it.
NAMES = {"np": np, "keras": keras, "gru_zoo": gru_zoo}
# Examples that need what a test has not.
NOT_RUN = {
    "gru_zoo.data": "a download",
    "gru_zoo.tasks.action_recognition.streaming": "a camera",
    "gru_zoo.tasks.keyword_spotting.streaming": "a microphone",
}
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted((ROOT / "gru_zoo").rglob("*.py"))
    if ">>>" in path.read_text(encoding="utf-8")
]


class OutputChecker(doctest.OutputChecker):
    """Takes the shapes of torch and TensorFlow for the tuples that they are equal to."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        got = re.sub(r"(?:torch\.Size|TensorShape)\(\[(.*?)\]\)", r"(\1)", got)
        return super().check_output(want, got, optionflags)


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name, tmp_path, monkeypatch):
    if name in NOT_RUN:
        pytest.skip(f"needs {NOT_RUN[name]}")
    if ".tasks." in name and keras.backend.backend() != "torch":
        pytest.skip("runs on torch: what the examples of tasks call is tested on every backend")
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    report: list[str] = []
    for test in doctest.DocTestFinder().find(module, globs={**vars(module), **NAMES}):
        doctest.DocTestRunner(OutputChecker(), optionflags=FLAGS).run(test, out=report.append)
    assert not report, "".join(report)


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_an_example(task):
    cls = task_class(task)
    assert "Example:" in cls.__doc__ and ">>>" in cls.__doc__
    assert cls.__module__ in MODULES
