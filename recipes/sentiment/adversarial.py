"""Adversarial training: learn from small changes of the vectors that raise the loss."""

import keras
from keras import ops


class Adversarial(keras.Model):
    """A classifier whose training loss is that of the texts plus that of adversarial examples.

    With v the vectors of a text's tokens, L the loss and |v| the mean length of a token's vector,

        r = epsilon * |v| * g / ||g||,    g = the gradient of L(v) in v, without dropout
        loss = L(v) + L(v + r)

    (Miyato et al. 2017, Adversarial Training Methods for Semi-Supervised Text Classification,
    section 3; scaling by |v| takes the place of their normalized embeddings.) Layers and weight
    files are those of the classifier.

    Args:
        classifier: a functional model from token ids to probabilities whose first layer is named
            `embedding`.
        epsilon: length of the change, relative to the mean length of a token's vector.
    """

    def __init__(self, classifier: keras.Model, epsilon: float):
        super().__init__(classifier.input, classifier.output)
        embedding = classifier.get_layer("embedding")
        self.epsilon = epsilon
        # In lists, so that Keras does not track and save the layers twice.
        self._parts = [(embedding, keras.Model([classifier.input, embedding.output], self.output))]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        if not training:
            return loss
        ((embedding, rest),) = self._parts
        x = ops.convert_to_tensor(x)
        vectors = embedding(x)

        def loss_of(vectors, training):
            probabilities = rest([x, vectors], training=training)
            return ops.mean(keras.losses.categorical_crossentropy(y, probabilities))

        fixed = ops.stop_gradient(vectors)
        g = gradient(lambda v: loss_of(v, training=False), fixed, rest.variables)
        g = ops.cast(g, "float32")
        norm = ops.sqrt(ops.sum(g**2, axis=(1, 2), keepdims=True))
        length = ops.mean(ops.sqrt(ops.sum(ops.cast(fixed, "float32") ** 2, axis=-1)))
        r = self.epsilon * length * g / (norm + 1e-12)
        adversarial = vectors + ops.cast(ops.stop_gradient(r), vectors.dtype)
        return loss + loss_of(adversarial, training=True)


def gradient(function, x, variables):
    """Gradient of a scalar function with respect to one tensor, on any backend.

    Args:
        function: from a tensor to a scalar tensor.
        x: the tensor.
        variables: variables that the function reads, which are treated as constants.
    """
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        # Otherwise the outer gradient would be propagated through this one, too.
        constants = [(v, jax.lax.stop_gradient(v.value)) for v in variables]
        with keras.StatelessScope(state_mapping=constants):
            return jax.grad(function)(x)
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
        return tape.gradient(value, x)
    import torch

    trained = [v.value for v in variables if v.value.requires_grad]
    for value in trained:  # otherwise their gradients would be computed and thrown away
        value.requires_grad_(False)
    try:
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            return torch.autograd.grad(function(x), x)[0]
    finally:
        for value in trained:
            value.requires_grad_(True)
