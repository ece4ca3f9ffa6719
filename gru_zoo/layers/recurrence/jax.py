"""The GRU recurrence on JAX: `lax.scan` with the gradient of `gradient`."""

import functools

import jax

from gru_zoo.layers.recurrence import gradient, portable


def _loop(body, carry, xs, reverse):
    return jax.lax.scan(body, carry, xs, reverse=reverse)


@functools.partial(jax.custom_vjp, nondiff_argnums=(6, 7))
def scan(x, h0, kernel, bias, mask, dropout, gates, reverse):
    """See `portable.scan`."""

    def body(h, inputs):
        *x_t, mask_t = inputs
        new, _ = portable.step(x_t, h, kernel, bias, dropout, gates)
        new = new if mask_t is None else jax.numpy.where(mask_t, new, h)
        return new, new

    return _loop(body, h0, (*x, mask), reverse)[1]


def _forward(x, h0, kernel, bias, mask, dropout, gates, reverse):
    states, saved = gradient.forward(x, h0, kernel, bias, mask, dropout, gates, reverse, _loop)
    return states, (states, saved, h0, kernel, bias, mask, dropout)


def _backward(gates, reverse, residuals, d_states):
    states, saved, h0, kernel, bias, mask, dropout = residuals
    gradients = gradient.backward(
        d_states, states, saved, h0, kernel, bias, mask, dropout, gates, reverse, _loop
    )
    return *gradients, None, None


scan.defvjp(_forward, _backward)

# Outside a compiled function the loop would be compiled anew at every call.
sequence = jax.jit(
    functools.partial(portable.sequence, scan=scan),
    static_argnames=("gates", "reverse", "return_sequences"),
    inline=True,
)
