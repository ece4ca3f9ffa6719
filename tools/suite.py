"""Run the checks: ruff and mypy, and the test suite on every Keras backend, side by side.

python tools/suite.py [--lint-only] [pytest arguments ...]

The last line is `N passed, N failed, N skipped`, summed over the backends. The exit status is 0
only if no check failed and every backend ran at least one test.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time
import xml.etree.ElementTree
from collections.abc import Mapping, Sequence
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
REPORTS = ROOT / ".cache" / "test-reports"
TASKS = [
    f"tests/tasks/{name}"
    for name in sorted(os.listdir(ROOT / "tests" / "tasks"))
    if "__" not in name
]
# The pytest arguments of every process of a backend. Several short ones leave no core idle at the
# end, when the others are done, so the longest start first.
PARTS: tuple[Sequence[str], ...] = (
    ("--ignore=tests/tasks", "--ignore=tests/layers"),
    TASKS[1::2],
    TASKS[::2],
    ("tests/layers",),
)
BACKENDS = ("torch", "tensorflow", "jax")
# Processes: one more than a small machine has cores, since some of their time is spent waiting.
AT_ONCE = 3
LINTERS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
)


class Result(NamedTuple):
    backend: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    complete: bool


def main(arguments: list[str]) -> int:
    if arguments == ["--lint-only"]:
        return 0 if lint() else 1
    print(f"-- pytest on {', '.join(BACKENDS)}: each is shown when it is done", flush=True)
    # Tests that were asked for may all lie in one part.
    parts: Sequence[Sequence[str]] = ((),) if arguments else PARTS
    shares = [
        (backend, number, [*part, *arguments])
        for number, part in enumerate(parts, start=1)
        for backend in BACKENDS
    ]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        linted = pool.submit(lint)
        results = list(pool.map(run_share, *zip(*shares, strict=True)))
    clean = linted.result()
    print_table(results)
    if not clean:
        print("The style checks failed: see the output of ruff and mypy above.")
    for result in results:
        if not result.complete:
            print(f"The run on {result.backend} ended before its tests did, or ran none.")
    passed, failed, skipped = (
        sum(getattr(result, name) for result in results) for name in ("passed", "failed", "skipped")
    )
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    good = clean and not failed and all(result.complete for result in results)
    return 0 if good else 1


def lint() -> bool:
    codes = []
    for command in LINTERS:
        done = run(command, os.environ)
        print(f"-- {' '.join(command)}\n{done.stdout}", end="", flush=True)
        codes.append(done.returncode)
    return not any(codes)


def run(module: tuple[str, ...], environment: Mapping[str, str]) -> subprocess.CompletedProcess:
    """A module run to its end, all that it prints kept as `stdout`."""
    return subprocess.run(
        [sys.executable, "-m", *module],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def run_share(backend: str, number: int, arguments: list[str]) -> Result:
    """Run pytest in a process of its own and read the counts from its report."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{backend}-{number}.xml"
    report.unlink(missing_ok=True)
    start = time.monotonic()
    # Most of a test's time is spent in one thread, so the backends share the cores well.
    done = run(("pytest", "-q", f"--junitxml={report}", *arguments), environment(backend))
    seconds = time.monotonic() - start
    print(f"-- pytest on {backend}\n{done.stdout}", flush=True)
    code = done.returncode
    passed, failed, skipped = read_counts(report)
    # 0 is all passed, 1 is some failed; anything else (a crash, no tests) is no result.
    complete = code in (0, 1) and passed + failed > 0
    if code and not failed:
        failed = 1
    return Result(backend, passed, failed, skipped, seconds, complete)


def environment(backend: str) -> dict[str, str]:
    """The caller's environment, without what would make its tests differ from anybody else's."""
    threads = str(max(1, (os.cpu_count() or 1) // len(BACKENDS)))
    ours = {
        "KERAS_BACKEND": backend,
        "KERAS_HOME": str(ROOT / ".cache" / "keras"),
        "OMP_NUM_THREADS": threads,
        "TF_NUM_INTRAOP_THREADS": threads,
    }
    if backend != "torch":
        # What XLA compiles runs once: it needs few optimizations, and older emitters are quicker.
        ours["XLA_FLAGS"] = (
            "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
            " --xla_cpu_use_fusion_emitters=false"
        )
    if backend == "jax":
        # What an earlier test or run compiled is read back.
        ours |= {
            "JAX_COMPILATION_CACHE_DIR": str(ROOT / ".cache" / "jax"),
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.02",
            "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
        }
    foreign = ("GRU_ZOO_HOME", "PYTHONPATH")
    return {key: value for key, value in os.environ.items() if key not in foreign} | ours


def read_counts(report: pathlib.Path) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of a JUnit report; zeros if pytest left none."""
    if not report.is_file():
        return 0, 0, 0
    suite = next(xml.etree.ElementTree.parse(report).iter("testsuite"))
    total, failures, errors, skipped = (
        int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")
    )
    return total - failures - errors - skipped, failures + errors, skipped


def print_table(results: list[Result]) -> None:
    print(f"\n{'backend':<12}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for row in results:
        print(f"{row.backend:<12}{row.passed:>8}{row.failed:>8}{row.skipped:>9}{row.seconds:>9.1f}")
    print()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
