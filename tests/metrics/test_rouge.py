import re

import pytest

from gru_zoo import metrics


def test_rouge_by_hand():
    guesses = ["the cat sat", "Dogs-bark LOUDLY"]
    references = ["The cat sat down.", ("dogs bark", "a dog barks")]
    one, two, longest = metrics.rouge(guesses, references)
    assert (one.name, two.name, longest.name) == ("rouge1", "rouge2", "rougeL")
    # Precision and recall of the first: 3/3 and 3/4; of the second: 2/3 and 2/2.
    assert one.value == longest.value == pytest.approx(100 * (6 / 7 + 4 / 5) / 2)
    assert two.value == pytest.approx(100 * (4 / 5 + 2 / 3) / 2)
    assert re.fullmatch(r"f1\|stemmer:no\|rouge-score:[\d.]+\|examples:2", one.signature)


def test_rouge_refuses():
    with pytest.raises(ValueError, match="1 labels and 2 predictions"):
        metrics.rouge(["a", "b"], ["a"])
    with pytest.raises(ValueError, match="Expected a reference for every example"):
        metrics.rouge(["a", "b"], ["a", ()])
