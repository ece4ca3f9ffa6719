"""Batches of one's own series, to adapt the forecaster to them."""

from collections.abc import Iterable, Sequence

import numpy as np

from gru_zoo.batching.dataset import SeededDataset
from gru_zoo.batching.padding import check_batch_size
from gru_zoo.tasks.anomalies.batches import examples_of

SHORTEST = 20  # steps of a series to train on
_PAST = 512  # steps that the features of a window know
_STEPS = 128  # steps of a window that are trained on


class SeriesBatches(SeededDataset):
    """Windows of series, new ones in every epoch; or those at the end of each, to validate on.

    Args:
        series: values of each, shape `(time,)`, NaN where one is missing.
        seasons: steps of the season of each, 1 for none.
        borders: of each series, the step at which the part to validate begins.
        units: units of the model.
        batch_size: windows of a batch.
        seed: seed of the windows.
        held_out: whether these are the windows behind the borders.
    """

    def __init__(
        self,
        series: Sequence[np.ndarray],
        seasons: Sequence[int],
        borders: Sequence[int],
        units: int,
        batch_size: int,
        seed: int,
        held_out: bool,
    ):
        self.series, self.seasons, self.borders = list(series), np.asarray(seasons), list(borders)
        self.units, self.batch_size = units, check_batch_size(batch_size)
        self.held_out = held_out
        super().__init__(seed)

    def _plan_epoch(self, random: np.random.Generator) -> list[np.ndarray]:
        """Series and end of each window of a batch, shape `(batch, 2)`."""
        pairs = []
        ends: Iterable[int]
        for row, (values, border) in enumerate(zip(self.series, self.borders, strict=True)):
            if self.held_out:
                ends = np.arange(len(values), border, -_STEPS)
            else:
                count = -(-border // _STEPS)
                ends = random.integers(min(SHORTEST // 2, border - 1), border, count) + 1
            pairs += [(row, int(end)) for end in ends]
        chosen = np.array(pairs)
        if not self.held_out:
            random.shuffle(chosen)
        return np.array_split(chosen, -(-len(chosen) // self.batch_size))

    def _batch(self, index: int, plan: np.ndarray) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
        values = np.full((len(plan), _PAST), np.nan)
        counted = np.zeros((len(plan), _PAST), bool)
        for place, (row, end) in enumerate(plan):
            part = self.series[row][max(0, end - _PAST) : end]
            values[place, _PAST - len(part) :] = part
            behind = np.arange(end - _PAST, end) >= self.borders[row]
            counted[place] = behind == self.held_out
        seasons = self.seasons[plan[:, 0]]
        start = _PAST - _STEPS - 1
        inputs, targets = examples_of(values, seasons, start, _STEPS, self.units)
        targets[..., 1] *= counted[:, start + 1 :]
        return inputs, targets


def own_batches(
    series: Sequence[np.ndarray],
    seasons: Sequence[int],
    validation: float,
    units: int,
    batch_size: int,
    seed: int,
) -> tuple[SeriesBatches, SeriesBatches]:
    """Batches to train on, and those of the end of each series to validate on.

    Args:
        series, seasons, units, batch_size, seed: see `SeriesBatches`.
        validation: share of the steps of each series that validates.

    Raises:
        ValueError: `validation` is out of its range, or a series is too short.
    """
    if not 0 < validation < 1:
        raise ValueError(
            f"Expected a share to validate between 0 and 1. Received: validation={validation!r}."
        )
    borders = [len(values) - max(1, round(validation * len(values))) for values in series]
    for number, values in enumerate(series):
        if len(values) < SHORTEST or borders[number] < SHORTEST // 2:
            raise ValueError(
                f"Expected series of {SHORTEST} steps or more, half of them to train on. Received: "
                f"{len(values)} in series {number}, with validation={validation!r}."
            )
    made = [
        SeriesBatches(series, seasons, borders, units, batch_size, seed, held_out)
        for held_out in (False, True)
    ]
    return made[0], made[1]
