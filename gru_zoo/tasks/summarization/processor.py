"""Texts and their summaries: to token ids and back."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gru_zoo.base.seq2seq.batches import append_eos
from gru_zoo.base.seq2seq.processor import Seq2SeqProcessor
from gru_zoo.tasks.summarization.truecasing import check_style, truecase
from gru_zoo.text.subword_tokenizer import SubwordTokenizer


class SummarizationProcessor(Seq2SeqProcessor):
    """Texts and summaries to ids over one vocabulary.

    Args:
        tokenizer: the sub-word tokenizer of both; lower-cased unless `casing` is "kept".
        max_length: most sub-words of a text that are read, 1 to 255.
        longest: most sub-words of a summary, where no other number is given; one that has not ended
            by then has one more.
        length_penalty: of beam search, where none is given.
        ngram: no summary has the same so many sub-words in a row twice; 0 allows it.
        casing: style of the summaries, see `gru_zoo.tasks.summarization.truecasing.truecase`.

    Raises:
        ValueError: `max_length` is out of range, or `casing` no style.
    """

    kind = "documents"

    def __init__(
        self,
        tokenizer: SubwordTokenizer,
        max_length: int,
        longest: int = 48,
        length_penalty: float = 1.0,
        ngram: int = 3,
        casing: str = "sentence",
    ):
        super().__init__(tokenizer, ("text", "summary"), max_length, length_penalty)
        self.longest, self.ngram, self.casing = longest, ngram, check_style(casing)

    @property
    def limit(self) -> int:
        """Most tokens to write where no other number is given: `longest` sub-words and `EOS`.

        A summary that has not ended by then has a sub-word more. The cards were measured so.
        """
        return self.longest + 1

    def read(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Ids of each text, int32: the first `max_length`, and `EOS`."""
        return [append_eos(ids[: self.max_length]) for ids in self.tokenizer.encode(texts)]

    def finish(self, summary: str, text: str) -> str:
        """A summary as it is shown, its capitals told from the text."""
        return truecase(summary, text, self.casing)

    def settings(self) -> dict[str, Any]:
        names = ("max_length", "longest", "length_penalty", "ngram", "casing")
        return {name: getattr(self, name) for name in names}
