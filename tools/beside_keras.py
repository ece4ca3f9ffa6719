"""Run the tests behind a table of docs/layer.md on Keras' layer: python tools/beside_keras.py.

Every test that `tests/layers/surroundings.py` names runs on its backend with `gru_zoo.layers.GRU`
replaced by Keras' layer, the tests of a file in one process. benchmarks/results/layer_inside.json
gets, by backend and test, how many cases ran, how many failed, the first error that is none of
comparison, and the greatest difference from what was expected. Cases of options that Keras' layer
lacks are left out.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.layers import surroundings  # noqa: E402

_OWN_OPTIONS = {"layer_norm", "zoneout", "recurrent_weight_dropout"}
_LONGEST = 90  # Letters of a reason.
# As torch and NumPy tell of it.
_DIFFERENCE = re.compile(r"(?:Greatest|Max) absolute difference[^:]*: ([\d.e+-]+)")


def replace_layer() -> None:
    """Put Keras' layer in the place of ours, for modules that are imported from now on."""
    import keras
    import pytest

    import gru_zoo.layers

    class GRU(keras.layers.GRU):
        def __init__(self, *args, **kwargs):
            if own := _OWN_OPTIONS & kwargs.keys():
                pytest.skip(f"keras.layers.GRU has no {own}")
            super().__init__(*args, **kwargs)

    gru_zoo.layers.GRU = GRU


class Recorder:
    """A plugin of pytest that keeps the outcome of every case."""

    def __init__(self):
        self.results = collections.defaultdict(
            lambda: {"cases": 0, "failed": 0, "reason": None, "difference": None}
        )

    def pytest_runtest_logreport(self, report):
        if report.skipped or (report.when != "call" and report.passed):
            return
        result = self.results[report.nodeid.partition("[")[0]]
        result["cases"] += 1
        if report.failed:
            result["failed"] += 1
            crash = getattr(report.longrepr, "reprcrash", None)
            message = crash.message if crash else str(report.longrepr)
            if found := _DIFFERENCE.search(message):
                result["difference"] = max(result["difference"] or 0.0, float(found[1]))
            else:
                result["reason"] = result["reason"] or shortened(message)


def shortened(message: str) -> str:
    """A message in one line, without the arguments that Keras adds and the colors."""
    message = re.sub(r"\x1b\[\d*m", "", message.partition("Arguments received by")[0])
    told = " ".join(re.sub(r"Exception encountered when calling \S+", "", message).split())
    return told if len(told) <= _LONGEST else told[:_LONGEST].rsplit(" ", 1)[0] + " ..."


def run_here(tests: list[str], path: pathlib.Path) -> None:
    """Run tests in this process on Keras' layer and write what became of them."""
    import pytest

    replace_layer()
    recorder = Recorder()
    # Warnings are no failures of a layer.
    options = ["-q", "-p", "no:cacheprovider", "-W", "default", "-m", ""]
    pytest.main([*options, *tests], plugins=[recorder])
    path.write_text(json.dumps(recorder.results))


def run(backend: str, tests: list[str]) -> dict:
    """What became of the tests, in a process of their own."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "results.json"
        command = [sys.executable, __file__, "--into", str(path), *tests]
        environment = {**os.environ, "KERAS_BACKEND": backend.lower()}
        ended = subprocess.run(command, cwd=ROOT, env=environment)
        if path.exists():
            return json.loads(path.read_text())
    reason = f"the process ends with status {ended.returncode}"
    result = {"cases": 1, "failed": 1, "reason": reason, "difference": None}
    return dict.fromkeys(tests, result)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--into", type=pathlib.Path, help="run the tests here; used by itself")
    parser.add_argument("tests", nargs="*")
    args = parser.parse_args()
    if args.into:
        run_here(args.tests, args.into)
        return
    record: dict[str, dict] = {}
    for backend, name in surroundings.BACKENDS.items():
        files = collections.defaultdict(list)
        for test in surroundings.tests_on(backend):
            files[test.partition("::")[0]].append(test)
        record[backend] = {}
        for tests in files.values():
            record[backend].update(run(name, tests))
    text = json.dumps(record, indent=1, sort_keys=True)
    surroundings.RESULTS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
