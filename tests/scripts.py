"""Recipes as the tests run them."""

import contextlib
import io
import runpy
import sys

import keras
import pytest

from tests.backends import only_on
from tests.paths import ROOT

# Their pages say to train on torch; what they are made of is tested on every backend.
on_torch = only_on("torch", "its page says to train on torch")


def run(script: str, *arguments: str) -> str:
    """What a script prints when it is run from the root of the checkout, in this process.

    One of its own would import the backend once more.
    """
    before, policy, printed = set(sys.modules), keras.config.dtype_policy(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.chdir(ROOT)
        patch.setattr(sys, "argv", [script, *arguments])
        patch.syspath_prepend(str((ROOT / script).parent))
        patch.setattr("gru_zoo.recipe.run.tune_malloc", lambda: True)  # it would last for all tests
        try:
            runpy.run_path(script, run_name="__main__")
        finally:
            keras.config.set_dtype_policy(policy)
            for name in set(sys.modules) - before:  # other recipes have modules of the same names
                if str(ROOT / "recipes") in str(getattr(sys.modules[name], "__file__", "")):
                    del sys.modules[name]
    return printed.getvalue()
