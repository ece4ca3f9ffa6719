import pytest

from gru_zoo.tasks.summarization.metrics import copying


def test_copying_by_hand():
    found = copying(["The cat sat on the mat.", "Dogs bark."], ["The cat, the cat slept", ""])
    values = {metric.name: metric.value for metric in found}
    # the cat | cat the | the cat | cat slept
    assert values == pytest.approx(
        {"copied_words": 4 / 5, "novel_bigrams": 2 / 4, "repeated_bigrams": 1 / 4, "words": 2.5}
    )
    assert all(metric.signature.endswith("examples:2") for metric in found)


def test_copying_of_one_text():
    assert copying("The cat sat.", "The cat") == copying(["The cat sat."], ["The cat"])
