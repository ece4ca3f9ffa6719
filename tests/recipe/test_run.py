import argparse
import dataclasses
import logging
import platform
import subprocess
import sys
import textwrap

import keras
import pytest

from gru_zoo.recipe.run import FASTEST, begin, show_log, with_policy
from tests.backends import only_on


@dataclasses.dataclass(frozen=True)
class Settings:
    epochs: int = 3
    seed: int = 1
    policy: str = "float32"


def test_the_policy_is_the_one_asked_for_or_one_that_was_measured(tmp_path, monkeypatch):
    before = keras.mixed_precision.dtype_policy()
    try:
        for asked, policies in (
            (FASTEST, ("float32", "mixed_bfloat16")),
            ("float32", ("float32",)),
            ("mixed_bfloat16", ("mixed_bfloat16",)),
        ):
            settings = with_policy(Settings(policy=asked), tmp_path / asked)
            assert settings.policy in policies
            assert keras.mixed_precision.dtype_policy().name == settings.policy
        # A resumed training keeps its policy, whatever is faster now.
        for now in ("float32", "mixed_bfloat16"):
            monkeypatch.setattr("gru_zoo.recipe.run.fastest_policy", lambda now=now: now)
            first = with_policy(Settings(policy=FASTEST), tmp_path / now)
            monkeypatch.setattr("gru_zoo.recipe.run.fastest_policy", lambda: "float16")
            again = with_policy(Settings(policy=FASTEST), tmp_path / now)
            assert first.policy == again.policy == now
    finally:
        keras.mixed_precision.set_global_policy(before)


# Faults of pages while large arrays are made and dropped again.
FAULTS = """
    import resource
    import numpy as np
    from gru_zoo.recipe import tune_malloc

    def faults():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(8):
            np.full(2_000_000, 1.0)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    usual = faults()
    assert tune_malloc()
    faults()
    print(usual, faults())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
@only_on("torch", "the C library keeps the memory")
def test_freed_memory_is_kept():
    script = [sys.executable, "-c", textwrap.dedent(FAULTS)]
    usual, kept = subprocess.run(script, capture_output=True, text=True, check=True).stdout.split()
    assert int(kept) < int(usual) / 4


def test_a_run_has_the_settings_of_a_smoke_run_and_of_its_options(tmp_path, monkeypatch):
    monkeypatch.setattr("gru_zoo.recipe.run.set_up_process", lambda seed: None)
    args = argparse.Namespace(preset="folk", work=tmp_path, save_to=tmp_path / "presets")
    args.smoke, args.resume, args.seed, args.start_from = True, False, 4, ["runs/old"]
    run = begin("music", args, {"folk": Settings()}, {"epochs": 1, "seed": 2})
    assert run.settings == Settings(epochs=1, seed=4)
    assert (run.work, run.folder) == (tmp_path / "folk", tmp_path / "presets" / "folk")
    record = run.record(epochs=1)
    expected = "python recipes/music/train.py folk --start-from old --epochs 1 --seed 4"
    assert (record["command"], record["epochs"], record["seed"]) == (expected, 1, 4)


def test_the_log_of_the_package_is_shown(monkeypatch, capsys):
    logger = logging.getLogger("gru_zoo")
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logger, "level", logger.level)
    show_log()
    logger.info("About 2 min an epoch")
    logging.getLogger("keras").info("details")
    assert capsys.readouterr().err == "About 2 min an epoch\n"
