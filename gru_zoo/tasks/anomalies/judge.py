"""Surprises to scores: how rare a value is in its own series, and alarms that do not repeat."""

import numpy as np

_TRUST = 50.0, 20.0  # steps, and values in the tail, that the expectations of a tail stand for
_MEMORY = 3_000.0  # steps after which a tail is forgotten by and by
_WARM = 30  # known values that come before the first score
_HALF = 60.0  # steps in which a score loses half of its digits
_SHARE = 0.1  # of the values that a tail is expected to hold


class Tail:
    """The tail of a quantity of several series, and how rare a value of it is.

    The share of the values in the tail is counted, and their excess has an exponential
    distribution, as in the peaks-over-threshold method with shape 0 (Siffer et al. 2017, Anomaly
    Detection in Streams with Extreme Value Theory). So a series whose values scatter more than
    expected raises no more alarms than another.

    Args:
        rows: number of series.
        base: value from which on the tail begins, expected of one value in ten.
        excess: mean excess that is expected.
        cut: excess at which a value is cut before it enters the tail.
    """

    def __init__(self, rows: int, base: float, excess: float, cut: float):
        self.base, self.expected, self.cut = base, excess, cut
        self.count, self.inside, self.excess = (np.zeros(rows) for _ in range(3))

    def feed(self, values: np.ndarray, known: np.ndarray) -> np.ndarray:
        """Digits of the rarity of the next values: -log10 of the share that is as large.

        Args:
            values: from 0 on, shape `(rows,)`.
            known: whether there is a value, bool, shape `(rows,)`.
        """
        share = (_TRUST[0] * _SHARE + self.inside) / (_TRUST[0] + np.minimum(self.count, _MEMORY))
        mean = (_TRUST[1] * self.expected + self.excess) / (_TRUST[1] + self.inside)
        over, digits = np.maximum(values - self.base, 0), -np.log10(share)
        rarity = np.where(over > 0, digits + over / mean / np.log(10), digits * values / self.base)
        fade = np.where(known & (self.count >= _MEMORY), 1 - 1 / _MEMORY, 1.0)
        self.inside = self.inside * fade + (known & (values > self.base))
        self.excess = self.excess * fade + np.where(known, np.minimum(over, self.cut), 0.0)
        self.count = self.count + known
        return np.where(known & (self.count > _WARM), rarity, 0.0)


class Judge:
    """Scores of several series that are read at the same time, one step after another.

    A value is as rare as its surprise under the forecast, or as its distance to the mean of the
    series, whatever is rarer.

    Args:
        rows: number of series.
        quiet: steps in which a rarity that is not higher than another one is no peak, 1 or more.
    """

    def __init__(self, rows: int, quiet: int):
        # A perfect forecast has these surprises; a Gaussian about these distances.
        self.surprises = Tail(rows, base=1.0, excess=1 / np.log(10), cut=3.0)
        self.distances = Tail(rows, base=2.0, excess=0.5, cut=4.0)
        self.rarities = np.zeros((rows, quiet))  # of the last steps
        self.held = np.zeros(rows)
        self.time = 0

    def feed(
        self, surprise: np.ndarray, distance: np.ndarray, known: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Judge the next value of each series.

        Args:
            surprise: from `surprises`, shape `(rows,)`.
            distance: to the mean, in mean distances, shape `(rows,)`.
            known: whether there is a value, bool, shape `(rows,)`.

        Returns:
            Scores and peaks, shape `(rows,)`. A peak is 1 - 10 ** -rarity where the rarity is
            higher than in the last `quiet` steps, and 0 elsewhere. A score is the same of a rarity
            that fades after its step.
        """
        rarity = np.maximum(
            self.surprises.feed(surprise, known), self.distances.feed(distance, known)
        )
        self.held = np.maximum(rarity, self.held * 0.5 ** (1 / _HALF))
        peak = rarity > self.rarities.max(axis=1)
        self.rarities[:, self.time % self.rarities.shape[1]] = rarity
        self.time += 1
        return 1 - 10.0**-self.held, np.where(peak, 1 - 10.0**-rarity, 0.0)
