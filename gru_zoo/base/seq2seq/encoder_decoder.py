"""What encoder-decoders share: GRUs that read both ways, and a conditional GRU that writes.

The decoder is a conditional GRU (Sennrich et al. 2017, Nematus, section 2) whose first GRU reads
the target alone: what was looked at goes on in the second GRU's state. So in training every step
but the GRUs' is one product for the whole target.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import keras
from keras import layers, ops

from gru_zoo.layers import GRU
from gru_zoo.layers.recurrence import state_dtype
from gru_zoo.text.subword_tokenizer import PAD

Tensor = Any


def two_way(forward: GRU, backward: GRU, x: Tensor, mask: Tensor) -> Tensor:
    """States of a GRU and of one that reads backwards, side by side.

    Args:
        forward: a GRU that returns sequences.
        backward: another, with `go_backwards`.
        x: shape `(batch, time, features)`.
        mask: boolean, shape `(batch, time)`, True where a step counts.

    Returns:
        Shape `(batch, time, 2 * units)`.
    """
    states = [forward(x, mask=mask), ops.flip(backward(x, mask=mask), axis=1)]
    return layers.Concatenate()(states)


def conditional_gru(
    first: GRU,
    second: GRU,
    y: Tensor,
    starts: tuple[Tensor, Tensor],
    attend: Callable[[Tensor], tuple[Tensor, Tensor]],
) -> tuple[Tensor, Tensor]:
    """The decoder over a whole target; `OneStep` is the same a sub-word at a time.

    Args:
        first: the GRU that reads the target.
        second: the GRU that reads the first one's states and what they looked at.
        y: vectors of the target, shape `(batch, target, features)`.
        starts: first states of both, each `(batch, units)`.
        attend: from the first GRU's states to contexts and weights.

    Returns:
        What the next sub-word is told from, `(batch, target, units + context + features)`, and
        the attention's weights, `(batch, target, source)`.
    """
    queries = first(y, initial_state=starts[0])
    contexts, weights = attend(queries)
    looked = layers.Concatenate(name="looked")([queries, contexts])
    states = second(looked, initial_state=starts[1])
    return layers.Concatenate(name="state")([states, contexts, y]), weights


class OneStep(keras.Model):
    """The decoder of a model over one sub-word, on the same layers.

    Call arguments, a list:
        tokens: the last sub-word, integer, shape `(batch,)`.
        first, second: states of the two GRUs, shape `(batch, units)`.
        annotations, keys: of the source, shapes `(batch, source, 2 * units)` and
            `(batch, source, units)`.
        source_ids: sub-words of the source, integer, shape `(batch, source)`.

    Returns:
        Logits of the next sub-word, shape `(batch, vocabulary_size)`, and the two states.

    Args:
        model: an encoder-decoder with the layers `embedding`, `first`, `second`, `attention` and
            `readout`.
    """

    def __init__(self, model: keras.Model):
        super().__init__(name="one_step")
        self.embedding = model.get_layer("embedding")
        self.first, self.second = model.get_layer("first"), model.get_layer("second")
        self.attention, self.readout = model.get_layer("attention"), model.get_layer("readout")

    def attend(self, query, tokens, annotations, keys, source_ids):
        """Context and weights of one query, `(batch, 1, units)`."""
        return self.attention(query, annotations, keys, mask=ops.not_equal(source_ids, PAD))

    def write(self, state, weights, source_ids):
        """Logits of what comes next."""
        return self.embedding(self.readout(state), reverse=True)

    def call(self, inputs):
        tokens, first, second, annotations, keys, source_ids = inputs
        y = self.embedding(tokens)
        first = self.first.step(y, first)
        query = ops.expand_dims(first, 1)
        context, weights = self.attend(query, tokens, annotations, keys, source_ids)
        context = ops.squeeze(context, 1)
        y, query = ops.cast(y, context.dtype), ops.cast(first, context.dtype)
        second = self.second.step(ops.concatenate([query, context], axis=-1), second)
        state = ops.concatenate([ops.cast(second, context.dtype), context, y], axis=-1)
        return self.write(state, ops.squeeze(weights, 1), source_ids), first, second


class Steps:
    """An encoder-decoder as `gru_zoo.decoding.beam_search.Steps`.

    Args:
        model: a model as `OneStep` takes it, with the layers `annotations`, `keys`, `start_first`
            and `start_second`.
    """

    Decoder: ClassVar[type[OneStep]] = OneStep
    ends = True
    shared = False

    def __init__(self, model: keras.Model):
        names = ("annotations", "keys", "start_first", "start_second")
        outputs = [model.get_layer(name).output for name in names]
        self.encoder = keras.Model(model.inputs[0], outputs, name="encoder")
        self.decoder = self.Decoder(model)
        self.variables = model.variables

    def start(self, source_ids):
        annotations, keys, *state = self.encoder(source_ids)
        state = tuple(ops.cast(h, state_dtype(h.dtype)) for h in state)
        return state, (annotations, keys, ops.convert_to_tensor(source_ids))

    def step(self, tokens, state, memory):
        logits, *state = self.decoder.call([tokens, *state, *memory])
        return logits, tuple(state)

    def finish(self, state):
        return state
