"""Small language models with random weights, and their outputs in one pass over a text."""

import numpy as np
from keras import ops

from gru_zoo.tasks.text_generation.model import Config, build
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.tasks.text_generation.task import TextGeneration
from gru_zoo.text.character_tokenizer import CharacterTokenizer
from gru_zoo.text.special_tokens import BOS, EOS
from tests.tiny_card import tiny_card

LINES = ["the cat sat on the mat", "a dog ran to the cat", "the dog sat on a mat"]
TEXT = ".\n".join(LINES * 12) + ".\n"


def character_processor():
    return LanguageModelProcessor(CharacterTokenizer.train(TEXT))


def new_task(processor, **config):
    size = processor.tokenizer.vocabulary_size
    config = Config(**{"vocabulary_size": size, "embedding_dim": 12, "units": 20, **config})
    return TextGeneration(build(config), processor, tiny_card("text_generation", config))


def one_pass(task, ids):
    """Negative log-likelihood of each id, from one call of the model."""
    read = np.concatenate([[EOS], ids[:-1]])[None].astype("int32")
    inputs = [read, *task.reader.initial_states()]
    logits = task.model.predict_on_batch(inputs)[0][0].astype("float64")
    return np.logaddexp.reduce(logits, axis=-1) - logits[np.arange(len(ids)), ids]


def first_logits(task, prompt):
    """Logits of the first token after a prompt, shape `(vocabulary,)`, float64."""
    _, inputs = task.sampler.read(prompt, max_length=4)
    state, memory = task.steps.start(*inputs)
    logits, _ = task.steps.step(ops.convert_to_tensor(np.array([BOS])), state, memory)
    return ops.convert_to_numpy(logits)[0].astype("float64")
