import os
import pathlib

import hypothesis
import matplotlib
import pytest

matplotlib.use("Agg")

# Every example is as likely to compile something, so they are few, and the same ones every time.
hypothesis.settings.register_profile(
    "suite", max_examples=8, deadline=None, derandomize=True, database=None
)
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session")
def data_root() -> pathlib.Path:
    """The folder with the real data sets, one sub-folder a set."""
    root = os.environ.get("GRU_ZOO_DATA")
    if not root:
        pytest.skip("the real data is needed: set GRU_ZOO_DATA to its folder")
    if not pathlib.Path(root).is_dir():
        pytest.fail(f"GRU_ZOO_DATA names no folder. Received: '{root}'.")
    return pathlib.Path(root)


@pytest.fixture(autouse=True)
def seeds() -> None:
    """Every test starts from the same random state, in whatever order the tests run."""
    import keras

    keras.utils.set_random_seed(1)
