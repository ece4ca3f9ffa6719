"""One decoding step of an encoder-decoder model."""

from typing import Any, ClassVar

import keras
from keras import ops

from gru_zoo.layers.recurrence import state_dtype
from gru_zoo.ops.raw_call import raw_call
from gru_zoo.text.special_tokens import PAD

Tensor = Any


class DecoderStep(keras.Model):
    """The decoder of a model for one sub-word, made of the model's own layers.

    `conditional_gru` computes the same for a whole target.

    Args:
        model: an encoder-decoder with the layers `embedding`, `first`, `second`, `attention` and
            `readout`.

    Call arguments, a list:
        tokens: the previous sub-word, integer, shape `(batch,)`.
        first, second: states of the two GRUs, shape `(batch, units)`.
        annotations: encoder outputs, shape `(batch, source, 2 * units)`.
        keys: attention keys of the source, shape `(batch, source, units)`.
        source_ids: sub-words of the source, integer, shape `(batch, source)`.

    Returns:
        Logits of the next sub-word, shape `(batch, vocabulary_size)`, and the two new states.
    """

    def __init__(self, model: keras.Model):
        # All arithmetic is that of the layers, which are built and cast their own inputs.
        super().__init__(name="one_step", dtype="float32")
        self.built = True
        self.embedding = model.get_layer("embedding")
        self.first, self.second = model.get_layer("first"), model.get_layer("second")
        self.attention, self.readout = model.get_layer("attention"), model.get_layer("readout")

    def attend(
        self, query: Tensor, tokens: Tensor, annotations: Tensor, keys: Tensor, source_ids: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Attend to the source with a query of shape `(batch, 1, units)`.

        Returns:
            The context, `(batch, 1, 2 * units)`, and the weights, `(batch, 1, source)`.
        """
        return self.attention(query, annotations, keys, mask=ops.not_equal(source_ids, PAD))

    def predict_logits(self, state: Tensor, weights: Tensor, source_ids: Tensor) -> Tensor:
        """Compute the logits of the next sub-word, `(batch, vocabulary_size)`.

        Args:
            state: decoder state, context and embedding of the previous sub-word, `(batch,
                features)`.
            weights: attention weights, `(batch, source)`. A model that copies uses them.
            source_ids: sub-words of the source, integer, `(batch, source)`.
        """
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
        logits = self.predict_logits(state, ops.squeeze(weights, 1), source_ids)
        return logits, first, second


class Seq2SeqSteps:
    """An encoder-decoder as a `gru_zoo.decoding.step_model.StepModel`.

    The state is a tuple of the states of the two GRUs. The memory is a tuple of the annotations,
    the keys and the source ids.

    Args:
        model: a model for `DecoderStep` that also has the layers `annotations`, `keys`,
            `start_first` and `start_second`.

    Attributes:
        Decoder: the class of the decoder step.
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
        logits, *state = raw_call(self.decoder, [tokens, *state, *memory])
        return logits, tuple(state)

    def finish(self, state):
        return state
