"""Processor of translation: texts of two languages to token ids, and back."""

import pathlib
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Self

import numpy as np

from gru_zoo.base.seq2seq.processor import Seq2SeqProcessor
from gru_zoo.presets.store import holder_of
from gru_zoo.tasks.translation import words
from gru_zoo.tasks.translation.layout import Layout, split
from gru_zoo.tasks.translation.parts import Rules
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

_SPACE_BEFORE_MARK = re.compile(r" (?=[?!;:](?:\s|$))")


def language_symbol(language: str) -> str:
    """The symbol before the sources that a model of several directions translates into a language.

    Johnson et al. 2017, Google's Multilingual Neural Machine Translation System, section 3.
    """
    return f"<2{language}>"


class TranslationProcessor(Seq2SeqProcessor):
    """Convert texts of two languages to token ids of one shared vocabulary, and back.

    A vocabulary of several directions has a symbol for each target language; sources begin with it.

    Args:
        tokenizer: the sub-word tokenizer of both languages.
        languages: codes of the source language and the target language, such as `("en", "fr")`.
        max_length: see `Seq2SeqProcessor`.
        length_penalty: see `Seq2SeqProcessor`.
        known_words: for each language the words that the model saw, in lower case, by which names
            and the language of a text are told; None where they are not known.

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
        known_words: Mapping[str, Collection[str]] | None = None,
    ):
        super().__init__(tokenizer, max_length, length_penalty)
        self.words = dict(known_words or {})
        source, target = languages
        self.languages = (source, target)
        symbol = tokenizer.symbol_id(language_symbol(target))
        self.prefix = () if symbol is None else (symbol,)

    def decode(self, ids: Sequence[int] | np.ndarray) -> str:
        """Decode token ids. Only French has a space before a mark such as `?`."""
        text = super().decode(ids)
        return text if self.languages[1] == "fr" else _SPACE_BEFORE_MARK.sub("", text)

    def layout(self, text: str, keep_numbers: bool = False, keep_names: bool = True) -> Layout:
        """Take a text apart into sentences to translate and what stays around them.

        Args:
            text: the text.
            keep_numbers: whether numbers stay, too.
            keep_names: whether names that the model never saw are kept by stand-ins.
        """
        known = self.tokenizer.has_character
        return split(text, Rules(known, self.languages, keep_numbers, keep_names, self.words))

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json`, the tokenizer and, where they are known, the words."""
        super().save(folder)
        words.save(folder, self.words)

    @classmethod
    def load(cls, folder: pathlib.Path) -> Self:
        """Read the files that `save` wrote.

        Raises:
            FileNotFoundError: a file is missing.
            ValueError: a file is damaged, or belongs to another task.
        """
        processor = super().load(folder)
        for language in processor.languages:
            name = words.file_of(language)
            if (path := holder_of(folder, name) / name).is_file():
                processor.words[language] = words.load(path)
        return processor
