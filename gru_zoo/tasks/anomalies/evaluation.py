"""Metrics of detections in series whose anomalies are known."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.metrics.metric import Metric
from gru_zoo.tasks.anomalies.metrics import PROFILES, Windows, nab_score
from gru_zoo.tasks.anomalies.vus import season_length, vus_pr

_PROFILES = {"standard": "nab_score", "low_fp": "nab_score_low_fp"}


def measured(
    values: Sequence[np.ndarray], found: Sequence[tuple], windows: Sequence[Windows]
) -> list[Metric]:
    """The metrics of `Anomalies.evaluate`.

    Args:
        values: the series.
        found: from `gru_zoo.tasks.anomalies.streaming.detect_all`.
        windows: labelled windows of each series.
    """
    count = sum(map(len, windows))
    sizes = f"series:{len(values)}|windows:{count}"
    metrics = []
    for profile, name in _PROFILES.items():
        best = nab_score([one.peaks for one in found], windows, PROFILES[profile])
        alarms = [_raised(len(one.scores), one.alarms) for one in found]
        own = nab_score(alarms, windows, PROFILES[profile], 0.5)
        rule = f"profile:{profile}|probation:.15|{sizes}"
        signature = f"{rule}|threshold:best of all, {best.threshold:.5f}"
        metrics.append(Metric(name, best.value, signature))
        metrics.append(Metric(f"{name}_own_threshold", own.value, f"{rule}|threshold:preset"))
    areas = [
        vus_pr(one.scores, some, season_length(np.nan_to_num(series)))
        for series, one, some in zip(values, found, windows, strict=True)
        if some
    ]
    signature = f"vus_pr|windows:0 to 2 seasons|levels:250|series:{len(areas)}"
    return [*metrics, Metric("vus_pr", float(np.mean(areas)), signature)]


def _raised(steps: int, alarms: np.ndarray) -> np.ndarray:
    """1 at the steps of alarms, 0 elsewhere."""
    result = np.zeros(steps)
    result[alarms] = 1.0
    return result
