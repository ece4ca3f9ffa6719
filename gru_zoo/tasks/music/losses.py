"""The loss of models that return log-likelihoods."""

import keras
from keras import ops


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
