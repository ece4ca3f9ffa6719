"""One step of an encoder-decoder, for a decoder."""

from typing import ClassVar

import keras
from keras import ops

from gru_zoo.layers.recurrence import state_dtype
from gru_zoo.text.special_tokens import PAD


class DecoderStep(keras.Model):
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


class Seq2SeqSteps:
    """An encoder-decoder as `gru_zoo.decoding.step_model.StepModel`.

    Args:
        model: a model as `DecoderStep` takes it, with the layers `annotations`, `keys`,
            `start_first` and `start_second`.
    """

    Decoder: ClassVar[type[DecoderStep]] = DecoderStep
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
