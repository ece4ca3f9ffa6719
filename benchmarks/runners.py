"""Functions to be timed: a forward pass of a layer, or a step of training."""

import functools
import os

# The libraries read these when they start.
THREADS = int(os.environ.get("GRU_ZOO_BENCHMARK_THREADS", "2"))
os.environ.setdefault("OMP_NUM_THREADS", str(THREADS))
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", str(THREADS))

import keras  # noqa: E402

from gru_zoo.layers.convert import to_torch  # noqa: E402

BACKEND = keras.backend.backend()


def _torch_runner(forward, parameters, train):
    import torch

    torch.set_num_threads(THREADS)

    def run():
        if train:
            result = torch.autograd.grad(forward().sum(), parameters)
        else:
            with torch.no_grad():
                result = forward()
        if parameters[0].is_cuda:
            torch.cuda.synchronize()
        return result

    return run


def _jax_runner(layer, sequences, mask, train):
    import jax

    def forward(variables, sequences):
        mapping = list(zip(layer.variables, variables, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return layer(sequences, mask=mask, training=train)

    def loss(trained, rest, sequences):
        variables = iter(trained), iter(rest)
        return forward([next(variables[not v.trainable]) for v in layer.variables], sequences).sum()

    variables = [v.value for v in layer.variables]
    trained = [v.value for v in layer.trainable_variables]
    rest = [v.value for v in layer.non_trainable_variables]
    gradient, compiled = jax.jit(jax.grad(loss, argnums=(0, 2))), jax.jit(forward)
    if train:
        return lambda: jax.block_until_ready(gradient(trained, rest, sequences))
    return lambda: jax.block_until_ready(compiled(variables, sequences))


def _tensorflow_runner(layer, sequences, mask, train):
    import tensorflow as tf

    @tf.function
    def run(sequences):
        if not train:
            return layer(sequences, mask=mask)
        with tf.GradientTape() as tape:
            tape.watch(sequences)
            loss = tf.reduce_sum(layer(sequences, mask=mask, training=True))
        return tape.gradient(loss, [sequences, *(v.value for v in layer.trainable_variables)])

    return lambda: run(sequences)[0].numpy()


def keras_runner(layer, sequences, mask, train):
    """A function that runs a Keras layer, or in training computes gradients.

    Args:
        layer: a built layer that returns sequences.
        sequences: inputs, shape `(batch, steps, features)`.
        mask: boolean, shape `(batch, steps)`, or None.
        train: whether to compute the gradients of inputs and weights.
    """
    sequences = keras.ops.convert_to_tensor(sequences)
    mask = None if mask is None else keras.ops.convert_to_tensor(mask)
    if BACKEND == "torch":
        sequences.requires_grad_(train)
        parameters = [sequences, *(v.value for v in layer.trainable_variables)]
        forward = functools.partial(layer, sequences, mask=mask, training=train)
        return _torch_runner(forward, parameters, train)
    make = _jax_runner if BACKEND == "jax" else _tensorflow_runner
    return make(layer, sequences, mask, train)


def torch_runner(layer, sequences, lengths, train, device="cpu", dtype="float32"):
    """A function that runs `torch.nn.GRU` with the weights of a layer, see `keras_runner`.

    Args:
        layer: a built GRU, whose weights are copied.
        sequences: inputs, shape `(batch, steps, features)`.
        lengths: length of each sequence, which are then packed; or None.
        train: whether to compute the gradients of inputs and weights.
        device: device of torch.
        dtype: dtype of weights and inputs.
    """
    import torch
    from torch.nn.utils import rnn

    dtype = getattr(torch, dtype)
    # cuDNN keeps what a gradient needs only in training mode.
    module = to_torch(layer).to(device, dtype).train(train)
    x = torch.tensor(sequences, dtype=dtype, device=device, requires_grad=train)

    def forward():
        if lengths is None:
            return module(x)[0]
        packed = rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return rnn.pad_packed_sequence(module(packed)[0], batch_first=True)[0]

    return _torch_runner(forward, [x, *module.parameters()], train)
