"""An estimate of how long a training takes."""

import logging
import time

import keras

_logger = logging.getLogger("gru_zoo")


class EpochEstimate(keras.callbacks.Callback):
    """Logs once, at level INFO, how long an epoch and the whole training will take.

    The logger is "gru_zoo"; configure `logging` to see the line.

    Args:
        epochs: number of epochs to come.
        skip: number of first steps that are not measured, since they compile.
        steps: number of steps that are measured.
    """

    def __init__(self, epochs: int, skip: int = 10, steps: int = 30):
        super().__init__()
        self.epochs, self.skip, self.steps = epochs, skip, steps
        self._count, self._start = 0, 0.0

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._count += 1
        if self._count == self.skip:
            self._start = time.perf_counter()
        total = self.params.get("steps")
        if self._count == self.skip + self.steps and total:
            minutes = (time.perf_counter() - self._start) / self.steps * total / 60
            # The progress bar of Keras leaves its line open.
            _logger.info(
                "\nAbout %.1f min an epoch, %.0f min in all.", minutes, minutes * self.epochs
            )
