"""Batches of windows of one set, for the presets that are trained on it."""

import numpy as np

from gru_zoo import data
from gru_zoo.data import ett, exchange_rate, weather_jena
from gru_zoo.data.examples import TimeSeries
from gru_zoo.tasks.forecasting.batches import WindowBatches
from gru_zoo.tasks.forecasting.evaluation import season_of
from recipes.forecasting.settings import Settings

SOURCES = {module.SOURCE.name: module.SOURCE for module in (ett, exchange_rate, weather_jena)}


def set_batches(settings: Settings, root) -> tuple[WindowBatches, WindowBatches, dict[str, int]]:
    """Windows of the training split and of the validation split, and the number of values.

    All channels are learned by the same weights, each by itself.
    """
    patch = settings.config.patch
    made_horizon = -(-settings.horizon // patch) * patch
    made = []
    for split in ("train", "val"):
        (series,) = data.load(settings.data, settings.part + split, root)
        columns = [np.ascontiguousarray(column) for column in series.values.T]
        first = max(series.start, settings.past // 4)
        starts = [(first, len(series.values) - settings.horizon)] * len(columns)
        made.append(
            WindowBatches(
                columns,
                [season_of(series)] * len(columns),
                settings.horizon,
                patch,
                batch_size=settings.batch_size,
                past=settings.past,
                starts=starts,
                seed=settings.seed,
                fixed=split == "val",
                stride=settings.stride,
                steps=step_weights(series, made_horizon),
            )
        )
    count = sum(len(column) for column in made[0].series)
    return made[0], made[1], {settings.data: count}


def step_weights(series: TimeSeries, horizon: int) -> np.ndarray:
    """Weights of the future steps that make the loss follow the score of a benchmark.

    The score is the mean of the errors of several horizons, and the first steps are in all of them.
    So they are for exchange rates too, whose score is of the last step of each horizon alone: a
    step between two of them is learned as well.

    Args:
        series: a split of the set.
        horizon: number of steps of a forecast; those beyond the longest horizon count nothing.

    Returns:
        Shape `(horizon,)`, mean 1.
    """
    ahead = np.arange(1, horizon + 1)
    weights = sum((ahead <= steps) / steps for steps in series.horizons)
    return weights / weights.mean()
