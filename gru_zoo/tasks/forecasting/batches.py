"""Batches of windows of one's own series, to adapt a model to them."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.base.series.seasons import longer
from gru_zoo.batching.dataset import SeededDataset
from gru_zoo.batching.padding import check_batch_size
from gru_zoo.tasks.forecasting.targets import targets
from gru_zoo.tasks.forecasting.windows import PAST, windows

_MOST = 200  # batches of an epoch


class WindowBatches(SeededDataset):
    """Windows of series: pasts, and the values that follow them.

    Args:
        series: values of each, float64, shape `(time,)`, NaN where one is missing.
        seasons: steps of the season of each.
        horizon: steps that are forecast, rounded up to whole patches.
        patch: steps of a patch of the model.
        batch_size: windows of a batch.
        past: longest past, in steps.
        starts: of each series, the first and the last step at which a forecast may begin; None
            draws them from the whole series, anew in every epoch.
        seed: seed of the windows.
        fixed: whether every epoch has the same windows, spread evenly, to validate.
        stride: steps of a series for each of its windows in an epoch; None takes a quarter of the
            horizon.
        steps: weights of the future steps, see `targets`.
    """

    def __init__(
        self,
        series: Sequence[np.ndarray],
        seasons: Sequence[int],
        horizon: int,
        patch: int,
        *,
        batch_size: int,
        past: int = PAST,
        starts: Sequence[tuple[int, int]],
        seed: int = 0,
        fixed: bool = False,
        stride: int | None = None,
        steps: np.ndarray | None = None,
    ):
        self.series, self.seasons = list(series), np.asarray(seasons, "int64")
        self.horizon, self.patch = -(-horizon // patch) * patch, patch
        self.batch_size, self.past = check_batch_size(batch_size), past
        self.starts, self.fixed, self.steps = list(starts), fixed, steps
        self.stride = stride or max(1, self.horizon // 4)
        super().__init__(seed)

    def _plan_epoch(self, random: np.random.Generator) -> list[np.ndarray]:
        """Series and first step of each window of a batch, shape `(batch, 2)`."""
        low, high = np.array(self.starts).T
        counts = np.maximum(1, (high - low + 1) // self.stride)
        if self.fixed:
            most = max(1, _MOST // 4 * self.batch_size // len(counts))
            pairs = [
                (row, int(start))
                for row in range(len(counts))
                for start in np.linspace(low[row], high[row], min(most, counts[row])).round()
            ]
            chosen = np.array(pairs)
        else:
            total = int(min(counts.sum(), _MOST * self.batch_size))
            rows = random.choice(len(counts), total, p=counts / counts.sum())
            chosen = np.stack([rows, random.integers(low[rows], high[rows] + 1)], axis=1)
        return np.array_split(chosen, -(-len(chosen) // self.batch_size))

    def _batch(self, index: int, plan: np.ndarray) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
        past = np.full((len(plan), self._length(plan)), np.nan)
        future = np.full((len(plan), self.horizon), np.nan)
        for place, (row, start) in enumerate(plan):
            before = self.series[row][max(0, start - past.shape[1]) : start]
            after = self.series[row][start : start + self.horizon]
            past[place, past.shape[1] - len(before) :] = before
            future[place, : len(after)] = after
        season = self.seasons[plan[:, 0]]
        long_season = np.array([longer(int(steps)) for steps in season])
        made = windows(past, season, long_season, self.horizon, self.patch)
        return tuple(made.inputs), targets(made, future, self.patch, self.steps)

    def _length(self, plan: np.ndarray) -> int:
        """Length of the longest past of a batch, up to a multiple of 64 steps."""
        return min(self.past, -(-int(plan[:, 1].max()) // 64) * 64)
