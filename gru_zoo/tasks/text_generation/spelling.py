"""Which tokens spell a half-typed word."""

import bisect

import numpy as np

from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.text.special_tokens import EOS


class Spelling:
    """Tokens by the letters that they add to a word; upper and lower case are the same.

    A token can spell letters if it begins with them or, unless tokens are whole words, if they
    begin with it.

    Args:
        processor: processor of a language model.
    """

    def __init__(self, processor: LanguageModelProcessor):
        self._whole_words = processor.by_words
        ids = range(EOS + 1, processor.tokenizer.vocabulary_size)
        names = processor.tokenizer.pieces(list(ids))
        texts = [name.removeprefix("▁").lower() for name in names]
        order = sorted(range(len(texts)), key=texts.__getitem__)
        self._texts = [texts[i] for i in order]
        self._ids = np.array(order, "int64") + EOS + 1
        self._vocabulary_size = processor.tokenizer.vocabulary_size
        self._lengths = dict(zip(ids, map(len, texts), strict=True))

    def can_spell(self, rest: str) -> np.ndarray:
        """Which tokens can be next in a word.

        Args:
            rest: letters in lower case that are still to be spelled; without any, all tokens can.

        Returns:
            1 or 0, float32, shape `(vocabulary,)`.
        """
        if not rest:
            return np.ones(self._vocabulary_size, "float32")
        can = np.zeros(self._vocabulary_size, "float32")
        start = bisect.bisect_left(self._texts, rest)
        stop = bisect.bisect_left(self._texts, rest + "\U0010ffff")
        can[self._ids[start:stop]] = 1
        for length in range(1, 1 if self._whole_words else len(rest)):
            start = bisect.bisect_left(self._texts, rest[:length])
            stop = bisect.bisect_right(self._texts, rest[:length])
            can[self._ids[start:stop]] = 1
        return can

    def after(self, rest: str, token: int) -> str:
        """What is still to be spelled after a token."""
        return rest[self._lengths[token] :]
