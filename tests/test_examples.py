"""The examples in docstrings of public classes print what they say."""

import doctest
import importlib

import pytest

from gru_zoo.registry import TASKS, task_class

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def run(item, name: str, module) -> None:
    """Run the examples of one docstring, with the names of its module."""
    (test,) = doctest.DocTestFinder(recurse=False).find(item, name, globs=vars(module).copy())
    assert test.examples, f"{name} has no example"
    report: list[str] = []
    failed, _ = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert not failed, "".join(report)


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_an_example_that_runs(task, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cls = task_class(task)
    assert "Example:" in cls.__doc__
    run(cls, cls.__name__, importlib.import_module(cls.__module__))
