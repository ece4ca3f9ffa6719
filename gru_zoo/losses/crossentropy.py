"""Cross-entropy losses of token ids, padding left out."""

import keras
from keras import ops

from gru_zoo.text.special_tokens import PAD


class TokenLoss(keras.losses.Loss):
    """Base of losses that are a mean over token ids, padding left out.

    A subclass overrides `call(y_true, y_pred)`, which returns the loss of each id, shape
    `(batch, time)`.

    Args:
        name: name of the loss.

    Call arguments:
        y_true: ids, integer, shape `(batch, time)`, padded with `PAD`.
        y_pred: predictions, as `call` takes them.
        sample_weight: weight of each example, shape `(batch,)`, or of each id, shape
            `(batch, time)`, in the mean; None for equal weights. If all weights are 0, the loss
            is 0.
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
class SmoothedCrossentropy(TokenLoss):
    """Mean cross-entropy of token ids with smoothed labels, padding left out.

    Of a vocabulary of V ids, the label has the target probability 1 - smoothing + smoothing / V,
    and every other id smoothing / V (Szegedy et al. 2016, Rethinking the Inception Architecture,
    section 7).

    Args:
        smoothing: share of the probability that is spread over the vocabulary, from 0, less than 1.
        name: name of the loss.

    Call arguments:
        y_true: ids, integer, shape `(batch, time)`, padded with `PAD`.
        y_pred: logits, shape `(batch, time, vocabulary)`.
        sample_weight: weight of each example, shape `(batch,)`, or of each id, shape
            `(batch, time)`, in the mean; None for equal weights.

    Raises:
        ValueError: `smoothing` is out of its range.
    """

    def __init__(self, smoothing: float = 0.1, name: str = "crossentropy"):
        super().__init__(name)
        self.smoothing = check_label_smoothing(smoothing)

    def call(self, y_true, y_pred):
        y_true, y_pred = ops.cast(y_true, "int32"), ops.cast(y_pred, "float32")
        return _smoothed_crossentropy(y_pred, y_true, self.smoothing)

    def get_config(self):
        return {"smoothing": self.smoothing, "name": self.name}


def check_label_smoothing(smoothing: float) -> float:
    """The smoothing; raises ValueError unless it is from 0, less than 1."""
    if not 0 <= smoothing < 1:
        raise ValueError(
            f"Expected label smoothing from 0, less than 1. Received: smoothing={smoothing}."
        )
    return smoothing


def _smoothed_crossentropy(logits, ids, smoothing: float):
    """Loss of each id, float32, `(batch, time)`, from logits, `(batch, time, vocabulary)`."""
    if keras.backend.backend() == "torch":
        from gru_zoo.losses.torch_crossentropy import smoothed_crossentropy

        return smoothed_crossentropy(logits, ids, smoothing)
    scores = ops.log_softmax(logits, axis=-1)
    of_labels = ops.squeeze(ops.take_along_axis(scores, ops.expand_dims(ids, -1), axis=-1), -1)
    return -(1 - smoothing) * of_labels - smoothing * ops.mean(scores, axis=-1)
