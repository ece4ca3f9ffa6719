"""Run the scripts of recipes/ in tests."""

import contextlib
import io
import runpy
import sys

import keras
import pytest

from gru_zoo.__main__ import main
from tests.backends import only_on
from tests.paths import ROOT

# Recipes are meant for torch; the modules that they use are tested on every backend.
on_torch = only_on("torch", "recipes are meant for torch")


def run(script: str, *arguments: str) -> str:
    """Run a script from the root of the checkout, in this process, and return what it prints.

    A process of its own would import the backend once more.

    Args:
        script: path of the script, relative to the root.
        *arguments: arguments of the script.
    """
    policy, printed = keras.config.dtype_policy(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.chdir(ROOT)
        patch.setattr(sys, "argv", [script, *arguments])
        # As Python does; scripts add the checkout.
        patch.setattr(sys, "path", [str((ROOT / script).parent), *sys.path])
        patch.setattr("gru_zoo.recipe.run.tune_malloc", lambda: True)  # it would last for all tests
        patch.setattr("gru_zoo.recipe.run.show_log", lambda: None)
        try:
            runpy.run_path(script, run_name="__main__")
        finally:
            keras.config.set_dtype_policy(policy)
    return printed.getvalue()


def finetune(*arguments: str) -> str:
    """Run `gru-zoo finetune` and return what it prints.

    Args:
        *arguments: arguments of the command.
    """
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert main(["finetune", *arguments]) == 0
    return printed.getvalue()
