"""Processor of summarization: texts and summaries to token ids, and back."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.base.seq2seq.batches import append_eos
from gru_zoo.base.seq2seq.processor import Seq2SeqProcessor
from gru_zoo.tasks.summarization.truecasing import check_style, truecase
from gru_zoo.text.subword_tokenizer import SubwordTokenizer


class SummarizationProcessor(Seq2SeqProcessor):
    """Convert texts and summaries to token ids of one shared vocabulary, and back.

    Args:
        tokenizer: the sub-word tokenizer of texts and summaries; lower-cased unless `casing` is
            "kept".
        max_length: maximum number of sub-words of a text that the model reads, from 1 to 255.
        max_summary_length: default maximum number of sub-words of a summary, see
            `default_max_length`.
        length_penalty: default exponent of the length normalization of beam search.
        no_repeat_ngram_size: size of the n-grams of sub-words that a summary does not repeat; 0
            allows all repetitions.
        casing: style of the summaries, see `gru_zoo.tasks.summarization.truecasing.truecase`.
        novel_words: whether a summary may have words that its text lacks. If not, all its words are
            words of the text, inflections of them and English function words, see
            `gru_zoo.tasks.summarization.source_words`.

    Raises:
        ValueError: `max_length` is out of range, or `casing` is not a style.
    """

    kind = "documents"
    arguments = {
        "max_length": "max_length",
        "longest": "max_summary_length",
        "length_penalty": "length_penalty",
        "ngram": "no_repeat_ngram_size",
        "casing": "casing",
        "novel_words": "novel_words",
    }

    def __init__(
        self,
        tokenizer: SubwordTokenizer,
        max_length: int,
        max_summary_length: int = 48,
        length_penalty: float = 1.0,
        no_repeat_ngram_size: int = 3,
        casing: str = "sentence",
        novel_words: bool = True,
    ):
        super().__init__(tokenizer, max_length, length_penalty)
        self.max_summary_length = max_summary_length
        self.no_repeat_ngram_size = no_repeat_ngram_size
        self.casing, self.novel_words = check_style(casing), novel_words

    @property
    def default_max_length(self) -> int:
        """Default maximum number of tokens to generate: `max_summary_length`, and `EOS`.

        A summary without `EOS` at this length has one sub-word more than `max_summary_length`. The
        numbers in the cards were measured so.
        """
        return self.max_summary_length + 1

    def token_limits(self, max_length: int | None, min_length: int | None) -> tuple[int, int]:
        """Compute the maximum and the minimum number of tokens to generate for a summary.

        Args:
            max_length: maximum number of sub-words; None for `default_max_length` tokens.
            min_length: minimum number of sub-words; None for no minimum.

        Returns:
            The maximum, and the minimum with `EOS` included, 0 for none.

        Raises:
            ValueError: `max_length` is below 1, or `min_length` not from 0 to `max_length`.
        """
        limit = self.max_summary_length if max_length is None else max_length
        minimum = min_length or 0
        if limit < 1:
            raise ValueError(f"Expected max_length >= 1. Received: max_length={limit}.")
        if not 0 <= minimum <= limit:
            raise ValueError(
                "Expected 0 <= min_length <= max_length. Received: "
                f"min_length={min_length}, max_length={limit}."
            )
        return max_length or self.default_max_length, minimum + 1 if minimum else 0

    def read(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Encode the first `max_length` sub-words of each text as int32 ids with a final `EOS`."""
        return [append_eos(ids[: self.max_length]) for ids in self.tokenizer.encode(texts)]

    def truecase(self, summary: str, text: str) -> str:
        """Restore the capital letters of a generated summary of a text."""
        return truecase(summary, text, self.casing)
