"""Widen quantiles that held-out series fall outside of too often."""

import numpy as np

from gru_zoo.tasks.forecasting.processor import SHORTEST
from gru_zoo.tasks.forecasting.scoring import quantiles_of
from gru_zoo.tasks.forecasting.task import Forecasting
from recipes.forecasting.prepare import Panel

# Steps of a season, and the horizon that benchmarks have at this frequency.
_HORIZONS = {1: 6, 4: 8, 7: 28, 12: 18, 24: 48, 48: 48, 52: 8}
_WINDOWS = 300  # of a panel
_SHORTEST_PAST = 12  # steps; benchmarks have few shorter ones
_COVERAGE = 0.8  # of the values, which lie between the quantiles .1 and .9


def calibrate(task: Forecasting, held_out: list[Panel]) -> dict[str, float]:
    """Set the widths of a processor, so that the interval of 80 % holds 80 % of held-out values.

    Distances from the median are multiplied by one factor for each season, a mean over its panels.
    It is never below 1: where the interval holds more than 80 % it stays. Series of another kind
    than those of the training are forecast less well than held-out ones of the same kinds, so the
    wider interval is the better guess for them.

    Args:
        task: the task, whose processor has no widths yet.
        held_out: series that the model was not trained on.

    Returns:
        The widths, by steps of the season.
    """
    ratios: dict[int, list[np.ndarray]] = {}
    for number, panel in enumerate(held_out):
        if panel.season in _HORIZONS:
            found = _ratios(task, panel, np.random.default_rng((7, number)))
            if found.size:
                ratios.setdefault(panel.season, []).append(found)
    widths = {}
    for season, some in sorted(ratios.items()):
        factor = float(np.mean([np.quantile(part, _COVERAGE) for part in some]))
        covered = [float((part <= 1).mean()) for part in some]
        print(f"season {season}: coverage {covered}, factor {factor:.3f}", flush=True)
        if factor > 1:
            widths[str(season)] = round(factor, 3)
    task.processor.widths = widths
    return widths


def _ratios(task: Forecasting, panel: Panel, random: np.random.Generator) -> np.ndarray:
    """Distances of values from the median, by that of the quantile .1 or .9 on their side."""
    horizon = _HORIZONS[panel.season]
    pasts, truths = [], []
    long = [s for s in panel.series if len(s) >= horizon + _SHORTEST_PAST]
    for _ in range(_WINDOWS if long else 0):
        series = long[random.integers(len(long))]
        start = int(random.integers(_SHORTEST_PAST, len(series) - horizon + 1))
        longest = np.log(max(start, _SHORTEST_PAST))
        length = round(np.exp(random.uniform(np.log(_SHORTEST_PAST), longest)))
        past = series[start - length : start]
        if np.isfinite(past).sum() >= SHORTEST:
            pasts.append(past)
            truths.append(series[start : start + horizon])
    if not pasts:
        return np.empty(0)
    quantiles = quantiles_of(
        task.model, task.processor, pasts, [panel.season] * len(pasts), horizon
    )
    low, median, high = (quantiles[..., i] for i in (0, 4, -1))
    truth = np.stack(truths)
    side = np.where(truth >= median, high - median, median - low)
    ratios = np.abs(truth - median) / np.maximum(side, 1e-12)
    return ratios[np.isfinite(truth)]
