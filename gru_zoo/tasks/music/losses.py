"""Loss of models that return log-likelihoods."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("gru_zoo")
class NegativeLogLikelihood(keras.losses.Loss):
    """Negative mean of the model's output, which is a log-likelihood.

    Sample weights of 0 mask padding; the mean is over the weights.

    Args:
        name: name of the loss.

    Call arguments:
        y_true: ignored, shape `(batch, time)`.
        y_pred: log-likelihoods, shape `(batch, time)`.
    """

    def __init__(self, name: str = "negative_log_likelihood"):
        super().__init__(name=name, reduction="mean_with_sample_weight")

    def call(self, y_true, y_pred):
        return -ops.cast(y_pred, "float32")

    def get_config(self):
        return {"name": self.name}
