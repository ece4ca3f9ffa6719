"""Metrics of language models, from the negative log-likelihood of a text."""

import numpy as np

from gru_zoo.metrics.metric import Metric
from gru_zoo.text.word_count import count_words


def nats_per_char(nats: float, text: str) -> Metric:
    """Mean negative log-likelihood per character, in nats. Lower is better; 0 means certainty.

    Args:
        nats: negative log-likelihood of the whole text, in nats.
        text: the text, of one character or more.
    """
    return Metric("nats_per_char", nats / len(text), f"one pass|characters:{len(text)}")


def word_perplexity(nats: float, text: str) -> Metric:
    """Perplexity per word, exp(nats / words), whatever the tokens of the model.

    The probability that a model over sub-words or characters gives to a text is the product of
    those of its tokens. So dividing by the number of words, as `count_words` counts them, gives
    exactly the perplexity of a model over words that assigns the same probability.

    Args:
        nats: negative log-likelihood of the whole text, in nats.
        text: the text, of one word or more.
    """
    count = count_words(text)
    signature = f"one pass|ends of lines counted|words:{count}"
    return Metric("word_perplexity", float(np.exp(nats / count)), signature)
