"""Surprises to scores: how rare a surprise is in its own series, and alarms that do not repeat."""

import numpy as np

_BASE = 1.0  # surprise from which on values belong to the tail
_RATE, _EXCESS = 0.1, 1 / np.log(10)  # share of the tail and mean excess of perfect forecasts
_TRUST = 50.0, 20.0  # steps, and values in the tail, that these expectations stand for
_MEMORY = 3_000.0  # steps after which the tail is forgotten by and by
_CUT = 3.0  # excess at which values are cut before they enter the tail
_WARM = 30  # known values that come before the first score


class Judge:
    """Scores of several series that are read at the same time, one step after another.

    A surprise is compared with those before it in the same series: the share of them in the tail,
    and an exponential distribution of the excess, as in the peaks-over-threshold method with shape
    0 (Siffer et al. 2017, Anomaly Detection in Streams with Extreme Value Theory). So a series that
    the model forecasts badly raises no more alarms than another.

    Args:
        rows: number of series.
        quiet: steps in which a score that is not higher than another one is no peak, 1 or more.
    """

    def __init__(self, rows: int, quiet: int):
        self.count, self.tail, self.excess = np.zeros(rows), np.zeros(rows), np.zeros(rows)
        self.rarities = np.zeros((rows, quiet))  # of the last steps
        self.time = 0

    def feed(self, surprise: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Judge the next surprise of each series.

        Args:
            surprise: from `surprises`, shape `(rows,)`.
            known: whether there is a value, bool, shape `(rows,)`.

        Returns:
            Scores, and whether a score is higher than all of the last `quiet` steps; shape
            `(rows,)`. A score s says that one of 1 / (1 - s) values is as rare.
        """
        share = (_TRUST[0] * _RATE + self.tail) / (_TRUST[0] + np.minimum(self.count, _MEMORY))
        mean = (_TRUST[1] * _EXCESS + self.excess) / (_TRUST[1] + self.tail)
        over = np.maximum(surprise - _BASE, 0)
        digits = -np.log10(share)
        rarity = np.where(over > 0, digits + over / mean / np.log(10), digits * surprise / _BASE)
        fade = np.where(known & (self.count >= _MEMORY), 1 - 1 / _MEMORY, 1.0)
        self.tail = self.tail * fade + (known & (surprise > _BASE))
        self.excess = self.excess * fade + np.where(known, np.minimum(over, _CUT), 0.0)
        self.count = self.count + known
        rarity = np.where(known & (self.count > _WARM), rarity, 0.0)
        peak = rarity > self.rarities.max(axis=1)
        self.rarities[:, self.time % self.rarities.shape[1]] = rarity
        self.time += 1
        return 1 - 10.0**-rarity, peak
