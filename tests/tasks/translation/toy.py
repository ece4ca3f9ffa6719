"""Six sentences of two languages, and a tiny model for them."""

from gru_zoo.tasks.translation.model import Config
from gru_zoo.tasks.translation.processor import TranslationProcessor
from gru_zoo.tasks.translation.task import Translation
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from tests.tiny_card import tiny_card

SUBJECTS = {"I": "Je vois", "You": "Tu vois", "He": "Il voit"}
OBJECTS = {"the cat": "le chat", "two books": "deux livres"}
SOURCES = [f"{s} see {o}." for s in SUBJECTS for o in OBJECTS]
TARGETS = [f"{s} {o}." for s in SUBJECTS.values() for o in OBJECTS.values()]


def new_tokenizer():
    return SubwordTokenizer.train([*SOURCES, *TARGETS] * 3, 285, True, 1.0)


def new_task(tokenizer, **config):
    """A task with random weights."""
    config = Config(vocabulary_size=285, embedding_dim=24, units=24, **config)
    processor = TranslationProcessor(tokenizer, ("en", "fr"), max_length=40)
    return Translation(Translation.build(config), processor, tiny_card("translation", config))
