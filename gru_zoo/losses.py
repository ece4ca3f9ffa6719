"""Losses for training on token ids."""

import keras
from keras import ops

from gru_zoo.text import PAD


@keras.saving.register_keras_serializable("gru_zoo")
class SmoothedCrossentropy(keras.losses.Loss):
    """Mean cross-entropy a sub-word with smoothed labels, padding left out.

    The label y of a vocabulary of V has the share 1 - smoothing + smoothing / V, every other
    sub-word smoothing / V (Szegedy et al. 2016, Rethinking the Inception Architecture, section 7).

    Args:
        smoothing: share of the probability spread over the vocabulary, from 0, less than 1.

    Call arguments:
        y_true: ids, integer, shape `(batch, time)`, `PAD` where there is none.
        y_pred: logits, shape `(batch, time, vocabulary)`.
    """

    def __init__(self, smoothing: float = 0.1, name: str = "crossentropy"):
        super().__init__(name=name, reduction=None)
        self.smoothing = smoothing

    def call(self, y_true, y_pred):
        y_true, y_pred = ops.cast(y_true, "int32"), ops.cast(y_pred, "float32")
        return _mean_over_ids(_smoothed_crossentropy(y_pred, y_true, self.smoothing), y_true)

    def get_config(self):
        return {"smoothing": self.smoothing, "name": self.name}


@keras.saving.register_keras_serializable("gru_zoo")
class NegativeLogLikelihood(keras.losses.Loss):
    """Mean of what a model returns, turned round; sample weights say what counts.

    Call arguments:
        y_true: not read, of the shape of `y_pred`.
        y_pred: log-likelihoods, shape `(batch, time)`.
    """

    def __init__(self, name: str = "negative_log_likelihood"):
        super().__init__(name=name, reduction="mean_with_sample_weight")

    def call(self, y_true, y_pred):
        return -ops.cast(y_pred, "float32")

    def get_config(self):
        return {"name": self.name}


@keras.saving.register_keras_serializable("gru_zoo")
class PointerCrossentropy(keras.losses.Loss):
    """`SmoothedCrossentropy` of what a pointer-generator says of its targets, and coverage.

    Labels are smoothed over the vocabulary that is written from; what is copied has no other
    sub-words to spread over.

    Args:
        smoothing: as there.
        coverage: weight of looking again at what was looked at, 0 or more (See et al. 2017,
            equation 13, where it is 1 in a short last phase of training).

    Call arguments:
        y_true: ids, integer, shape `(batch, time)`, `PAD` where there is none.
        y_pred: from `gru_zoo.copying.PointerScores`, shape `(batch, time, 3)`.
    """

    def __init__(
        self, smoothing: float = 0.1, coverage: float = 0.0, name: str = "pointer_crossentropy"
    ):
        super().__init__(name=name, reduction=None)
        self.smoothing, self.coverage = smoothing, coverage

    def call(self, y_true, y_pred):
        right, mean, coverage = (y_pred[..., i] for i in range(3))
        losses = -(1 - self.smoothing) * right - self.smoothing * mean + self.coverage * coverage
        return _mean_over_ids(losses, y_true)

    def get_config(self):
        return {"smoothing": self.smoothing, "coverage": self.coverage, "name": self.name}


def _smoothed_crossentropy(logits, ids, smoothing: float):
    """Losses of ids, `(batch, time)`, from logits, `(batch, time, vocabulary)`."""
    if keras.backend.backend() == "torch":
        from gru_zoo.torch_losses import smoothed_crossentropy

        return smoothed_crossentropy(logits, ids, smoothing)
    scores = ops.log_softmax(logits, axis=-1)
    right = ops.squeeze(ops.take_along_axis(scores, ops.expand_dims(ids, -1), axis=-1), -1)
    return -(1 - smoothing) * right - smoothing * ops.mean(scores, axis=-1)


def _mean_over_ids(losses, ids):
    """Mean of losses, `(batch, time)`, where ids are not `PAD`."""
    keep = ops.cast(ops.not_equal(ids, PAD), "float32")
    return ops.sum(losses * keep) / ops.maximum(ops.sum(keep), 1.0)
