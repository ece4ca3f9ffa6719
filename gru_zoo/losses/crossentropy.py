"""Losses for training on token ids."""

import keras
from keras import ops

from gru_zoo.text.subword_tokenizer import PAD


class _TokenLoss(keras.losses.Loss):
    """Mean of the losses of ids, which `call` returns, shape `(batch, time)`, without padding.

    Call arguments:
        y_true: ids, integer, shape `(batch, time)`, `PAD` where there is none.
        y_pred: what `call` takes.
        sample_weight: how much an example or an id weighs in the mean, shape `(batch,)` or
            `(batch, time)`; None for all the same. A batch without weight has the loss 0.
    """

    def __init__(self, name: str):
        super().__init__(name=name, reduction="mean_with_sample_weight")

    def __call__(self, y_true, y_pred, sample_weight=None):
        weights = ops.cast(ops.not_equal(y_true, PAD), "float32")
        if sample_weight is not None:
            given = ops.cast(sample_weight, "float32")
            weights = weights * (ops.expand_dims(given, -1) if len(given.shape) == 1 else given)
        return super().__call__(y_true, y_pred, weights)


@keras.saving.register_keras_serializable("gru_zoo")
class SmoothedCrossentropy(_TokenLoss):
    """Mean cross-entropy a sub-word with smoothed labels, padding left out.

    The label y of a vocabulary of V has the share 1 - smoothing + smoothing / V, every other
    sub-word smoothing / V (Szegedy et al. 2016, Rethinking the Inception Architecture, section 7).

    Args:
        smoothing: share of the probability spread over the vocabulary, from 0, less than 1.

    Call arguments:
        y_true: ids, integer, shape `(batch, time)`, `PAD` where there is none.
        y_pred: logits, shape `(batch, time, vocabulary)`.
        sample_weight: how much an example or an id weighs in the mean, shape `(batch,)` or
            `(batch, time)`; None for all the same.

    Raises:
        ValueError: `smoothing` is out of its range.
    """

    def __init__(self, smoothing: float = 0.1, name: str = "crossentropy"):
        super().__init__(name)
        self.smoothing = _share(smoothing)

    def call(self, y_true, y_pred):
        y_true, y_pred = ops.cast(y_true, "int32"), ops.cast(y_pred, "float32")
        return _smoothed_crossentropy(y_pred, y_true, self.smoothing)

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
class PointerCrossentropy(_TokenLoss):
    """`SmoothedCrossentropy` of what a pointer-generator says of its targets, and coverage.

    Labels are smoothed over the vocabulary that is written from; what is copied has no other
    sub-words to spread over.

    Args:
        smoothing: as there.
        coverage: weight of looking again at what was looked at, 0 or more (See et al. 2017,
            equation 13, where it is 1 in a short last phase of training).

    Call arguments:
        y_true: ids, integer, shape `(batch, time)`, `PAD` where there is none.
        y_pred: from `PointerScores`, shape `(batch, time, 3)`.
        sample_weight: as of `SmoothedCrossentropy`.

    Raises:
        ValueError: a number is out of its range.
    """

    def __init__(
        self, smoothing: float = 0.1, coverage: float = 0.0, name: str = "pointer_crossentropy"
    ):
        super().__init__(name)
        if not coverage >= 0:
            raise ValueError(f"Expected coverage of 0 or more. Received: coverage={coverage}.")
        self.smoothing, self.coverage = _share(smoothing), coverage

    def call(self, y_true, y_pred):
        right, mean, coverage = (y_pred[..., i] for i in range(3))
        return -(1 - self.smoothing) * right - self.smoothing * mean + self.coverage * coverage

    def get_config(self):
        return {"smoothing": self.smoothing, "coverage": self.coverage, "name": self.name}


def _share(smoothing: float) -> float:
    if not 0 <= smoothing < 1:
        raise ValueError(
            f"Expected label smoothing from 0, less than 1. Received: smoothing={smoothing}."
        )
    return smoothing


def _smoothed_crossentropy(logits, ids, smoothing: float):
    """Losses of ids, `(batch, time)`, from logits, `(batch, time, vocabulary)`."""
    if keras.backend.backend() == "torch":
        from gru_zoo.losses.torch_crossentropy import smoothed_crossentropy

        return smoothed_crossentropy(logits, ids, smoothing)
    scores = ops.log_softmax(logits, axis=-1)
    right = ops.squeeze(ops.take_along_axis(scores, ops.expand_dims(ids, -1), axis=-1), -1)
    return -(1 - smoothing) * right - smoothing * ops.mean(scores, axis=-1)
