import keras
import numpy as np
import pytest


def _numpy(value):
    return keras.ops.convert_to_numpy(value)


def _torch(layer, arrays, run):
    import torch

    tensors = [keras.ops.convert_to_tensor(a).requires_grad_() for a in arrays]
    variables = [v.value for v in layer.trainable_variables]
    results, loss = run(*tensors)
    gradients = torch.autograd.grad(loss, [*tensors, *variables], allow_unused=True)
    return results, gradients


def _jax(layer, arrays, run):
    import jax

    def loss_of(arrays, variables):
        mapping = list(zip(layer.trainable_variables, variables, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            results, loss = run(*arrays)
        return loss, results

    variables = [v.value for v in layer.trainable_variables]
    compiled = jax.jit(jax.grad(loss_of, argnums=(0, 1), has_aux=True))
    gradients, results = compiled([jax.numpy.asarray(a) for a in arrays], variables)
    return results, [*gradients[0], *gradients[1]]


def _tensorflow(layer, arrays, run):
    import tensorflow as tf

    tensors = [tf.constant(a) for a in arrays]
    variables = [v.value for v in layer.trainable_variables]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        results, loss = run(*tensors)
    return results, tape.gradient(loss, [*tensors, *variables])


@pytest.fixture(scope="session")
def evaluate():
    """Outputs of a layer and the gradients of a weighted sum of them.

    `evaluate(layer, sequences, state, **kwargs)` calls a layer that returns sequences and state,
    and returns outputs, last state and the gradients of sequences, initial state and weights.
    """
    backend = {"torch": _torch, "jax": _jax, "tensorflow": _tensorflow}[keras.backend.backend()]

    def evaluate(layer, sequences, state, **kwargs):
        def run(sequences, state):
            results = layer(sequences, initial_state=state, **kwargs)
            loss = 0.0
            for seed, result in enumerate(results):
                weight = np.random.default_rng(seed).normal(size=result.shape).astype("float32")
                weight = keras.ops.cast(weight, result.dtype)
                loss = loss + keras.ops.sum(result * weight)
            return results, loss

        results, gradients = backend(layer, [sequences, state], run)
        return [_numpy(value) for value in (*results, *gradients)]

    return evaluate
