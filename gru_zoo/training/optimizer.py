"""Optimizer and compilation options of every training."""

from typing import Any

import keras

_START_DIVISOR = 20  # the rate before warmup is the peak divided by this
_END_SHARE = 0.02  # of the peak: the rate after the last step

# Recurrent gradients explode now and then; 1 is the norm at which most GRU papers clip.
_MAX_GRADIENT_NORM = 1.0


def optimizer(
    learning_rate: float, steps: int, warmup: float = 0.1, **kwargs: Any
) -> keras.optimizers.Optimizer:
    """Adam with gradients clipped to norm 1 and a learning rate that rises and falls.

    The rate rises linearly from a twentieth of its peak, then falls along a cosine to 2 % of it.

    Args:
        learning_rate: peak of the rate, above 0.
        steps: number of batches of the whole training.
        warmup: share of `steps` in which the rate rises, from 0 to 1. It rises for one step at
            least.
        **kwargs: further arguments of `keras.optimizers.Adam`.

    Raises:
        ValueError: `learning_rate` is out of its range.
    """
    if not 0 < learning_rate < float("inf"):
        raise ValueError(
            f"Expected a learning rate above 0. Received: learning_rate={learning_rate!r}."
        )
    warmup_steps = max(1, int(steps * warmup))
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=learning_rate / _START_DIVISOR,
        decay_steps=max(1, steps - warmup_steps),
        alpha=_END_SHARE,
        warmup_target=learning_rate,
        warmup_steps=warmup_steps,
    )
    return keras.optimizers.Adam(schedule, global_clipnorm=_MAX_GRADIENT_NORM, **kwargs)


def jit_compile() -> str | bool:
    """`jit_compile` of `keras.Model.compile` for batches of many shapes.

    Only JAX gains by it; TensorFlow and torch would compile anew for every shape of a batch.
    """
    return "auto" if keras.backend.backend() == "jax" else False
