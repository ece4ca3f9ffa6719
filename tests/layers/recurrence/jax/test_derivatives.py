"""The layer inside JAX's transforms, beside keras.layers.GRU in float64.

Its states and gradients are of that dtype, but products of `keras.ops` are of float32.
"""

import contextlib

import keras
import numpy as np
import pytest

from gru_zoo.layers import GRU
from gru_zoo.layers.convert import copy_weights

if keras.backend.backend() != "jax":
    pytest.skip("the transforms are JAX's", allow_module_level=True)

import jax
from jax import numpy as jnp

BATCH, TIME, FEATURES, UNITS = 2, 4, 2, 3


@contextlib.contextmanager
def float64():
    jax.config.update("jax_enable_x64", True)
    try:
        yield
    finally:
        jax.config.update("jax_enable_x64", False)


def pair(dtype="float64", **options):
    """Our layer and Keras', with the same weights."""
    theirs = keras.layers.GRU(UNITS, return_sequences=True, dtype=dtype, **options)
    ours = GRU(UNITS, return_sequences=True, dtype=dtype, **options)
    rng = np.random.default_rng(0)
    for layer in (theirs, ours):
        layer.build((BATCH, TIME, FEATURES))
    theirs.set_weights([rng.normal(size=v.shape) for v in theirs.weights])
    copy_weights(theirs, ours)
    return ours, theirs


def draw(dtype="float64", batch=BATCH):
    rng = np.random.default_rng(1)
    x, v = rng.normal(size=(2, batch, TIME, FEATURES)).astype(dtype)
    mask = rng.random((batch, TIME)) < 0.6
    # From its own initial state Keras' layer carries on as ours does.
    mask[:, 0] = True
    return jnp.asarray(x), jnp.asarray(v), jnp.asarray(mask)


def squares(f):
    return lambda x: jnp.sum(f(x) ** 2)


TRANSFORMS = {
    "jvp": lambda f, x, v: jax.jvp(f, (x,), (v,)),
    "linearize": lambda f, x, v: jax.linearize(f, x)[1](v),
    "jacfwd": lambda f, x, v: jax.jacfwd(f)(x),
    "jacrev": lambda f, x, v: jax.jacrev(f)(x),
    "hessian": lambda f, x, v: jax.hessian(squares(f))(x),
    "gradient of the gradient": lambda f, x, v: jax.grad(
        lambda x: jnp.sum(jax.grad(squares(f))(x) ** 2)
    )(x),
    "tangent of the gradient": lambda f, x, v: jax.jvp(jax.grad(squares(f)), (x,), (v,)),
    "gradient of the tangent": lambda f, x, v: jax.grad(
        lambda x: jnp.sum(jax.jvp(f, (x,), (v,))[1] ** 2)
    )(x),
    "gradients of samples": lambda f, x, v: jax.vmap(jax.grad(squares(f)))(jnp.stack([x, v])),
    "checkpoint": lambda f, x, v: jax.grad(squares(jax.checkpoint(f)))(x),
}


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms_of_jax(name, masked):
    with float64():
        ours, theirs = pair()
        x, v, mask = draw()
        mask = mask if masked else None

        def run(layer):
            transform = TRANSFORMS[name]
            return jax.jit(lambda x, v: transform(lambda a: layer(a, mask=mask), x, v))(x, v)

        found, expected = run(ours), run(theirs)
    for value, reference in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(value, reference, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["jacfwd", "gradient of the gradient"])
def test_transforms_of_the_weights(name):
    def of(layer, x):
        def outputs(kernel):
            variables = [kernel, *(v.value for v in layer.trainable_variables[1:])]
            others = [v.value for v in layer.non_trainable_variables]
            return layer.stateless_call(variables, others, x)[0]

        return outputs

    with float64():
        ours, theirs = pair()
        x, _, _ = draw()
        kernel = theirs.trainable_variables[0].value
        found, expected = (
            jax.jit(lambda k, layer=layer: TRANSFORMS[name](of(layer, x), k, k))(kernel)
            for layer in (ours, theirs)
        )
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("batch", [BATCH, 18])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_masks_where_numbers_have_64_bits(dtype, batch):
    with float64():
        ours, theirs = pair(dtype)
        x, _, mask = draw(dtype, batch)
        found, expected = (
            jax.grad(squares(lambda a, layer=layer: layer(a, mask=mask)))(x)
            for layer in (ours, theirs)
        )
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("masked", [False, True])
def test_shards(masked):
    """Values and gradients in `jax.shard_map`: the device is one, the types are those of many."""
    mesh = jax.make_mesh((1,), ("data",), axis_types=(jax.sharding.AxisType.Auto,))
    spec = jax.sharding.PartitionSpec("data")
    ours, _ = pair("float32")
    x, _, mask = draw("float32")
    kernel, *rest = (v.value for v in ours.trainable_variables)
    others = [v.value for v in ours.non_trainable_variables]

    def loss(kernel, x, mask):
        given = {"mask": mask} if masked else {}
        outputs, _ = ours.stateless_call([kernel, *rest], others, x, **given)
        return jnp.sum(outputs**2)

    def sharded(kernel, x, mask):
        return jax.lax.psum(loss(kernel, x, mask), "data")

    total = jax.shard_map(
        sharded,
        mesh=mesh,
        in_specs=(jax.sharding.PartitionSpec(), spec, spec),
        out_specs=jax.sharding.PartitionSpec(),
    )
    inside = jax.shard_map(
        jax.grad(sharded),
        mesh=mesh,
        in_specs=(jax.sharding.PartitionSpec(), spec, spec),
        out_specs=jax.sharding.PartitionSpec(),
    )
    expected = jax.jit(jax.value_and_grad(loss))(kernel, x, mask)
    found = jax.jit(jax.value_and_grad(total))(kernel, x, mask)
    for value, reference in zip(found, expected, strict=True):
        np.testing.assert_allclose(value, reference, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(jax.jit(inside)(kernel, x, mask), expected[1], rtol=1e-5, atol=1e-5)


def test_a_state_of_half_precision_is_carried_by_a_scan():
    options = {"dtype": "bfloat16", "recurrent_initializer": "glorot_uniform"}
    layer = GRU(UNITS, return_state=True, **options)
    layer.build((BATCH, TIME, FEATURES))
    rng = np.random.default_rng(0)
    windows = jnp.asarray(rng.normal(size=(3, BATCH, TIME, FEATURES)), "bfloat16")

    def body(state, window):
        _, state = layer(window, initial_state=state)
        return state, state

    state = start = jnp.zeros((BATCH, UNITS), "bfloat16")
    _, states = jax.lax.scan(body, start, windows)
    for window, found in zip(windows, states, strict=True):
        state, _ = body(state, window)
        np.testing.assert_allclose(found.astype("float32"), state.astype("float32"), atol=1e-2)
