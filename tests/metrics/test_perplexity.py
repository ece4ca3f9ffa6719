import numpy as np
import pytest

from gru_zoo import metrics


def test_text_metrics_count_characters_words_and_ends_of_lines():
    text = "a  bc\n\nd\n"
    per_char, perplexity = metrics.nats_per_char(18.0, text), metrics.word_perplexity(18.0, text)
    assert (per_char.value, per_char.signature) == (2.0, "one pass|characters:9")
    assert perplexity.value == pytest.approx(np.exp(3))
    assert perplexity.signature == "one pass|ends of lines counted|words:6"
