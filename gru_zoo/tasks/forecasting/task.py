"""Task `forecasting`: quantiles of the future of any series, backtests and fine-tuning."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

import keras
import numpy as np

from gru_zoo.base.series.frames import import_pandas
from gru_zoo.base.series.seasons import longer
from gru_zoo.base.task import Task
from gru_zoo.data.examples import TimeSeries
from gru_zoo.losses.quantile import QuantileLoss
from gru_zoo.metrics.forecasting import LEVELS
from gru_zoo.metrics.metric import Metric, check_lengths
from gru_zoo.presets.card import MetricRow
from gru_zoo.tasks.forecasting import inputs as kinds
from gru_zoo.tasks.forecasting.backtest import window_scores
from gru_zoo.tasks.forecasting.evaluation import benchmark_scores, own_scores
from gru_zoo.tasks.forecasting.model import Config, build
from gru_zoo.tasks.forecasting.processor import (
    ForecastingProcessor,
    as_values,
    at_levels,
    check_horizon,
)
from gru_zoo.tasks.forecasting.results import Outlook
from gru_zoo.tasks.forecasting.samples import NAMES, samples
from gru_zoo.tasks.forecasting.scoring import quantiles_of
from gru_zoo.tasks.forecasting.training import window_batches
from gru_zoo.tasks.forecasting.windows import windows
from gru_zoo.training.options import FitOptions

if TYPE_CHECKING:
    import pandas as pd

_SHORTEST_HORIZON = 12  # of forecasts whose horizon is not given
_LONGEST_HORIZON = 192
_GOLDEN_HORIZON = 16


class Forecasting(Task):
    """Past of a series to quantiles of its future.

    The model reads up to 2,048 steps of each channel by itself. It forecasts up to 720 steps at
    once, and knows nothing of what else is known of the future: covariates are not supported.

    Example:

        >>> import gru_zoo
        >>> task = gru_zoo.load("forecasting")
        >>> task.forecast([1, 2, 3, 4, 5], horizon=2, quantiles=(0.5,)).round().tolist()
        [[6.0], [7.0]]
    """

    inputs = "series"
    Config = Config
    build = staticmethod(build)
    exported_outputs = ("quantiles",)
    Processor = ForecastingProcessor
    samples = samples()

    def forecast(
        self,
        series: Any,
        horizon: int | None = None,
        quantiles: Sequence[float] = (0.1, 0.5, 0.9),
        *,
        season: int | None = None,
        time: str | None = None,
        id: str | None = None,
        value: str | None = None,
        verbose: bool = False,
    ) -> Any:
        """Forecast the values that follow a series, or each of many.

        Args:
            series: an array of shape `(time,)` or `(time, channels)`, a list of them, a list of
                numbers; a pandas Series or DataFrame or a polars DataFrame with times, wide (a
                column a channel) or long (a row for each value of each series); or the path of
                such a table, CSV, TSV or JSON lines. NaN is a missing value; so is a time that a
                table skips.
            horizon: steps to forecast, from 1 to 720; None takes a season, 12 to 192 steps.
            quantiles: levels to forecast, from 0.1 to 0.9.
            season: steps of the season, 1 for none; None takes that of the frequency of the times,
                or else the one that the values show.
            time, id, value: columns of a table, see `frames.read`; None finds them by their type
                or name.
            verbose: whether to show a progress bar.

        Returns:
            For an array, one of shape `(horizon, levels)` or `(horizon, channels, levels)`; for a
            list a list of them. For a table, a table of the same form with the times that follow.

        Raises:
            TypeError: a series does not consist of numbers.
            ValueError: a series has fewer than 3 known values or an infinite one, times are not at
                equal steps, or an argument is out of its range.
            ImportError: a table is given and pandas is not installed.
        """
        read = kinds.read(series, time=time, key=id, value=value)
        found = self._seasons(read, season)
        horizon = self._horizon(horizon, found)
        quantile_values = self._quantiles(read.values, found, horizon, verbose)
        levels = tuple(np.atleast_1d(quantiles).tolist())
        return read.output([at_levels(q, levels, LEVELS) for q in quantile_values], levels)

    def predict(self, inputs: Any, horizon: int | None = None, verbose: bool = False) -> Any:
        """The forecast of a series, see `forecast`, which has more options.

        A list may also hold paths of tables; each gets a table of its own.
        """
        if isinstance(inputs, list) and all(isinstance(one, (str, os.PathLike)) for one in inputs):
            return [self.forecast(one, horizon, verbose=verbose) for one in inputs]
        return self.forecast(inputs, horizon, verbose=verbose)

    def outlook(
        self,
        series: Any,
        horizon: int | None = None,
        *,
        season: int | None = None,
        time: str | None = None,
        id: str | None = None,
        value: str | None = None,
    ) -> list[Outlook]:
        """Forecasts with the pasts that they follow, one for each channel of each series.

        Args:
            series, horizon, season, time, id, value: see `forecast`.
        """
        read = kinds.read(series, time=time, key=id, value=value)
        found = self._seasons(read, season)
        horizon = self._horizon(horizon, found)
        outlooks = []
        quantile_values = self._quantiles(read.values, found, horizon)
        for number, (values, quantiles) in enumerate(
            zip(read.values, quantile_values, strict=True)
        ):
            times, names = read.labels(number, horizon)
            for channel, name in enumerate(names):
                past, future = values[:, channel], quantiles[:, channel]
                outlooks.append(Outlook(past, future, LEVELS, times, name))
        return outlooks

    def _horizon(self, horizon: int | None, seasons: Sequence[int]) -> int:
        if horizon is not None:
            return check_horizon(horizon)
        return int(np.clip(max(seasons, default=1), _SHORTEST_HORIZON, _LONGEST_HORIZON))

    def _seasons(self, read: kinds.Inputs, season: int | None) -> list[int]:
        """Steps of the season of each series: given, of its times, or what its channels show."""
        if season is not None and (season != int(season) or season < 1):
            raise ValueError(f"Expected a season of 1 step or more. Received: season={season!r}.")
        return [
            max(self.processor.season_of(column, season or known) for column in values.T)
            for values, known in zip(read.values, read.seasons, strict=True)
        ]

    def _quantiles(
        self,
        values: Sequence[np.ndarray],
        seasons: Sequence[int],
        horizon: int,
        verbose: bool = False,
    ) -> list[np.ndarray]:
        """Quantiles of each series, shape `(horizon, channels, 9)`."""
        columns = [column for one in values for column in one.T]
        counts = [one.shape[1] for one in values]
        repeated = np.repeat(np.asarray(seasons, "int64"), counts)
        rows = self._forecaster(columns, repeated.tolist(), horizon, verbose)
        parts = np.split(rows, np.cumsum(counts)[:-1]) if counts else []
        return [part.transpose(1, 0, 2) for part in parts]

    def _forecaster(
        self,
        pasts: Sequence[np.ndarray],
        seasons: Sequence[int],
        horizon: int,
        verbose: bool = False,
    ) -> np.ndarray:
        return quantiles_of(self.model, self.processor, pasts, seasons, horizon, verbose)

    def golden_inputs(self) -> list[np.ndarray]:
        past = np.full((len(self.samples), 104), np.nan)
        for row, values in zip(past, self.samples, strict=True):
            row[-len(values) :] = values
        season = np.array([1, 12, 1])
        long_season = np.array([longer(int(steps)) for steps in season])
        return windows(past, season, long_season, _GOLDEN_HORIZON, self.processor.patch).inputs

    def demo(self) -> list[str]:
        lines = []
        for name, values in zip(NAMES, self.samples, strict=True):
            medians = self.forecast(values, 4, (0.5,))[:, 0]
            lines.append(f"{', '.join(f'{value:.1f}' for value in medians)}  <-  {name}")
        return lines

    def backtest(
        self,
        series: Any,
        windows: int = 5,
        horizon: int | None = None,
        *,
        season: int | None = None,
        time: str | None = None,
        id: str | None = None,
        value: str | None = None,
    ) -> "pd.DataFrame":
        """Forecast the last windows of series from what lies before each, and score the forecasts.

        Args:
            series, horizon, season, time, id, value: see `forecast`.
            windows: number of windows of `horizon` steps at the end of each series.

        Returns:
            A pandas DataFrame with a row for each window: `series`, `start` (the step at which the
            window begins), `mase`, `wql`, `coverage_80` (the share of the values between the
            quantiles .1 and .9), and `naive_mase` and `naive_wql` of the seasonal naive forecast.

        Raises:
            ValueError: see `forecast`, or a series is too short for the windows.
            ImportError: pandas is not installed.
        """
        pandas = import_pandas()
        if windows < 1:
            raise ValueError(f"Expected 1 window or more. Received: windows={windows!r}.")
        read = kinds.read(series, time=time, key=id, value=value)
        found = self._seasons(read, season)
        horizon = self._horizon(horizon, found)
        names = [name for number in range(len(read.values)) for name in read.labels(number, 0)[1]]
        columns = [column for values in read.values for column in values.T]
        counts = [values.shape[1] for values in read.values]
        repeated = np.repeat(found, counts).tolist()
        rows = window_scores(columns, repeated, names, windows, horizon, self._forecaster)
        return pandas.DataFrame(rows)

    def examples(self, examples: Sequence[TimeSeries]) -> tuple[list, list]:
        pasts = [example.values[: example.start] for example in examples]
        return pasts, [example.values[example.start :] for example in examples]

    def evaluate(
        self, pasts: Sequence[Any], futures: Sequence[Any], verbose: bool = False
    ) -> list[Metric]:
        """Measure forecasts of series whose future is known.

        Args:
            pasts: what is known of each series, shape `(time,)` or `(time, channels)`.
            futures: the values that follow each, of any length up to 720 steps.
            verbose: whether to show a progress bar.

        Returns:
            MASE and weighted quantile loss, and the share of the values between the quantiles .1
            and .9.

        Raises:
            ValueError: the numbers differ, see `forecast` for the rest.
        """
        check_lengths(len(pasts), len(futures))
        read = kinds.read(list(pasts))
        truth = [as_values(future, f"future {i}", 1) for i, future in enumerate(futures)]
        seasons = self._seasons(read, None)
        horizon = check_horizon(max(map(len, truth)))
        quantiles = self._quantiles(read.values, seasons, horizon, verbose)
        return own_scores(read.values, truth, quantiles, seasons)

    def evaluate_split(
        self,
        dataset: str,
        split: str,
        data_dir: str | os.PathLike | None = None,
        verbose: bool = False,
    ) -> list[MetricRow]:
        """See `Task.evaluate_split`. Each benchmark is measured as its boards do it.

        Those of many tasks have scores relative to the seasonal naive forecast; those of one long
        series have errors of forecasts from each step on.
        """
        from gru_zoo import data

        examples = data.load(dataset, split, root=data_dir)
        metrics = benchmark_scores(dataset, examples, self._forecaster)
        if metrics is None:
            metrics = self.evaluate(*self.examples(examples), verbose=verbose)
        return [MetricRow(dataset, split, m.name, m.value, m.signature) for m in metrics]

    def fit(
        self,
        series: Any,
        horizon: int | None = None,
        validation: float = 0.1,
        *,
        season: int | None = None,
        past: int | None = None,
        epochs: int = 10,
        batch_size: int = 32,
        learning_rate: float = 3e-4,
        seed: int = 0,
        time: str | None = None,
        id: str | None = None,
        value: str | None = None,
        **options: Unpack[FitOptions],
    ) -> keras.callbacks.History:
        """Adapt the model to series of your own, and keep the weights of the best epochs.

        Windows are drawn from all of each series but its end, which validates.

        Args:
            series, horizon, season, time, id, value: see `forecast`.
            validation: share of the steps of each series that validates, one horizon at least.
            past: longest past that the model reads in training, in steps; None takes that of
                forecasts.
            epochs: passes over the windows, new ones each time.
            batch_size: windows of a step.
            learning_rate: peak learning rate of Adam.
            seed: seed of the windows.
            **options: see `gru_zoo.training.FitOptions`.

        Returns:
            The history, with `loss` and `val_loss` of every epoch.

        Raises:
            ValueError: a series is too short, or see `forecast`.
        """
        self._check_options(options)
        past = past or self.processor.past
        read = kinds.read(series, time=time, key=id, value=value)
        found = self._seasons(read, season)
        horizon = self._horizon(horizon, found)
        train, held_out = window_batches(
            read.values, found, horizon, self.processor.patch, validation, batch_size, past, seed
        )
        return self._train(
            train,
            held_out,
            lambda optimizer: self.model.compile(optimizer, QuantileLoss(LEVELS)),
            learning_rate=learning_rate,
            settings={"horizon": horizon, "validation": validation, "past": past},
            kind="series",
            count=len(read.values),
            seed=seed,
            epochs=epochs,
            monitor="val_loss",
            mode="min",
            **options,
        )
