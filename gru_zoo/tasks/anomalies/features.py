"""What the detector knows of a series at a step: running statistics and earlier seasons."""

import numpy as np

GUESSES = 7  # no change, change again, mean, fast mean, last season, last long season, profile
FEATURES = 12
LONG = 7  # seasons of a long season: a week of days

_LEVEL, _CHANGE, _FAST, _PROFILE = 1_000, 300, 10, 4  # steps or seasons of running means
_CUT = 10.0  # usual sizes at which a value is cut before it enters running means
_LIMIT = 1e3  # usual changes at which guesses are cut
_LEAST = 1e-3  # of the usual distance to the mean: smallest usual change
_TINY = 1e-9  # the same, of the mean itself
_FARTHEST = 40.0  # mean distances at which a distance is cut
_WARM = 10  # values before cutting begins


class SeriesFeatures:
    """Features of several series that are read at the same time, one step after another.

    Nothing of a later step enters an earlier one. A missing value leaves all statistics as they
    are.

    Args:
        season: steps of the season of each series, 1 for none, shape `(rows,)`.
    """

    def __init__(self, season: np.ndarray):
        self.season = np.asarray(season, "int64")
        rows = len(self.season)
        self.row = np.arange(rows)
        self.time = 0
        self.count = np.zeros(rows)
        self.last, self.mean, self.fast = (np.zeros(rows) for _ in range(3))
        self.spread, self.change = np.zeros(rows), np.zeros(rows)
        self.distance = np.zeros(rows)  # of the value to the mean before it, in mean distances
        most = int(self.season.max())
        # Values of the last long season by time, and means of each phase of the season.
        self.past = np.zeros((rows, LONG * most + 1))
        self.profile = np.zeros((rows, most))

    @property
    def unit(self) -> np.ndarray:
        """Usual size of a change, above 0, shape `(rows,)`."""
        least = np.maximum(_LEAST * self.spread, _TINY * np.abs(self.mean))
        return np.maximum(self.change, np.maximum(least, 1e-12))

    def feed(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read the next value of each series.

        Args:
            values: float64, shape `(rows,)`, NaN where a value is missing.

        Returns:
            Features of the step, shape `(rows, FEATURES)`, and guesses of the change to the next
            value in units of the usual change, shape `(rows, GUESSES)`; both float32.
        """
        known = np.isfinite(values)
        values = np.where(known, values, self.last)
        step = np.where(self.count > 0, values - self.last, 0.0)
        least = np.maximum(self.spread, _TINY * np.abs(self.mean) + 1e-12)
        away = np.minimum(np.abs(values - self.mean) / least, _FARTHEST)
        self.distance = np.where(known & (self.count > _WARM), away, 0.0)
        self._update(values, step, known)
        self.last = values
        self.past[:, self.time % self.past.shape[1]] = values
        phase = self.time % self.season
        cycle = self.time // self.season + 1
        old = self.profile[self.row, phase]
        self.profile[self.row, phase] = old + (values - old) / np.minimum(cycle, _PROFILE)
        self.time += 1
        return self._described(values, step, known)

    def _update(self, values, step, known) -> None:
        """Running means of level, change and their sizes."""
        self.count = self.count + known
        count = np.maximum(self.count, 1)
        warm = self.count > _WARM
        away, size = values - self.mean, np.abs(step)
        limit = np.where(warm, _CUT * self.spread, np.inf)
        # A series that was constant is not cut: its spread would stay 0.
        limit = np.where(limit > 0, limit, np.inf)
        cut = np.clip(away, -limit, limit)
        most = np.where(warm & (self.change > 0), _CUT * self.change, np.inf)
        rates = known / np.minimum(count, _LEVEL)
        self.spread = self.spread + rates * (np.abs(cut) - self.spread)
        self.mean = self.mean + rates * cut
        self.fast = self.fast + known / np.minimum(count, _FAST) * (values - self.fast)
        changes = np.maximum(count - 1, 1)
        rate = np.where(self.count > 1, known / np.minimum(changes, _CHANGE), 0.0)
        self.change = self.change + rate * (np.minimum(size, most) - self.change)

    def _described(self, values, step, known) -> tuple[np.ndarray, np.ndarray]:
        unit = self.unit
        has_season = (self.season > 1) & (self.time >= self.season)
        has_long = (self.season > 1) & (self.time >= LONG * self.season)
        lags = [self._before(self.season), self._before(LONG * self.season)]
        current = self._before(self.season + 1)
        profile = self.profile[self.row, self.time % self.season]
        zero = np.zeros(len(values))
        after = [
            zero,
            step,
            self.mean - values,
            self.fast - values,
            np.where(has_season, lags[0] - values, zero),
            np.where(has_long, lags[1] - values, zero),
            np.where(has_season, profile - values, zero),
        ]
        with np.errstate(over="ignore"):
            guesses = np.clip(np.stack(after, axis=1) / unit[:, None], -_LIMIT, _LIMIT)
            now = np.clip((current - values) / unit, -_LIMIT, _LIMIT)
        others = [
            np.arcsinh(np.where(has_season & (self.time > self.season), now, zero)),
            np.log(np.clip(self.spread / unit, 0.1, 1e3)),
            has_season,
            has_long,
            ~known,
            1 / np.sqrt(self.count + 1),
        ]
        features = np.concatenate([np.arcsinh(guesses[:, 1:]), np.stack(others, axis=1)], axis=1)
        return features.astype("float32"), guesses.astype("float32")

    def _before(self, steps: np.ndarray) -> np.ndarray:
        """The value `steps` before the next one."""
        return self.past[self.row, (self.time - steps) % self.past.shape[1]]


def changes(values: np.ndarray, last: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Inverse hyperbolic sine of the change to values in units of the usual change."""
    return np.arcsinh((values - last) / unit)
