"""What `TextGeneration.fit` does: validation split, encoding and stateful compilation."""

import numbers
import warnings
from typing import Any

import keras
import numpy as np

from gru_zoo import training
from gru_zoo.losses.crossentropy import SmoothedCrossentropy
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.text.character_tokenizer import CharacterTokenizer
from gru_zoo.text.inputs import is_path_of_file, normalize_newlines
from gru_zoo.text.special_tokens import UNK


def split(text: str, validation: Any) -> tuple[str, str]:
    """Split a text into training text and validation text.

    Args:
        text: training text.
        validation: share of the text to cut from its end, or a validation text.

    Raises:
        TypeError: `text` is not a string, or `validation` is neither a number nor a string.
        ValueError: the share leaves no text on one side, or a text is the path of a file.
    """
    if not isinstance(text, str):
        raise TypeError(
            "Expected one text, a string. Join the lines of a list with '\\n', and read a file by "
            f"pathlib.Path(path).read_text(). Received: {type(text).__name__} {text!r:.80}."
        )
    for part in (text, validation):
        if isinstance(part, str) and is_path_of_file(part):
            raise ValueError(
                "Expected a text. Received: the path of a file. Pass what is in it: "
                f"pathlib.Path({part!r}).read_text(encoding='utf-8')."
            )
    if isinstance(validation, str):
        return text, validation
    if not isinstance(validation, numbers.Real):
        raise TypeError(
            "Expected validation as a share of the text, such as 0.1, or a text. Received: "
            f"validation={validation!r:.80}."
        )
    cut = len(text) - round(len(text) * float(validation))
    if not 0 < cut < len(text):
        raise ValueError(
            "Expected validation to leave text on both sides. Received: "
            f"validation={validation} of {len(text)} characters."
        )
    return text[:cut], text[cut:]


def encode_for_training(processor: LanguageModelProcessor, text: str) -> np.ndarray:
    """Encode a text, with a warning if it has characters that a character model lacks.

    Returns:
        Token ids, int32, shape `(length,)`.
    """
    ids = processor.encode(text)
    tokenizer, unknown = processor.tokenizer, int((ids == UNK).sum())
    if unknown and isinstance(tokenizer, CharacterTokenizer):
        characters = set(normalize_newlines(text)) - {"\n"}
        missing = sorted(characters - set(tokenizer.characters))
        warnings.warn(
            f"{unknown} of {len(ids)} characters are read as unknown, because the model has none "
            f"of {''.join(missing)!r:.60}. Replace them, or train a model from scratch.",
            stacklevel=3,  # the caller of `fit`
        )
    return ids


def compile_model(model: keras.Model, optimizer: keras.optimizers.Optimizer | str) -> None:
    """Compile a `StatefulModel` for training on windows of token ids."""
    model.compile(optimizer, loss=SmoothedCrossentropy(0.0), jit_compile=training.jit_compile())
