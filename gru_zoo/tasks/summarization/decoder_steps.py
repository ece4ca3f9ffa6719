"""One decoding step of a pointer-generator: a sub-word is generated or copied."""

import keras

from gru_zoo.base.seq2seq.decoder_steps import DecoderStep, Seq2SeqSteps
from gru_zoo.tasks.summarization.pointer_generator import mixture


class PointerStep(DecoderStep):
    """`DecoderStep` of a model from `build`, which also has the layer `gate`."""

    def __init__(self, model: keras.Model):
        super().__init__(model)
        self.gate = model.get_layer("gate")

    def attend(self, query, tokens, annotations, keys, source_ids):
        return self.attention(query, annotations, keys, tokens[:, None], source_ids)

    def predict_logits(self, state, weights, source_ids):
        logits = super().predict_logits(state, weights, source_ids)
        return mixture(logits, self.gate(state), weights, source_ids)


class PointerSteps(Seq2SeqSteps):
    """A model from `build` as a `gru_zoo.decoding.step_model.StepModel`."""

    Decoder = PointerStep
