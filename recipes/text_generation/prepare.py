"""Read the text, split it into training and validation text, and fit its vocabulary."""

import pathlib
import random

from gru_zoo import data, recipe
from gru_zoo.data import plain_text
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.text.character_tokenizer import CharacterTokenizer
from gru_zoo.text.word_tokenizer import WordTokenizer
from recipes.text_generation.settings import Settings

BETWEEN = "\n\n"  # a blank line tells the model that another text begins
ROOT = pathlib.Path(__file__).resolve().parents[2]


def examples(settings: Settings, root: str | None) -> tuple[str, str]:
    """Training text, and the text that chooses the epochs."""
    first, *others = settings.data.split("+")
    parts = documents(first, "train", root)
    for name in others:
        parts += documents(name, "train", root)
    if len(parts) > 1:
        parts = [*dict.fromkeys(parts)]
        random.Random(settings.seed).shuffle(parts)
    train = BETWEEN.join(parts)
    if settings.held_out:
        return divided(train, settings.held_out)
    return train, BETWEEN.join(documents(first, settings.valid, root))


def documents(name: str, split: str, root: str | None) -> list[str]:
    """Texts of a set that have nothing to do with each other; of translations, the English side."""
    parts: list[str] = []
    for example in data.load(name, split, root):
        parts += [example] if isinstance(example, str) else example.texts["en"]
    return parts


def smoke_examples(settings: Settings) -> tuple[str, str]:
    """The same of a scene from the tests' fixtures."""
    return own_examples(ROOT / "tests" / "fixtures" / "scene.txt", settings)


def own_examples(path: pathlib.Path, settings: Settings) -> tuple[str, str]:
    """The same of a text file."""
    return divided(plain_text.own(path), settings.held_out)


def divided(text: str, held_out: float) -> tuple[str, str]:
    """A text without its end, and its end.

    Args:
        text: the text.
        held_out: share of the characters that belong to the end.
    """
    cut = len(text) - round(held_out * len(text))
    return text[:cut], text[cut:]


def fit_processor(
    work: pathlib.Path, text: str, settings: Settings, resume: bool
) -> LanguageModelProcessor:
    """Fit the vocabulary to the training text; that of sub-words is kept in `work`."""
    if settings.unit == "char":
        return LanguageModelProcessor(CharacterTokenizer.train(text))
    if settings.unit == "word":
        size = settings.config.vocabulary_size
        words = WordTokenizer.train(text.split("\n"), size, settings.separated)
        return LanguageModelProcessor(words)
    lines = [line.replace("<unk>", " ") for line in text.split("\n") if line.strip()]
    options = {"case_sensitive": True, "character_coverage": 1.0, "normalize": False}
    size = settings.config.vocabulary_size
    return LanguageModelProcessor(recipe.fit_tokenizer(work, lines, size, resume, **options))
