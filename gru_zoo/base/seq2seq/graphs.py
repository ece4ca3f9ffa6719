"""The graphs of an encoder-decoder that are exported."""

import keras
import numpy as np
from keras import ops

from gru_zoo.base.seq2seq.decoder_steps import Seq2SeqSteps
from gru_zoo.export.graph import Graph
from gru_zoo.text.special_tokens import BOS

_STATE, _MEMORY = ("first", "second"), ("annotations", "keys")


def seq2seq_graphs(
    model: keras.Model, steps: Seq2SeqSteps, source_ids: np.ndarray
) -> dict[str, Graph]:
    """The graph of the encoder, and that of one step of the decoder.

    `encoder` takes `source_ids`, `(batch, source)`, padded with 0, and returns the states `first`
    and `second` and the memory `annotations` and `keys`. `step` takes these, `source_ids` and the
    last token of each sequence, `tokens`, `(batch,)`, first `BOS`. It returns the logits of the
    next token and the next states.

    Args:
        model: the model.
        steps: its decoding steps.
        source_ids: a sample of sources, integer, shape `(batch, source)`.
    """

    def encode(source_ids):
        state, (annotations, keys, _) = steps.start(source_ids)
        return (*state, annotations, keys)

    def step(inputs):
        tokens, first, second, *memory = inputs
        return steps.step(tokens, (first, second), tuple(memory))

    names = (*_STATE, *_MEMORY)
    encoded = dict(zip(names, map(ops.convert_to_numpy, encode(source_ids)), strict=True))
    tokens = np.full(len(source_ids), BOS, "int32")
    samples = {"tokens": tokens, **encoded, "source_ids": source_ids}
    of_source = (*_MEMORY, "source_ids")
    axes: dict[str, tuple[int, ...]] = {
        name: (0, 1) if name in of_source else (0,) for name in samples
    }
    following = ("logits", *(f"next_{name}" for name in _STATE))
    return {
        "encoder": Graph(model, encode, {"source_ids": source_ids}, {"source_ids": (0, 1)}, names),
        "step": Graph(model, step, samples, axes, following),
    }
