"""A pretrained transformer as the encoder of a teacher model; runs on torch only."""

import argparse
import importlib.util
from collections.abc import Sequence
from typing import Any

import keras
import torch

from gru_zoo.text.special_tokens import EOS, PAD

MPNET = "sentence-transformers/all-mpnet-base-v2"
TEACHER_OFFSET = EOS + 1  # added to the transformer's ids, so that ours of PAD and EOS stay free


class TeacherTokenizer:
    """Tokenizer of a transformer, with the two methods of `SubwordTokenizer` that encode.

    Args:
        tokenizer: a tokenizer of the package transformers.
    """

    def __init__(self, tokenizer: Any):
        self.tokenizer = tokenizer

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text, the special tokens at its two ends included."""
        rows = self.tokenizer(list(texts))["input_ids"] if texts else []
        return [[TEACHER_OFFSET + i for i in ids] for ids in rows]

    def encode_words(self, words: Sequence[str], attached: Sequence[bool]) -> list[list[int]]:
        """Ids of each word.

        Args:
            words: the words.
            attached: ignored, since the transformer encodes each word by itself; the argument is
                that of `SubwordTokenizer.encode_words`.
        """
        unknown = self.tokenizer.unk_token_id
        rows = self.tokenizer(list(words), add_special_tokens=False)["input_ids"] if words else []
        return [[TEACHER_OFFSET + i for i in ids or [unknown]] for ids in rows]


class Encoder(torch.nn.Module):
    """A transformer from the ids of `TeacherTokenizer` to hidden states, computed in bfloat16.

    The first id of each row is replaced by the transformer's first special token, and `EOS` by its
    last one.

    Args:
        model: a transformer of the package transformers.
        tokenizer: its tokenizer.

    Call arguments:
        ids: integer, shape `(batch, length)`, padded with `PAD`.

    Output shape: `(batch, length, hidden size)`, float32.
    """

    def __init__(self, model: torch.nn.Module, tokenizer: Any):
        super().__init__()
        self.model = model
        self.ends = tokenizer.cls_token_id, tokenizer.sep_token_id

    def forward(self, ids):
        first, last = self.ends
        inside = torch.where(ids == EOS, last, torch.clamp(ids - TEACHER_OFFSET, min=0))
        inside = torch.cat([torch.full_like(inside[:, :1], first), inside[:, 1:]], dim=1)
        with torch.autocast(ids.device.type, torch.bfloat16):
            outputs = self.model(input_ids=inside, attention_mask=(ids != PAD).int())
        return outputs.last_hidden_state.float()


def pretrained(name: str) -> tuple[TeacherTokenizer, keras.Layer]:
    """The tokenizer of a transformer, and a layer `encoder` from its ids to hidden states.

    Args:
        name: name of a model on the Hugging Face hub, or its folder.
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
    """Exit with an error of the script's parser where no transformer can run.

    Args:
        parser: the script's parser.

    Raises:
        SystemExit: the backend is not torch, or the package transformers is missing.
    """
    if keras.backend.backend() != "torch":
        parser.error(
            "a teacher runs on torch only: set KERAS_BACKEND=torch. Received: "
            f"KERAS_BACKEND={keras.backend.backend()}"
        )
    if importlib.util.find_spec("transformers") is None:
        parser.error("a teacher needs the package transformers: pip install 'gru-zoo[train]'")
