"""Marks that no translation has: two captions of Multi30k are "translated" as a bare "@@"."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.text import EOS
from gru_zoo.zoo.translation import Translation

_NEVER = -1e4  # a logit that float16 holds


def has_words(text: str) -> bool:
    """Whether a text has a letter or digit."""
    return any(map(str.isalnum, text))


def silence_marks(task: Translation, targets: Sequence[str]) -> list[str]:
    """Have a translator never write the marks that no target has; untrained, they are not rare.

    A model that has read captions alone wrote the "@@" for sentences that are none.

    Args:
        task: the translator.
        targets: training targets.

    Returns:
        The sub-words that are not written any more.
    """
    tokenizer = task.processor.tokenizer
    used = {token for ids in tokenizer.encode(list(targets)) for token in ids}
    silent = [
        token
        for token in range(EOS + 1, tokenizer.vocabulary_size)
        if token not in used and _is_mark(*tokenizer.pieces([token]))
    ]
    table = task.model.get_layer("embedding")
    vectors, bias = table.get_weights()
    bias[np.array(silent, "int64")] = _NEVER
    table.set_weights([vectors, bias])
    return tokenizer.pieces(silent)


def _is_mark(piece: str) -> bool:
    return bool(piece.strip("▁")) and not has_words(piece)
