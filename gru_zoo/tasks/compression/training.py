"""Parts of `Compression.fit`: the checks of the pairs and the metric of an epoch."""

import warnings
from collections.abc import Callable, Sequence

import keras
import numpy as np

from gru_zoo.tasks.compression.alignment import align
from gru_zoo.tasks.compression.metrics import gold_words, word_metrics
from gru_zoo.tasks.compression.words import clean, words_of
from gru_zoo.text.inputs import as_texts


class TokenF1(keras.callbacks.Callback):
    """Add the token F1 of compressions to the logs of every epoch, as `val_token_f1`.

    Args:
        kept_words: function from texts to the words that are kept of each, boolean, `(words,)`.
        texts: the held-out texts.
        references: a compression of each text.
    """

    def __init__(
        self,
        kept_words: Callable[[Sequence[str]], list[np.ndarray]],
        texts: Sequence[str],
        references: Sequence[str],
    ):
        super().__init__()
        self.kept_words, self.texts = kept_words, texts
        self.gold = gold_words(texts, references)

    def on_epoch_end(self, epoch, logs=None):
        logs["val_token_f1"] = word_metrics(self.kept_words(self.texts), self.gold)[0].value


def as_clean_texts(texts: str | Sequence[str]) -> list[str]:
    """Return texts as a list, without what is no part of their sentences, see `clean`.

    Raises:
        TypeError: a text is not a string.
    """
    return list(map(clean, as_texts(texts)))


def as_pairs(
    texts: str | Sequence[str], shorter_texts: str | Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return texts and their compressions as lists, cleaned by `clean`.

    Raises:
        TypeError: a text is not a string.
        ValueError: the numbers differ.
    """
    texts, shorter_texts = as_clean_texts(texts), as_clean_texts(shorter_texts)
    if len(texts) != len(shorter_texts):
        raise ValueError(
            f"Expected a shorter text for each text. Received: {len(texts)} texts and "
            f"{len(shorter_texts)} shorter texts."
        )
    return texts, shorter_texts


def usable_pairs(
    texts: Sequence[str], shorter_texts: Sequence[str], max_words: int
) -> list[tuple[str, np.ndarray]]:
    """Select the pairs that a model can learn from, and warn about the others.

    Args:
        texts: the texts.
        shorter_texts: a compression of each text.
        max_words: maximum number of words and punctuation marks of a text.

    Returns:
        The texts of 1 to `max_words` words whose compression is made of their words, in order;
        with each, which words it keeps, boolean, `(words,)`.

    Raises:
        ValueError: no pair is left.
    """
    pairs = []
    for text, shorter in zip(texts, shorter_texts, strict=True):
        words = words_of(text)
        if 0 < len(words) <= max_words:
            alignment = align(words, shorter)
            if not alignment.missing:
                pairs.append((text, alignment.kept))
    expected = (
        f"Expected a text of 1 to {max_words} words and marks, and a shorter text made of its "
        "words in order."
    )
    if not pairs:
        raise ValueError(f"{expected} Received: {len(texts)} pairs, none of them usable.")
    if len(pairs) < len(texts):
        skipped = len(texts) - len(pairs)
        warnings.warn(f"Skipped {skipped} of {len(texts)} pairs. {expected}", stacklevel=4)
    return pairs
