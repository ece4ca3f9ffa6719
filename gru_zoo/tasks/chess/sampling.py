"""The choice of a move from the probabilities of the legal ones."""

import numpy as np


def choose(
    probabilities: np.ndarray, temperature: float, top_p: float, random: np.random.Generator
) -> int:
    """Draw the index of a move.

    Args:
        probabilities: shape `(moves,)`, one or more.
        temperature: the logarithms are divided by it: below 1 likelier moves become likelier still,
            and 0 takes the likeliest.
        top_p: moves are drawn from the likeliest ones whose probabilities reach this sum, above 0
            and up to 1.
        random: generator of the draw.

    Raises:
        ValueError: a number is out of its range.
    """
    if not 0 <= temperature < float("inf"):
        raise ValueError(f"Expected a temperature of 0 or more. Received: {temperature!r}.")
    if not 0 < top_p <= 1:
        raise ValueError(f"Expected top_p above 0 and up to 1. Received: top_p={top_p!r}.")
    if temperature == 0:
        return int(np.argmax(probabilities))
    logits = np.log(np.maximum(probabilities.astype("float64"), 1e-30)) / temperature
    weights = np.exp(logits - logits.max())
    weights /= weights.sum()
    order = np.argsort(-weights, kind="stable")
    kept = order[: int(np.searchsorted(np.cumsum(weights[order]), top_p * (1 - 1e-9))) + 1]
    return int(random.choice(kept, p=weights[kept] / weights[kept].sum()))
