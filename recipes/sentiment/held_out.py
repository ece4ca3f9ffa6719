"""Which reviews are held out from training."""

import numpy as np

RUN = 100  # neighbouring reviews that are held out together; of one film there are 30 at most


def in_runs(count: int, held: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices to hold out and the others, in runs of neighbours.

    Reviews of one film stand next to each other. Held out one by one they would share their films
    with training, which those of the test split do not.
    """
    runs = np.array_split(np.arange(count), max(2, count // RUN))
    order = np.random.default_rng(seed).permutation(len(runs))
    shuffled = np.concatenate([runs[i] for i in order])
    return shuffled[:held], shuffled[held:]
