"""Batches of series to train the forecaster of the next value on."""

import numpy as np

from gru_zoo.tasks.anomalies.features import SeriesFeatures, changes

_LIMIT = 12.0  # size at which targets are cut, so that an outlier does not decide a step


def read_all(values: np.ndarray, season: np.ndarray) -> tuple[np.ndarray, ...]:
    """Features, guesses and scales of all steps of several series.

    Args:
        values: shape `(rows, time)`, NaN where a value is missing.
        season: steps of the season of each, shape `(rows,)`.

    Returns:
        Features `(rows, time, FEATURES)`, guesses `(rows, time, GUESSES)`, and the last known
        value and the usual change after each step, both `(rows, time)`.
    """
    reader, parts = SeriesFeatures(season), []
    for column in values.T:
        features, guesses = reader.feed(column)
        parts.append((features, guesses, reader.last, reader.unit))
    return tuple(np.stack(arrays, axis=1) for arrays in zip(*parts, strict=True))


def examples_of(
    values: np.ndarray, season: np.ndarray, start: int, steps: int, units: int
) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Inputs of the model and targets of `QuantileLoss` for a part of several series.

    Args:
        values: shape `(rows, time)`, NaN where a value is missing.
        season: steps of the season of each, shape `(rows,)`.
        start: first step of the part; the features know the steps before it, the state does not.
        steps: steps of the part, which end before the last value.
        units: units of the model.

    Returns:
        Features, guesses and the first state; and targets with weights, `(rows, steps, 2)`.
    """
    end = start + steps
    features, guesses, last, unit = read_all(values[:, :end], season)
    known = np.isfinite(values[:, : end + 1])
    after = np.where(known, values[:, : end + 1], 0.0)[:, start + 1 :]
    seen = known.cumsum(axis=1)[:, start:end] > 0
    weight = (known[:, start + 1 :] & seen).astype("float32")
    target = changes(after, last[:, start:], unit[:, start:]).clip(-_LIMIT, _LIMIT)
    pairs = np.stack([np.where(weight > 0, target, 0.0), weight], axis=-1).astype("float32")
    state = np.zeros((len(values), units), "float32")
    return (features[:, start:], guesses[:, start:], state), pairs
