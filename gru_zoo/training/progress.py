"""How long an epoch will take."""

import time

import keras


class EpochEstimate(keras.callbacks.Callback):
    """Says how long an epoch will take, once a few steps are measured.

    Args:
        epochs: number of epochs to come.
        skip: first steps left out, since they compile.
        steps: steps measured.
    """

    def __init__(self, epochs: int, skip: int = 10, steps: int = 30):
        super().__init__()
        self.epochs, self.skip, self.steps = epochs, skip, steps
        self.seen, self.start = 0, 0.0

    def on_train_batch_end(self, batch, logs=None):
        self.seen += 1
        if self.seen == self.skip:
            self.start = time.perf_counter()
        total = self.params.get("steps")
        if self.seen == self.skip + self.steps and total:
            epoch = (time.perf_counter() - self.start) / self.steps * total / 60
            print(f"\nAbout {epoch:.1f} min an epoch, {epoch * self.epochs:.0f} min in all.")
