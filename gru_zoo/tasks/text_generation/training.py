"""What `fit` of text generation does."""

import numbers
from typing import Any

from gru_zoo.text.inputs import as_texts


def split(text: str, validation: Any) -> tuple[str, str]:
    """(text to train on, text held out)."""
    (text,) = as_texts([text])
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
