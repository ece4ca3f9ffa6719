"""Processor of translation: texts of two languages to token ids, and back."""

from gru_zoo.base.seq2seq.processor import Seq2SeqProcessor
from gru_zoo.tasks.translation.layout import Layout, Rules, split
from gru_zoo.text.subword_tokenizer import SubwordTokenizer


class TranslationProcessor(Seq2SeqProcessor):
    """Convert texts of two languages to token ids of one shared vocabulary, and back.

    Args:
        tokenizer: the sub-word tokenizer of both languages.
        languages: codes of the source language and the target language, such as `("en", "fr")`.
        max_length: see `Seq2SeqProcessor`.
        length_penalty: see `Seq2SeqProcessor`.

    Raises:
        ValueError: `max_length` is out of range.
    """

    kind = "pairs"
    arguments = {
        "languages": "languages",
        "max_length": "max_length",
        "length_penalty": "length_penalty",
    }

    def __init__(
        self,
        tokenizer: SubwordTokenizer,
        languages: tuple[str, str],
        max_length: int,
        length_penalty: float = 1.0,
    ):
        super().__init__(tokenizer, max_length, length_penalty)
        source, target = languages
        self.languages = (source, target)

    def layout(self, text: str, keep_numbers: bool = False) -> Layout:
        """Take a text apart into sentences to translate and what stays around them.

        Args:
            text: the text.
            keep_numbers: whether numbers stay, too.
        """
        return split(text, Rules(self.tokenizer.has_character, self.languages, keep_numbers))
