"""Run the suites of ordinary input: what people give to a task, with the right answer.

    python recipes/ordinary.py                       every suite, on all presets of its task
    python recipes/ordinary.py sentiment --wrong     one, with the inputs that come out wrong
    python recipes/ordinary.py sentiment --store     keep the result for docs/ordinary.md

A suite is the module recipes/<task>/ordinary.py with

    PRESETS    names of the presets it is run on, the default first
    KINDS      for each kind of input one sentence: what is given, and what counts as right
    cases()    the inputs, each with the right answer or what must not change
    judge(task, cases)    for each case whether the task is right; None where the case is not meant
                          for this preset

Written inputs stand in ordinary.tsv beside the module; variants of them are generated. No input is
taken from a data set or may be trained on. `--store before` keeps the numbers that later ones are
compared with. `python tools/tables.py` then writes the tables.
"""

import argparse
import importlib
import json
import pathlib
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

ROOT = pathlib.Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

RESULTS = ROOT / "benchmarks" / "results"
SUITES = sorted(path.parent.name for path in (ROOT / "recipes").glob("*/ordinary.py"))
STAGES = ("before", "after")
HEADER = ["kind", "expected", "input"]
ESCAPES = {r"\n": "\n", r"\t": "\t", r"\\": "\\"}

Scores = dict[str, tuple[int, int]]


class Case(NamedTuple):
    """An input, its kind, and the right answer or what must not change."""

    kind: str
    input: Any
    expected: Any


class Suite(Protocol):
    """What the modules of suites have in common."""

    PRESETS: tuple[str, ...]
    KINDS: dict[str, str]

    def cases(self) -> list[Case]: ...

    def judge(self, task: Any, cases: Sequence[Case]) -> Sequence[bool | None]: ...


def suite_of(task: str) -> Suite:
    """Import the suite of a task."""
    return importlib.import_module(f"recipes.{task}.ordinary")


def read(path: pathlib.Path) -> list[Case]:
    r"""Read cases from a tab-separated file in which line ends and tabs are `\n` and `\t`.

    Raises:
        ValueError: a line has not the columns kind, expected and input.
    """
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    rows = [line.split("\t") for line in lines]
    if rows[0] != HEADER:
        raise ValueError(f"Expected the columns {HEADER} in '{path}'. Received: {rows[0]}.")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(HEADER):
            raise ValueError(
                f"Expected {len(HEADER)} columns in line {number} of '{path}'. Received: {row}."
            )
    cells = [[re.sub(r"\\[nt\\]", lambda e: ESCAPES[e[0]], cell) for cell in row] for row in rows]
    return [Case(kind, given, expected) for kind, expected, given in cells[1:]]


def outcomes(suite: Suite, task: Any) -> Iterator[tuple[str, list[tuple[Case, bool]]]]:
    """Judge the cases of a suite that are meant for a preset, kind by kind."""
    cases = suite.cases()
    for kind in suite.KINDS:
        of_kind = [case for case in cases if case.kind == kind]
        judged = zip(of_kind, suite.judge(task, of_kind), strict=True)
        meant = [(case, bool(right)) for case, right in judged if right is not None]
        if meant:
            yield kind, meant


def scores(suite: Suite, task: Any) -> Scores:
    """Return the number of right cases and of all cases, for each kind."""
    return {
        kind: (sum(right for _, right in judged), len(judged))
        for kind, judged in outcomes(suite, task)
    }


def stored(task: str) -> dict[str, Any]:
    """Read the stored results of a task's suite: by stage, the environment and the `scores`."""
    path = RESULTS / f"ordinary-{task}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def level(task: str) -> dict[str, Scores]:
    """Return what was stored last for each preset: `after`, or `before` where that is not there."""
    record = stored(task)
    return next(record[stage]["scores"] for stage in reversed(STAGES) if stage in record)


def run(suite: Suite, show_wrong: bool) -> dict[str, Scores]:
    """Run a suite on its presets, and print a line for each kind."""
    import gru_zoo
    from gru_zoo.presets import store

    shipped = store.presets()
    results: dict[str, Scores] = {}
    for name in suite.PRESETS:
        if name not in shipped:
            print(f"{name}: no such preset", flush=True)
            continue
        task, results[name] = gru_zoo.load(name), {}
        for kind, judged in outcomes(suite, task):
            right, total = sum(right for _, right in judged), len(judged)
            results[name][kind] = right, total
            print(f"{name:28} {kind:24} {right:4} of {total:4}", flush=True)
            for case, is_right in judged:
                if show_wrong and not is_right:
                    print(f"    {case.input!r}, expected: {case.expected!r}")
        print(f"{name:28} {'all':24} {' of '.join(f'{n:4}' for n in sums(results[name]))}")
    return results


def sums(result: Scores) -> tuple[int, int]:
    """Sum the right cases and all cases over the kinds."""
    return sum(right for right, _ in result.values()), sum(total for _, total in result.values())


def main() -> None:
    """Run suites, and store what they gave if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"among {', '.join(SUITES)}")
    parser.add_argument("--wrong", action="store_true", help="print inputs that come out wrong")
    parser.add_argument("--store", nargs="?", const="after", choices=STAGES, help="keep the result")
    args = parser.parse_args()
    if unknown := sorted(set(args.tasks) - set(SUITES)):
        parser.error(f"expected tasks among {', '.join(SUITES)}. Received: {', '.join(unknown)}")
    for name in args.tasks or SUITES:
        result = run(suite_of(name), args.wrong)
        if args.store:
            from benchmarks import reports

            record = {**stored(name), args.store: {**reports.environment(), "scores": result}}
            reports.write(f"ordinary-{name}.json", record)


if __name__ == "__main__":
    main()
