"""Examples of docstrings, run as tests."""

import doctest


def check(documented: object) -> None:
    """Run the examples in the docstring of a class or function, without those of its members."""
    name = documented.__name__
    finder = doctest.DocTestFinder(recurse=False)
    (test,) = finder.find(documented, name, globs={})
    assert test.examples, f"{name} has no example"
    report: list[str] = []
    failed = doctest.DocTestRunner().run(test, out=report.append).failed
    assert not failed, "".join(report)
