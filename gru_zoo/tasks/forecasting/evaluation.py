"""Benchmarks of forecasts: relative scores of many tasks, and rolling windows of one series."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from gru_zoo.data.examples import TimeSeries
from gru_zoo.metrics import forecasting as scores
from gru_zoo.metrics.metric import Metric
from gru_zoo.tasks.forecasting.windows import PAST

# From pasts, their seasons and a horizon to quantiles, `(series, horizon, 9)`.
Forecaster = Callable[[Sequence[np.ndarray], Sequence[int], int], np.ndarray]

_DAYS, _WEEKS = 7, 52
# Seasons of the frequencies for which the benchmarks scale errors without one.
_SEASONS = {"nn5_daily": _DAYS, "nn5_weekly": _WEEKS}
# Benchmarks of many tasks, and whether their naive forecast has quantiles.
_RELATIVE = {"chronos-zero-shot-14": False, "gift-eval-held-15": True}
_CHUNK = 256  # origins that are forecast together


def season_of(series: TimeSeries) -> int:
    """Steps of the season of a series of a benchmark, as its frequency has them."""
    if "/D/" in series.origin:
        return _DAYS
    if "/W/" in series.origin:
        return _WEEKS
    return _SEASONS.get(series.origin, series.period)


def relative_scores(
    examples: Sequence[TimeSeries], forecast: Forecaster, quantile_naive: bool
) -> list[Metric]:
    """Quantile loss and scaled error relative to the seasonal naive forecast, over all tasks.

    Each is the geometric mean over the tasks of the ratio of two errors, as on the boards of
    Chronos and GIFT-Eval.

    Args:
        examples: series; those of one `origin` are a task.
        forecast: the forecaster.
        quantile_naive: whether the naive forecast has quantiles, as on GIFT-Eval, where the
            quantile loss is called CRPS; or is a point, as in the benchmark of Chronos.
    """
    tasks: dict[str, list[TimeSeries]] = {}
    for series in examples:
        tasks.setdefault(series.origin, []).append(series)
    ratios, inside, count = [], [], 0
    for some in tasks.values():
        ours, naive, covered = task_scores(some, forecast, quantile_naive)
        ratios.append([a / b for a, b in zip(ours, naive, strict=True)])
        inside.append(covered)
        count += len(some)
    losses, errors = np.exp(np.log(ratios).mean(axis=0))
    signature = f"geometric mean of {len(tasks)} tasks to the seasonal naive|series:{count}"
    name = "relative_crps" if quantile_naive else "relative_wql"
    return [
        Metric(name, float(losses), f"{signature}|levels:.1 to .9"),
        Metric("relative_mase", float(errors), signature),
        Metric("coverage_80", float(np.mean(inside)), f"mean of {len(tasks)} tasks|.1 to .9"),
    ]


def task_scores(
    examples: Sequence[TimeSeries], forecast: Forecaster, quantile_naive: bool
) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Weighted quantile loss and MASE of a forecaster and of the naive one, and the coverage.

    Args:
        examples: the series of a task.
        forecast, quantile_naive: see `relative_scores`.
    """
    truths, pasts, seasons = [], [], []
    for series in examples:
        for column in series.values.T:
            truths.append(column[series.start :])
            pasts.append(column[: series.start])
            seasons.append(season_of(series))
    period, horizon = examples[0].period, len(truths[0])
    quantiles = forecast(pasts, seasons, horizon)
    naive = np.stack([scores.seasonal_naive(past, period, horizon) for past in pasts])
    results = []
    for values, point in ((quantiles, quantiles[..., 4]), (naive, naive[..., 4])):
        if values is naive and not quantile_naive:
            values = np.repeat(point[..., None], len(scores.LEVELS), axis=-1)
        loss = scores.weighted_quantile_loss(truths, list(values))
        results.append((loss, scores.mase(truths, list(point), pasts, period)))
    covered = scores.coverage(np.stack(truths), quantiles[..., 0], quantiles[..., -1])
    return results[0], results[1], covered


@dataclasses.dataclass
class RollingErrors:
    """Errors of the forecasts of one horizon from each step of a split on.

    Args:
        squared: sum of the squared errors of all steps and channels.
        count: number of these.
        windows: number of forecasts of each channel.
        last: forecasts and true values of the last step, each part `(2, windows, channels)`.
        inside: number of true values between the quantiles .1 and .9.
    """

    squared: float = 0.0
    inside: int = 0
    count: int = 0
    windows: int = 0
    last: list[np.ndarray] = dataclasses.field(default_factory=list)

    def add(self, quantiles: np.ndarray, truth: np.ndarray) -> None:
        """Add forecasts and what came.

        Args:
            quantiles: shape `(windows, channels, horizon, 9)`.
            truth: shape `(windows, channels, horizon)`.
        """
        points = quantiles.mean(axis=-1)
        self.inside += int(((truth >= quantiles[..., 0]) & (truth <= quantiles[..., -1])).sum())
        self.squared += float(np.square(points - truth).sum())
        self.count += truth.size
        self.windows += len(truth)
        self.last.append(np.stack([points[..., -1], truth[..., -1]]))


def rolling_errors(
    series: TimeSeries, forecast: Forecaster, stride: int = 1
) -> dict[int, RollingErrors]:
    """Errors of the forecasts from each step of a split on, for each horizon of a benchmark.

    Args:
        series: the series.
        forecast: the forecaster. Its point is the mean of the quantiles, for squared errors.
        stride: steps from one origin to the next; 1 for published results.
    """
    longest, channels = max(series.horizons), series.values.shape[1]
    errors = {horizon: RollingErrors() for horizon in series.horizons}
    origins = range(series.start, len(series.values) - min(series.horizons) + 1, stride)
    for first in range(0, len(origins), _CHUNK):
        some = origins[first : first + _CHUNK]
        pasts = [
            series.values[max(0, origin - PAST) : origin, k]
            for origin in some
            for k in range(channels)
        ]
        quantiles = forecast(pasts, [season_of(series)] * len(pasts), longest)
        quantiles = quantiles.reshape(len(some), channels, longest, -1)
        for horizon, sums in errors.items():
            kept = [i for i, origin in enumerate(some) if origin + horizon <= len(series.values)]
            if kept:
                truth = np.stack([series.values[some[i] : some[i] + horizon].T for i in kept])
                sums.add(quantiles[kept, :, :horizon], truth)
    return errors


def rolling_scores(
    series: TimeSeries, forecast: Forecaster, single: bool, stride: int = 1
) -> list[Metric]:
    """Scores of a benchmark with rolling windows.

    Args:
        series: a split of the set.
        forecast, stride: see `rolling_errors`.
        single: whether the benchmark forecasts single values and reports RSE, as that of exchange
            rates; else it reports the squared errors of all steps.
    """
    metrics, covered = [], []
    for horizon, sums in rolling_errors(series, forecast, stride).items():
        covered.append(sums.inside / sums.count)
        signature = f"windows:{sums.windows}|stride:{stride}|mean of quantiles"
        if single:
            points, truth = np.concatenate(sums.last, axis=1)
            error = scores.relative_squared_error(truth, points, float(truth.mean()))
            metrics.append(Metric(f"rse_{horizon}", error, signature))
        else:
            metrics.append(Metric(f"mse_{horizon}", sums.squared / sums.count, signature))
    if not single:
        mean = float(np.mean([metric.value for metric in metrics]))
        horizons = "/".join(map(str, series.horizons))
        metrics.insert(0, Metric("mean_mse", mean, f"mean of horizons {horizons}|stride:{stride}"))
    signature = f"mean of horizons|stride:{stride}|.1 to .9"
    metrics.append(Metric("coverage_80", float(np.mean(covered)), signature))
    return metrics


def benchmark_scores(
    dataset: str, examples: Sequence[TimeSeries], forecast: Forecaster
) -> list[Metric] | None:
    """The scores that a benchmark reports; None if the data set is none.

    Args:
        dataset: name of the data set.
        examples: its series.
        forecast: the forecaster.
    """
    if dataset in _RELATIVE:
        return relative_scores(examples, forecast, _RELATIVE[dataset])
    if examples[0].horizons:
        return rolling_scores(examples[0], forecast, single=dataset == "exchange_rate")
    return None


def own_scores(
    pasts: Sequence[np.ndarray],
    futures: Sequence[np.ndarray],
    quantiles: Sequence[np.ndarray],
    seasons: Sequence[int],
) -> list[Metric]:
    """Scores of forecasts of series of any length.

    Args:
        pasts: of each series, shape `(time, channels)`.
        futures: what followed, shape `(steps, channels)`.
        quantiles: forecasts, shape `(horizon, channels, 9)`, of as many steps or more.
        seasons: steps of the season of each series.

    Raises:
        ValueError: a future has other channels than its past.
    """
    errors, truths, found = [], [], []
    for number, (past, future, rows, season) in enumerate(
        zip(pasts, futures, quantiles, seasons, strict=True)
    ):
        if past.shape[1] != future.shape[1]:
            raise ValueError(
                f"Expected the {past.shape[1]} channels of series {number} in its future. "
                f"Received: {future.shape[1]}."
            )
        for channel in range(past.shape[1]):
            truth, row = future[:, channel], rows[: len(future), channel]
            if scores.seasonal_errors(past[:, channel], season) > 0:
                errors.append(scores.mase([truth], [row[:, 4]], [past[:, channel]], season))
            truths.append(truth)
            found.append(row)
    joined, rows = np.concatenate(truths), np.concatenate(found)
    signature = f"series:{len(truths)}|steps:{len(joined)}"
    covered = scores.coverage(joined, rows[:, 0], rows[:, -1])
    metrics = [
        Metric("wql", scores.weighted_quantile_loss([joined], [rows]), f"{signature}|.1 to .9"),
        Metric("coverage_80", covered, f"{signature}|.1 to .9"),
    ]
    if errors:  # no series is constant
        metrics.insert(0, Metric("mase", float(np.mean(errors)), signature))
    return metrics
