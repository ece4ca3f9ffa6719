import os
import pathlib
import random
import shutil

import hypothesis
import keras
import matplotlib
import numpy as np
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
    """Every test starts from the same random state, in whatever order the tests run.

    Keras draws the seeds of layers and initializers from Python's generator.
    `keras.utils.set_random_seed` would import TensorFlow on every backend.
    """
    random.seed(1)
    np.random.seed(1)
    if keras.backend.backend() == "torch":
        import torch

        torch.manual_seed(1)


@pytest.fixture(scope="session")
def tokenizer():
    """A small sub-word tokenizer, fitted on a few sentences."""
    from gru_zoo.text.subword_tokenizer import SubwordTokenizer

    nouns = ("film", "plot", "cast", "ending", "music", "scene", "story", "actor")
    words = ("good", "bad", "moving", "dull", "bright", "tedious", "great", "awful")
    texts = [f"The {noun} is {word}, and I'd say so." for noun in nouns for word in words]
    return SubwordTokenizer.train(texts, vocabulary_size=290)


@pytest.fixture(scope="session")
def tiny(tokenizer):
    """A sentiment task with few, random weights; all tests share it, so none trains it."""
    from gru_zoo.tasks.sentiment.model import Config
    from gru_zoo.tasks.sentiment.processor import SentimentProcessor
    from gru_zoo.tasks.sentiment.task import Sentiment
    from tests.tiny_card import tiny_card

    random.seed(1)
    config = Config(vocabulary_size=290, embedding_dim=8, units=6, hidden=4, buckets=400)
    card = tiny_card("sentiment", config, ("negative", "positive"))
    return Sentiment(Sentiment.build(config), SentimentProcessor(tokenizer, 512), card)


@pytest.fixture(scope="session")
def saved(tiny, tmp_path_factory):
    """The folder of the tiny task, saved."""
    return tiny.save(tmp_path_factory.mktemp("saved") / "tiny")


@pytest.fixture
def preset(saved, tmp_path, monkeypatch):
    """A copy of the tiny task's folder, free to be changed, in a store of its own."""
    monkeypatch.setenv("GRU_ZOO_HOME", str(tmp_path))
    return shutil.copytree(saved, tmp_path / "tiny")
