"""Sentences about mayors with their headlines, and a tiny model for them."""

from gru_zoo.tasks.summarization.model import Config
from gru_zoo.tasks.summarization.processor import SummarizationProcessor
from gru_zoo.tasks.summarization.task import Summarization
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from tests.tiny_card import tiny_card

STARTS, ENDS = ("Al", "Bir", "Ce", "Mo", "Tu", "Ra", "Lo"), ("der", "ch", "dar", "ple", "gas")
DEEDS = {"opened the new bridge": "opens bridge", "sold the old ferry": "sells ferry"}
NAMES = [start + end for start in STARTS for end in ENDS]
UNKNOWN = NAMES[::7]  # their summaries are not in the training data


def pairs(names):
    texts = [f"Mayor {name} said on Monday that she {deed}." for name in names for deed in DEEDS]
    return texts, [f"{name} {short}" for name in names for short in DEEDS.values()]


TEXTS, SUMMARIES = pairs([name for name in NAMES if name not in UNKNOWN])
SIZE = 290


def new_tokenizer():
    return SubwordTokenizer.train([*TEXTS, *SUMMARIES] * 3, SIZE)


def new_task(tokenizer, **config):
    """A task with random weights."""
    config = Config(vocabulary_size=SIZE, embedding_dim=24, units=24, **config)
    processor = SummarizationProcessor(tokenizer, max_length=63, max_summary_length=15)
    return Summarization(Summarization.build(config), processor, tiny_card("summarization", config))


def scores_of(task, texts, summaries):
    """Source ids, target ids and what the model returns for them."""
    (source, target), _ = task.encode(texts, summaries)
    return source, target, task.model.predict_on_batch([source, target])
