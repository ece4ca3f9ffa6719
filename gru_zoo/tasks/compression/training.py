"""What `fit` of a compression does."""

from collections.abc import Callable, Sequence

import keras

from gru_zoo.tasks.compression.metrics import measured, references
from gru_zoo.text.inputs import as_texts


class TokenF1(keras.callbacks.Callback):
    """Adds `val_token_f1` to the logs of an epoch.

    Args:
        kept: from texts to what is kept of each.
        texts: the held-out texts.
        shorter_texts: a shorter text for each.
    """

    def __init__(self, kept: Callable, texts: Sequence[str], shorter_texts: Sequence[str]):
        super().__init__()
        self.kept, self.texts = kept, texts
        self.references = references(texts, shorter_texts)

    def on_epoch_end(self, epoch, logs=None):
        logs["val_token_f1"] = measured(self.references, self.kept(self.texts))[0].value


def paired(texts, shorter_texts) -> tuple[list[str], list[str]]:
    """Texts, and a shorter one for each."""
    texts, shorter_texts = as_texts(texts), as_texts(shorter_texts)
    if len(texts) != len(shorter_texts):
        raise ValueError(
            f"Expected a shorter text for each text. Received: {len(texts)} texts and "
            f"{len(shorter_texts)} shorter texts."
        )
    return texts, shorter_texts
