"""The optimizer of every `fit`."""

from typing import Any

import keras


def optimizer(
    learning_rate: float, steps: int, warmup: float = 0.1, **kwargs: Any
) -> keras.optimizers.Optimizer:
    """Adam whose rate rises linearly, then falls along a cosine to 2 % of its peak.

    Args:
        learning_rate: the peak, above 0.
        steps: batches of the whole training.
        warmup: share of `steps` in which the rate rises.
        **kwargs: further arguments of `keras.optimizers.Adam`.

    Raises:
        ValueError: the rate is out of its range.
    """
    if not 0 < learning_rate < float("inf"):
        raise ValueError(
            f"Expected a learning rate above 0. Received: learning_rate={learning_rate!r}."
        )
    warmup_steps = max(1, int(steps * warmup))
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=learning_rate / 20,
        decay_steps=max(1, steps - warmup_steps),
        alpha=0.02,
        warmup_target=learning_rate,
        warmup_steps=warmup_steps,
    )
    # Recurrent gradients explode now and then; a norm of 1 is what most GRU papers clip at.
    return keras.optimizers.Adam(schedule, global_clipnorm=1.0, **kwargs)


def jit_compile() -> str | bool:
    """What `keras.Model.compile` takes for batches of many shapes.

    Only JAX gains by compiling each; the others would compile anew for every shape of a batch.
    """
    return "auto" if keras.backend.backend() == "jax" else False
