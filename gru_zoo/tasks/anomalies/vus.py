"""Volume under the surface of precision and recall, a score of detectors without a threshold."""

from collections.abc import Sequence

import numpy as np

_LEVELS = 250  # thresholds, at equal steps of the rank
_SERIES_STEPS, _LAGS = 20_000, 400  # that the length of a season is sought in
_SHORTEST_LAG, _NO_SEASON = 3, 125


def vus_pr(scores: np.ndarray, windows: Sequence[tuple[int, int]], season: int) -> float:
    """Volume under the surface of precision and recall (Paparrizos et al. 2022), as in TSB-AD.

    Each window is extended on both sides by up to `season` steps, whose weight falls as
    `sqrt(1 - distance / length)`. The result is the mean, over all lengths of the extension from 0
    to twice the season, of the area under precision and recall, where recall is multiplied by the
    share of windows that any alarm is in.

    Args:
        scores: finite, shape `(time,)`.
        windows: first and last step of each labelled window, in order.
        season: steps of the season, see `season_length`.

    Returns:
        From 0 to 1. Random scores have about the share of labelled steps.

    Raises:
        ValueError: there is no window.
    """
    if not windows:
        raise ValueError("Expected one labelled window or more. Received: none.")
    inside = np.zeros(len(scores), bool)
    for left, right in windows:
        inside[left : right + 1] = True
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    levels = ranked[np.linspace(0, len(scores) - 1, _LEVELS).astype(int)]
    counts = np.searchsorted(-ranked, -levels, side="right")
    areas = []
    for length in range(2 * season + 1):
        weights = _extended(inside, windows, length)
        hits = np.cumsum(weights[order])[counts - 1]
        outside = np.cumsum(np.where(inside, 0.0, weights)[order])[counts - 1]
        recall = np.minimum(hits / (inside.sum() + outside / 2), 1.0)
        segments = _merged(windows, length // 2, len(scores))
        found = [scores[left : right + 1].max() for left, right in segments]
        recall *= (np.array(found)[:, None] >= levels).mean(axis=0)
        areas.append(np.diff(recall, prepend=0.0) @ (hits / counts))
    return float(np.mean(areas))


def _extended(inside: np.ndarray, windows, length: int) -> np.ndarray:
    """Weight of each step: 1 in windows, falling beside them."""
    weights = inside.astype("float64")
    for left, right in windows:
        away = np.arange(1, length // 2 + 1)
        fall = np.sqrt(1 - away / max(length, 1))
        after = right + away[right + away < len(weights)]
        before = left - away[left - away >= 0]
        weights[after] += fall[: len(after)]
        weights[before] += fall[: len(before)]
    return np.minimum(weights, 1.0)


def _merged(windows, side: int, steps: int) -> list[tuple[int, int]]:
    """Windows with `side` steps more at both ends; those that touch are one."""
    result = [(max(windows[0][0] - side, 0), windows[0][1] + side)]
    for left, right in windows[1:]:
        if result[-1][1] < left - side:
            result.append((left - side, right + side))
        else:
            result[-1] = (result[-1][0], right + side)
    return [(left, min(right, steps - 1)) for left, right in result]


def season_length(values: np.ndarray) -> int:
    """Steps of the season of a series, the highest peak of its autocorrelation, as in TSB-AD.

    Args:
        values: finite, shape `(time,)`.

    Returns:
        From 6 to 303 steps; 125 if there is no such peak.
    """
    centered = np.asarray(values[:_SERIES_STEPS], "float64") - np.mean(values[:_SERIES_STEPS])
    size = 2 ** int(np.ceil(np.log2(2 * len(centered))))
    power = np.abs(np.fft.rfft(centered, size)) ** 2
    correlation = np.fft.irfft(power)[: min(_LAGS, len(centered) - 1) + 1][_SHORTEST_LAG:]
    is_peak = (correlation[1:-1] > correlation[:-2]) & (correlation[1:-1] > correlation[2:])
    peaks = np.flatnonzero(is_peak) + 1
    if not len(peaks):
        return _NO_SEASON
    best = int(peaks[correlation[peaks].argmax()])
    return best + _SHORTEST_LAG if 3 <= best <= 300 else _NO_SEASON
