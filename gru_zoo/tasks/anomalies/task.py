"""Task `anomalies`: scores, intervals and alarms for a series while it comes in."""

import os
from collections.abc import Sequence
from typing import Any, Unpack

import keras
import numpy as np

from gru_zoo.base.task import Task
from gru_zoo.data.examples import LabelledSeries
from gru_zoo.losses.quantile import QuantileLoss
from gru_zoo.metrics.metric import Metric, check_lengths
from gru_zoo.presets.card import MetricRow
from gru_zoo.tasks.anomalies import inputs as kinds
from gru_zoo.tasks.anomalies.batches import read_all
from gru_zoo.tasks.anomalies.evaluation import nab_metrics, vus_metric
from gru_zoo.tasks.anomalies.forecast_steps import ForecastSteps
from gru_zoo.tasks.anomalies.metrics import PROFILES
from gru_zoo.tasks.anomalies.model import LEVELS, Config, build
from gru_zoo.tasks.anomalies.processor import AnomaliesProcessor, check_season, check_threshold
from gru_zoo.tasks.anomalies.results import Detection
from gru_zoo.tasks.anomalies.samples import NAMES, SEASONS, samples
from gru_zoo.tasks.anomalies.streaming import AnomalyStream, Detector, Found, detect_all
from gru_zoo.tasks.anomalies.training import own_batches
from gru_zoo.training.options import FitOptions


class Anomalies(Task):
    """Values of a series to scores and alarms, each by the values before it alone.

    A GRU forecasts quantiles of the next value. A value far in their tail, compared with the
    surprises before it in the same series, gets a high score. No value is looked at before its
    turn, so a stream gives what the whole series gives.

    Example:

        >>> import gru_zoo, numpy as np
        >>> task = gru_zoo.load("anomalies")
        >>> load = 20 + np.random.default_rng(0).normal(size=300)
        >>> load[250] += 15
        >>> task.detect(load).alarms.tolist()
        [250]
    """

    inputs = "series"
    Config = Config
    build = staticmethod(build)
    exported_outputs = ("quantiles", "next_state")
    Processor = AnomaliesProcessor
    samples = samples()

    def __init__(self, model: keras.Model, processor: Any, card: Any):
        super().__init__(model, processor, card)
        self._forecast = ForecastSteps(model)

    def detect(
        self,
        series: Any,
        *,
        season: int | None = None,
        threshold: float | None = None,
        time: str | None = None,
        id: str | None = None,
        value: str | None = None,
        verbose: bool = False,
    ) -> Any:
        """Find the anomalies of a series, or of each of many.

        Args:
            series: an array of shape `(time,)`, a list of numbers, a list of arrays; a pandas
                Series or DataFrame or a polars DataFrame with times, wide (a column a series) or
                long; or the path of such a table, CSV, TSV or JSON lines. NaN is a missing value;
                so is a time that a table skips.
            season: steps of the season, such as 24 for hours, 1 for none; None takes that of the
                frequency of the times, and none for an array.
            threshold: scores from it on may raise an alarm, from 0 to 1; None takes that of the
                preset.
            time, id, value: columns of a table, see `gru_zoo.base.series.frames.read`; None finds
                them by their type or name.
            verbose: whether to show a progress bar.

        Returns:
            A `Detection`; for a list, or a table of several series, a list of them. The first 30
            known values have the score 0.

        Raises:
            TypeError: a series does not consist of numbers.
            ValueError: a series has no known value or an infinite one, times are not at equal
                steps, or an argument is out of its range.
            ImportError: a table is given and pandas is not installed.
        """
        read = kinds.read(series, time=time, key=id, value=value)
        seasons = read.seasons if season is None else [check_season(season)] * len(read.values)
        found = self._detect(read.values, seasons, threshold, verbose)
        results = [
            Detection(values, *one, times, name)
            for values, one, times, name in zip(
                read.values, found, read.times, read.names, strict=True
            )
        ]
        return results if read.many else results[0]

    def predict(self, inputs: Any, verbose: bool = False) -> Any:
        """The scores of a series, shape `(time,)`, see `detect`, which returns more.

        A list may also hold paths of tables of one series.
        """
        if isinstance(inputs, list) and all(isinstance(one, (str, os.PathLike)) for one in inputs):
            return [self.predict(one, verbose) for one in inputs]
        found = self.detect(inputs, verbose=verbose)
        return [one.scores for one in found] if isinstance(found, list) else found.scores

    def stream(self, season: int = 1, threshold: float | None = None) -> AnomalyStream:
        """A stream that judges values one by one, as `detect` judges the whole series.

        Scores are equal up to the rounding of float32.

        Args:
            season, threshold: see `detect`.
        """
        return AnomalyStream(self._detector(np.array([check_season(season)]), threshold))

    def _detector(self, season: np.ndarray, threshold: float | None = None) -> Detector:
        threshold = self.processor.threshold if threshold is None else check_threshold(threshold)
        units = self.config.units
        return Detector(self._forecast, units, season, threshold, self.processor.quiet)

    def _detect(self, values, seasons, threshold=None, verbose: bool = False) -> list[Found]:
        return detect_all(
            lambda season: self._detector(season, threshold), values, seasons, verbose
        )

    def golden_inputs(self) -> list[np.ndarray]:
        features, guesses, _, _ = read_all(np.stack(self.samples), np.array(SEASONS))
        return [features, guesses, np.zeros((len(self.samples), self.config.units), "float32")]

    def demo(self) -> list[str]:
        lines = []
        for name, values, season in zip(NAMES, self.samples, SEASONS, strict=True):
            alarms = self.detect(values, season=season).alarms
            lines.append(f"alarms at {', '.join(map(str, alarms)) or 'no step'}  <-  {name}")
        return lines

    def examples(self, examples: Sequence[LabelledSeries]) -> tuple[list, list]:
        return [one.values for one in examples], [one.windows for one in examples]

    def evaluate(
        self,
        series: Sequence[Any],
        windows: Sequence[Sequence[tuple[int, int]]],
        verbose: bool = False,
        season: int | Sequence[int] = 1,
    ) -> list[Metric]:
        """Measure the detection in series whose anomalies are known.

        Args:
            series: see `detect`.
            windows: first and last step of each window with an anomaly, for each series.
            verbose: whether to show a progress bar.
            season: steps of the season of all series, or of each.

        Returns:
            The standard score of the Numenta Anomaly Benchmark with the threshold that is best on
            these windows, as the benchmark has it, and with the threshold of the preset; and the
            mean VUS-PR of the series that have anomalies.

        Raises:
            ValueError: the numbers differ, there is no window, or see `detect`.
        """
        values, found = self._judged(series, windows, verbose, season)
        metrics = nab_metrics(found, windows, "standard")
        return [*metrics, vus_metric(values, found, windows)]

    def _judged(self, series, windows, verbose, season) -> tuple[list[np.ndarray], list[Found]]:
        check_lengths(len(windows), len(series))
        values = kinds.read(list(series)).values
        seasons = [check_season(one) for one in np.broadcast_to(season, len(values)).tolist()]
        return values, self._detect(values, seasons, verbose=verbose)

    def evaluate_split(
        self,
        dataset: str,
        split: str,
        data_dir: str | os.PathLike | None = None,
        verbose: bool = False,
    ) -> list[MetricRow]:
        """See `Task.evaluate_split`. Seasons are those of the first times of each series.

        A split that has the name of a profile of NAB is measured by this profile, others by VUS-PR.
        """
        from gru_zoo import data

        examples = data.load(dataset, split, root=data_dir)
        series, windows = self.examples(examples)
        seasons = [kinds.season_of_times(one.times) for one in examples]
        values, found = self._judged(series, windows, verbose, seasons)
        metrics = (
            nab_metrics(found, windows, split)
            if split in PROFILES
            else [vus_metric(values, found, windows)]
        )
        return [MetricRow(dataset, split, m.name, m.value, m.signature) for m in metrics]

    def fit(
        self,
        series: Any,
        validation: float = 0.1,
        *,
        season: int | None = None,
        epochs: int = 5,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        seed: int = 0,
        time: str | None = None,
        id: str | None = None,
        value: str | None = None,
        **options: Unpack[FitOptions],
    ) -> keras.callbacks.History:
        """Adapt the forecaster to series of your own, which need no labels.

        Args:
            series, season, time, id, value: see `detect`.
            validation: share of the steps at the end of each series that validates.
            epochs: passes over the series.
            batch_size: windows of a step.
            learning_rate: peak learning rate of Adam.
            seed: seed of the windows.
            **options: see `gru_zoo.training.FitOptions`.

        Returns:
            The history, with `loss` and `val_loss` of every epoch.

        Raises:
            ValueError: a series is too short, or see `detect`.
        """
        self._check_options(options)
        read = kinds.read(series, time=time, key=id, value=value)
        seasons = read.seasons if season is None else [check_season(season)] * len(read.values)
        units = self.config.units
        train, held_out = own_batches(read.values, seasons, validation, units, batch_size, seed)
        return self._train(
            train,
            held_out,
            lambda optimizer: self.model.compile(optimizer, [QuantileLoss(LEVELS), None]),
            learning_rate=learning_rate,
            settings={"validation": validation},
            kind="series",
            count=len(read.values),
            seed=seed,
            epochs=epochs,
            monitor="val_loss",
            mode="min",
            **options,
        )
