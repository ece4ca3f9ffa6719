"""Tasks with random weights, compiled once for all files."""

import pytest

from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from gru_zoo.text.word_tokenizer import WordTokenizer
from tests.paths import FIXTURES
from tests.tasks.text_generation.toy import TEXT, character_processor, new_task


@pytest.fixture(scope="session")
def task():
    """Over characters, without a pointer."""
    return new_task(character_processor())


@pytest.fixture(scope="session")
def subwords():
    """Over sub-words, without a pointer."""
    lines = (FIXTURES / "scene.txt").read_text(encoding="utf-8").splitlines()
    return new_task(
        LanguageModelProcessor(SubwordTokenizer.train(lines, 330, True, 1.0, normalize=False))
    )


@pytest.fixture(scope="session")
def pointing():
    """Over characters, with a memory of fewer places than the texts have."""
    return new_task(character_processor(), memory=30, key_dim=6, nearest=2)


@pytest.fixture(scope="session")
def words():
    """Over words, without a pointer."""
    return new_task(LanguageModelProcessor(WordTokenizer.train(TEXT.split("\n"), 40)))
