import pytest

from tests.tasks.summarization.toy import new_task, new_tokenizer


@pytest.fixture(scope="session")
def toy_tokenizer():
    return new_tokenizer()


@pytest.fixture(scope="session")
def task(toy_tokenizer):
    """Random weights, which a test that changes them restores."""
    return new_task(toy_tokenizer)
