"""Metrics of language models."""

import numpy as np

from gru_zoo.metrics.metric import Metric
from gru_zoo.text.word_count import count_words


def nats_per_char(nats: float, text: str) -> Metric:
    """What a character costs, 0 where all are foreseen.

    Args:
        nats: minus the log-probability of the whole text.
        text: the text, not empty.
    """
    return Metric("nats_per_char", nats / len(text), f"one pass|characters:{len(text)}")


def word_perplexity(nats: float, text: str) -> Metric:
    """exp(nats / words), by whatever pieces a model wrote the text, see `count_words`.

    A model over sub-words or characters gives a text one probability as a model over words does:
    the product of those of its pieces. So the sum of their nats is divided by the number of
    words, not of pieces; this is exact, with nothing estimated.

    Args:
        nats: minus the log-probability of the whole text.
        text: the text, of one word or more.
    """
    count = count_words(text)
    signature = f"one pass|ends of lines counted|words:{count}"
    return Metric("word_perplexity", float(np.exp(nats / count)), signature)
