"""Class probabilities of movements, and of their beginnings."""

import dataclasses
import os
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo.metrics import wilson_interval
from gru_zoo.metrics.metric import Metric
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.action_recognition.processor import (
    ActionRecognitionProcessor,
    Movement,
    is_seen,
)
from gru_zoo.tasks.action_recognition.recording import Recording, as_recording

BATCH = 32  # movements that are scored together


def read_all(
    processor: ActionRecognitionProcessor, motions: Sequence[Any], rate: float | None
) -> list[Movement]:
    """Read recordings. All that cannot be read are named in one error.

    Args:
        processor: processor of the model.
        motions: recordings, see `as_recording`.
        rate: frames or samples per second of arrays.

    Raises:
        FileNotFoundError: there is one recording, a file that does not exist.
        ValueError: recordings cannot be read.
        TypeError: a recording has another type.
    """
    movements, errors = [], []
    for number, motion in enumerate(motions):
        try:
            movements.append(processor.read(as_recording(motion, rate)))
        except (ValueError, OSError) as error:
            if len(motions) == 1:
                raise
            name = f" ('{motion}')" if isinstance(motion, (str, os.PathLike)) else ""
            errors.append(f"recording {number}{name}: {error}")
    if errors:
        more = f" And {len(errors) - 5} more." if len(errors) > 5 else ""
        raise ValueError(
            f"{len(errors)} of {len(motions)} recordings, counted from 0, cannot be read. "
            f"{' '.join(errors[:5])}{more}"
        )
    return movements


def score(
    model: keras.Model,
    processor: ActionRecognitionProcessor,
    movements: Sequence[Movement],
    verbose: bool = False,
) -> np.ndarray:
    """Class probabilities of movements, those of similar length together.

    Args:
        model: the model.
        processor: processor of the model.
        movements: the movements.
        verbose: whether to show a progress bar.

    Returns:
        float32, shape `(movements, classes)`.
    """
    result = np.zeros((len(movements), model.output_shape[-1]), "float32")
    order = np.argsort([sum(map(len, movement)) for movement in movements], kind="stable")
    bar = keras.utils.Progbar(len(movements), unit_name="recording") if verbose else None
    for start in range(0, len(movements), BATCH):
        rows = order[start : start + BATCH]
        arrays = processor.batch([movements[row] for row in rows])
        # Rows of zeros make the number of rows a power of two: models compile for few shapes.
        missing = (1 << (len(rows) - 1).bit_length()) - len(rows)
        arrays = [np.pad(a, [(0, missing)] + [(0, 0)] * (a.ndim - 1)) for a in arrays]
        result[rows] = np.asarray(predict_on_batch(model, arrays))[: len(rows)]
        if bar:
            bar.add(len(rows))
    return result


def beginnings(
    recording: Recording, processor: ActionRecognitionProcessor, hop: float
) -> tuple[np.ndarray, list[Recording]]:
    """The beginnings of a recording, each a hop longer, and last the whole.

    Args:
        recording: the recording, checked by `ActionRecognitionProcessor.read`.
        processor: processor of the model.
        hop: seconds from one to the next, above 0.

    Returns:
        Seconds of each, shape `(moments,)`, and the recordings. Beginnings in which nothing is
        seen are left out.
    """
    parts = {}
    for name in ("skeleton", "signals"):
        values = getattr(recording, name)
        if values is not None:
            rate = getattr(recording, f"{name}_rate") or getattr(processor, f"{name}_rate")
            parts[name] = (np.asarray(values), rate)
    end = max(len(values) / rate for values, rate in parts.values())
    times, found = [], []
    for time in np.append(np.arange(hop, end, hop), end):
        cut = {name: v[: max(2, round(time * rate))] for name, (v, rate) in parts.items()}
        seen: dict[str, Any] = {name: part for name, part in cut.items() if is_seen(name, part)}
        if seen:
            rates = {f"{name}_rate": parts[name][1] for name in seen}
            times.append(float(time))
            found.append(Recording(**seen, **rates))
    return np.array(times), found


def with_interval(metrics: list[Metric], targets: np.ndarray) -> list[Metric]:
    """Metrics with the 95 % interval of the accuracy, which comes first, in its signature."""
    accuracy, count = metrics[0], len(targets)
    low, high = wilson_interval(round(accuracy.value * count), count)
    signature = f"{accuracy.signature}|wilson_95:{low:.4f}-{high:.4f}"
    return [dataclasses.replace(accuracy, signature=signature), *metrics[1:]]
