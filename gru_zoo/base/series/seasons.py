"""Seasons of a series: steps of a day, a week or a year, by its frequency or by its values."""

import numpy as np

# A longer season that goes with one of so many steps: a week of days, a year of weeks.
LONG_SEASONS = {7: 364, 24: 168, 48: 336, 96: 672, 144: 1_008}
MAX_SEASON = 1_024  # half of the past that is read
_CLEAR = 0.3  # autocorrelation from which a season is believed
_NEAR = 0.8  # share of the highest autocorrelation that a shorter season needs
_DAY = 86_400


def of_step(seconds: float) -> int:
    """Steps of the usual season of a series with a value every so many seconds; 1 for none.

    Values of minutes and seconds have seasons of an hour or a minute, values of parts of a day one
    of a day, of days one of a week, of longer steps one of a year.

    Args:
        seconds: seconds between two values, above 0.

    Example:
        >>> of_step(3_600), of_step(86_400), of_step(30.4 * 86_400)
        (24, 7, 12)
    """
    if seconds < 60:
        return max(1, round(60 / seconds))
    if seconds < 300:
        return round(3_600 / seconds)
    if seconds < _DAY:
        return round(_DAY / seconds)
    if seconds < 2 * _DAY:
        return 7
    return max(1, round(365.25 * _DAY / seconds))


def detect(values: np.ndarray) -> int:
    """Steps of the season that the values show, 1 if none is clear.

    It is the shortest lag at which the autocorrelation of the changes around a straight line has a
    peak that is clear and about as high as the highest one.

    Args:
        values: shape `(time,)`; NaN where one is missing.
    """
    known = np.isfinite(values)
    if known.sum() < 8 or np.ptp(values[known]) == 0:
        return 1
    time = np.arange(len(values))
    filled = np.interp(time, time[known], values[known])
    if len(filled) < 24:  # too few for a peak that means something
        return 1
    flat = filled - np.polyval(np.polyfit(time, filled, 1), time)
    spectrum = np.fft.rfft(flat, 2 * len(flat))
    together = np.fft.irfft(spectrum * spectrum.conj())[: len(flat) // 3 + 2]
    pairs = len(flat) - np.arange(len(together))
    correlation = together / pairs / max(together[0] / len(flat), 1e-300)
    inner = correlation[1:-1]
    peaks = 1 + np.flatnonzero((inner > correlation[:-2]) & (inner >= correlation[2:]))
    peaks = peaks[(peaks > 1) & (peaks <= MAX_SEASON)]
    valley = np.minimum.accumulate(correlation)
    clear = peaks[(correlation[peaks] > _CLEAR) & (correlation[peaks] - valley[peaks] > _CLEAR)]
    if not len(clear):
        return 1
    high = clear[correlation[clear] >= _NEAR * correlation[clear].max()]
    return int(high[0])


def longer(season: int) -> int:
    """Steps of the longer season that goes with a season; 0 for none."""
    return LONG_SEASONS.get(season, 0)
