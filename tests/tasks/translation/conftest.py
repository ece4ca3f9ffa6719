import pytest

from tests.tasks.translation.toy import new_task, new_tokenizer


@pytest.fixture(scope="session")
def toy_tokenizer():
    return new_tokenizer()


@pytest.fixture(scope="session")
def task(toy_tokenizer):
    """Random weights, which no test may change."""
    return new_task(toy_tokenizer)
