"""A pretrained transformer as the encoder of a model that teaches a smaller one, on torch alone."""

import argparse
import importlib.util
from collections.abc import Sequence
from typing import Any

import keras
import torch

from gru_zoo.text.special_tokens import EOS, PAD

MPNET = "sentence-transformers/all-mpnet-base-v2"
FIRST = EOS + 1  # our id of the transformer's first sub-word


class TeacherTokenizer:
    """The sub-words of a transformer, in the place of `SubwordTokenizer`."""

    def __init__(self, tokenizer: Any):
        self.tokenizer = tokenizer

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text, the marks of its two ends included."""
        found = self.tokenizer(list(texts))["input_ids"] if texts else []
        return [[FIRST + i for i in ids] for ids in found]

    def encode_words(self, words: Sequence[str], attached: Sequence[bool]) -> list[list[int]]:
        """As `SubwordTokenizer.encode_words`."""
        unknown = self.tokenizer.unk_token_id
        found = self.tokenizer(list(words), add_special_tokens=False)["input_ids"] if words else []
        return [[FIRST + i for i in ids or [unknown]] for ids in found]


class Encoder(torch.nn.Module):
    """A transformer from the ids of `TeacherTokenizer` to a state of each, in bfloat16 inside.

    The first of a row's ids is read as the mark of a beginning, `EOS` as that of an end.
    """

    def __init__(self, model: torch.nn.Module, tokenizer: Any):
        super().__init__()
        self.model = model
        self.ends = tokenizer.cls_token_id, tokenizer.sep_token_id

    def forward(self, ids):
        first, last = self.ends
        inside = torch.where(ids == EOS, last, torch.clamp(ids - FIRST, min=0))
        inside = torch.cat([torch.full_like(inside[:, :1], first), inside[:, 1:]], dim=1)
        with torch.autocast(ids.device.type, torch.bfloat16):
            found = self.model(input_ids=inside, attention_mask=(ids != PAD).int())
        return found.last_hidden_state.float()


def pretrained(name: str) -> tuple[TeacherTokenizer, keras.Layer]:
    """The sub-words of a transformer, and a layer `encoder` from their ids to states.

    Args:
        name: of a model on the hub of transformers, or its folder.
    """
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(name)
    model = AutoModel.from_pretrained(name, add_pooling_layer=False)
    encoder = keras.layers.TorchModuleWrapper(
        Encoder(model, tokenizer),
        output_shape=(None, None, model.config.hidden_size),
        name="encoder",
    )
    return TeacherTokenizer(tokenizer), encoder


def check_usable(parser: argparse.ArgumentParser) -> None:
    """End a script with an error of its parser where no transformer can run."""
    if keras.backend.backend() != "torch":
        parser.error(f"it runs on torch. Received: KERAS_BACKEND={keras.backend.backend()}")
    if importlib.util.find_spec("transformers") is None:
        parser.error("it needs the package transformers: pip install 'gru-zoo[train]'")
