"""Series of any rate, with gaps, at the rate of a model."""

import numpy as np


def filled(values: np.ndarray) -> np.ndarray:
    """Values with gaps filled by straight lines; a channel without any value stays NaN.

    Args:
        values: shape `(time, ...)`, NaN where a value is missing.

    Returns:
        float32, of the same shape.
    """
    flat = values.reshape(len(values), -1).astype("float32")
    missing = np.isnan(flat)
    times = np.arange(len(flat))
    for channel in np.flatnonzero(missing.any(axis=0) & ~missing.all(axis=0)):
        seen = ~missing[:, channel]
        flat[:, channel] = np.interp(times, times[seen], flat[seen, channel])
    return flat.reshape(values.shape)


def resampled(values: np.ndarray, rate: float, wanted: float) -> np.ndarray:
    """Values at another rate, by straight lines between the samples.

    Faster samples are first averaged over the time of one of the wanted ones.

    Args:
        values: shape `(time, ...)`; a channel has NaN everywhere or nowhere.
        rate: samples per second.
        wanted: samples per second of the result.

    Returns:
        Shape `(round(time * wanted / rate), ...)`, two samples or more; `values` themselves if
        the rates are equal.
    """
    if rate == wanted:
        return values
    values = smoothed(values, int(rate / wanted))
    count = max(2, round(len(values) * wanted / rate))
    return at(values, np.minimum(np.arange(count) * rate / wanted, len(values) - 1))


def at(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Values between samples, by straight lines.

    Args:
        values: shape `(time, ...)`, two samples or more.
        places: indices from 0 to time - 1, with fractions, shape `(wanted,)`.

    Returns:
        float32, shape `(wanted, ...)`.
    """
    before = np.minimum(places.astype(int), len(values) - 2)
    share = (places - before).astype("float32").reshape(-1, *[1] * (values.ndim - 1))
    return values[before] * (1 - share) + values[before + 1] * share


def smoothed(values: np.ndarray, width: int) -> np.ndarray:
    """Means over `width` samples around each; at the ends the first and last sample repeat.

    Args:
        values: shape `(time, ...)`.
        width: samples of a mean; below 2 the values stay as they are.
    """
    if width < 2:
        return values
    before = (width - 1) // 2
    edges = [(before, width - 1 - before)] + [(0, 0)] * (values.ndim - 1)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(values, edges, "edge"), width, axis=0)
    return windows.mean(axis=-1, dtype="float32")
