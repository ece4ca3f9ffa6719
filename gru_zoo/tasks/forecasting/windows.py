"""The arrays of the model: the past in patches, and simple guesses of the future.

All of a batch is computed at once. Rows are left-padded with NaN, which is also the mark of a
missing value.
"""

import warnings
from typing import NamedTuple

import numpy as np

PAST = 2_048  # steps of the past that the model reads at most
FINE = 256  # the last steps, which are read one by one; means of `POOL` steps before them
POOL = 8
CYCLES = 8  # seasons whose mean is taken
GUESSES = 4  # last season, mean season, last long season, drift
FACTS = 9
LIMIT = 10.0  # beyond which scaled values are cut before the model reads them


class Windows(NamedTuple):
    """Inputs of the model, and how its outputs return to the units of the series.

    Args:
        past: patches of values, of values without their season, and of the share that is not
            missing, and whether the patch holds means; float32, `(batch, patches, 3 * patch + 1)`.
        mask: whether a patch has any value, bool, `(batch, patches)`.
        guesses: simple forecasts in scaled units, float32, `(batch, future, patch, 4)`.
        facts: what is known of a future patch, float32, `(batch, future, FACTS)`.
        center: subtracted from the values, float64, `(batch,)`.
        scale: by which they are divided then; 0 for a constant series; float64, `(batch,)`.
        error: mean absolute difference of values a season apart, in scaled units, `(batch,)`.
    """

    past: np.ndarray
    mask: np.ndarray
    guesses: np.ndarray
    facts: np.ndarray
    center: np.ndarray
    scale: np.ndarray
    error: np.ndarray

    @property
    def inputs(self) -> list[np.ndarray]:
        """The four inputs of the model."""
        return [self.past, self.mask, self.guesses, self.facts]

    def scaled(self, values: np.ndarray) -> np.ndarray:
        """Values of the series, shape `(batch, ...)`, in scaled units."""
        shape = (-1,) + (1,) * (values.ndim - 1)
        divisor = np.where(self.scale > 0, self.scale, 1.0)
        return (values - self.center.reshape(shape)) / divisor.reshape(shape)

    def unscaled(self, values: np.ndarray) -> np.ndarray:
        """Scaled values, shape `(batch, ...)`, in units of the series, float64."""
        shape = (-1,) + (1,) * (values.ndim - 1)
        return values * self.scale.reshape(shape) + self.center.reshape(shape)


def windows(
    past: np.ndarray, season: np.ndarray, long_season: np.ndarray, horizon: int, patch: int
) -> Windows:
    """Make the inputs of the model.

    Args:
        past: values, float64, shape `(batch, time)`, padded at the left with NaN. Only the last
            `PAST` steps are read. Every row has a value.
        season: steps of a season, 1 for none, whole numbers, shape `(batch,)`.
        long_season: steps of a longer season, 0 for none, shape `(batch,)`.
        horizon: number of future steps, 1 or more; rounded up to whole patches.
        patch: steps of a patch.
    """
    past = past[:, -PAST:]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of slices without any value
        return _windows(past, season, long_season, -(-horizon // patch) * patch, patch)


def _windows(past, season, long_season, horizon, patch) -> Windows:
    rows, time = past.shape
    known = np.isfinite(past)
    length = time - known.argmax(axis=1)
    cycle = np.clip(season, 1, np.maximum(length // 2, 1))
    back = time - 1 - np.arange(time)  # steps before the last one
    in_last = back < cycle[:, None]
    in_first = back >= (length - cycle)[:, None]
    clipped = _clipped(past)
    center = _mean(clipped, in_last)
    center = np.where(np.isnan(center), np.nanmean(clipped, axis=1), center)
    scale = np.nanstd(clipped, axis=1)
    scale = np.where(scale > 1e-9 * np.abs(center), scale, 0.0)
    divisor = np.where(scale > 0, scale, 1.0)[:, None]
    z = np.clip((clipped - center[:, None]) / divisor, -LIMIT, LIMIT)

    slope = (_mean(z, in_last) - _mean(z, in_first)) / np.maximum(length - cycle, 1)
    slope = np.where(np.isfinite(slope), slope, 0.0)
    last, mean = _seasons(z, season)
    ahead = np.arange(horizon)
    steady = _at(last, ahead[None] % season[:, None])
    profile = _at(mean, ahead[None] % season[:, None])
    distant, reached = _distant(z, long_season, length, ahead)
    drift = slope[:, None] * (ahead + 1 + (cycle[:, None] - 1) / 2)
    found = np.isfinite(steady)
    steady = np.where(found, steady, 0.0)
    profile = np.where(np.isfinite(profile), profile, 0.0)
    distant = np.where(np.isfinite(distant), distant, steady)
    guesses = np.stack([steady, profile, distant, drift], axis=-1)

    phase = np.mod(-1 - back[None], season[:, None])  # of the past steps
    seasonal = _at(mean, phase)
    flat = z - np.where(np.isfinite(seasonal), seasonal, 0.0)
    patches, mask = _patches(z, flat, patch)
    apart = _error(z, season)
    facts = _facts(length, season, long_season, apart, ahead, found, reached, patch)
    return Windows(
        patches,
        mask,
        np.clip(guesses, -LIMIT, LIMIT).reshape(rows, -1, patch, GUESSES).astype("float32"),
        facts,
        center,
        scale,
        apart,
    )


def _clipped(past: np.ndarray) -> np.ndarray:
    """Values, but those far outside of the usual range are cut: marks such as -9999, outliers."""
    ordered = np.sort(past, axis=1)  # missing values last
    known = np.isfinite(past).sum(axis=1)[:, None] - 1
    low, high = (_at(ordered, np.round(known * share)) for share in (0.02, 0.98))
    margin = np.where(high > low, 3 * (high - low), np.inf)
    return np.clip(past, low - margin, high + margin)


def _mean(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Mean of the values of each row that are there, NaN for none."""
    return np.nanmean(np.where(where, values, np.nan), axis=1)


def _at(table: np.ndarray, index: np.ndarray) -> np.ndarray:
    return np.take_along_axis(table, index.astype("int64"), axis=1)


def _seasons(z: np.ndarray, season: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The last and the mean season of each row, by phase, each shape `(batch, longest season)`.

    The last season has the last value known of each phase. The mean is that of deviations from
    the means of the seasons, since these may follow a trend.
    """
    rows, time = z.shape
    phases = np.arange(season.max())
    index = time - season[:, None] + phases  # of the last season
    index = index[..., None] - np.arange(CYCLES) * season[:, None, None]
    valid = (index >= 0) & (phases < season[:, None])[..., None]
    values = np.take_along_axis(z, np.clip(index, 0, time - 1).reshape(rows, -1), axis=1)
    values = np.where(valid, values.reshape(index.shape), np.nan)
    newest = np.isfinite(values).argmax(axis=2)
    last = np.take_along_axis(values, newest[..., None], axis=2)[..., 0]
    deviations = values - np.nanmean(values, axis=1, keepdims=True)
    return last, np.nanmean(deviations, axis=2)


def _distant(z, long_season, length, ahead) -> tuple[np.ndarray, np.ndarray]:
    """Values a long season before each future step, and whether the past reaches so far."""
    time = z.shape[1]
    reached = (long_season > 0) & (long_season <= length)
    period = np.where(reached, long_season, 1)[:, None]
    index = time - period + ahead[None] % period
    return np.where(reached[:, None], _at(z, index), np.nan), reached


def _error(z: np.ndarray, season: np.ndarray) -> np.ndarray:
    """Mean absolute difference of values a season apart, shape `(batch,)`; 1 if there are none."""
    index = np.arange(z.shape[1])[None] - season[:, None]
    before = np.where(index >= 0, _at(z, np.maximum(index, 0)), np.nan)
    apart = np.nanmean(np.abs(z - before), axis=1)
    return np.where(np.isfinite(apart), apart, 1.0)


def _patches(z: np.ndarray, flat: np.ndarray, patch: int) -> tuple[np.ndarray, np.ndarray]:
    """Patches of the past, the oldest first, and whether they have any value."""
    fine = _cut(z, flat, FINE, patch, 1)
    older = slice(0, max(0, z.shape[1] - FINE))
    parts = [fine]
    if older.stop:
        parts.insert(0, _cut(z[:, older], flat[:, older], PAST - FINE, patch, POOL))
    joined = np.concatenate(parts, axis=1)
    known = joined[..., 2 * patch : 3 * patch]
    return joined, np.any(known > 0, axis=-1)


def _cut(z, flat, most: int, patch: int, pool: int) -> np.ndarray:
    """Patches of the last `most` steps, or of means of `pool` steps of them."""
    z, flat = z[:, -most:], flat[:, -most:]
    padding = ((0, 0), (-z.shape[1] % (patch * pool), 0))
    z, flat = (np.pad(a, padding, constant_values=np.nan) for a in (z, flat))
    rows, known = len(z), np.isfinite(z)
    if pool > 1:
        z, flat = (np.nanmean(a.reshape(rows, -1, pool), axis=2) for a in (z, flat))
        known = known.reshape(rows, -1, pool).mean(axis=2)
    channels = [np.nan_to_num(z), np.nan_to_num(flat), known.astype("float64")]
    shaped = [a.reshape(rows, -1, patch) for a in channels]
    kind = np.full((rows, shaped[0].shape[1], 1), float(pool > 1))
    return np.concatenate([*shaped, kind], axis=-1).astype("float32")


def _facts(length, season, long_season, apart, ahead, found, reached, patch) -> np.ndarray:
    """What is known of each future patch, `(batch, future, FACTS)`."""
    rows, count = len(length), len(ahead) // patch
    first = ahead[::patch] + 1
    fixed = [
        np.log(length) / 8,
        np.log(season) / 7,
        np.minimum(length / season, CYCLES) / CYCLES,
        reached.astype("float64"),
        np.log(apart + 1e-3) / 4,
        np.log(np.maximum(long_season, 1)) / 7,
    ]
    each = [np.broadcast_to(fact[:, None], (rows, count)) for fact in fixed]
    each += [
        np.broadcast_to(np.log(first) / 7, (rows, count)),
        np.minimum(first / length[:, None], 4.0),
        found.reshape(rows, count, patch).mean(axis=2),
    ]
    return np.stack(each, axis=-1).astype("float32")
