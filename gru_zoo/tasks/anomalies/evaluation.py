"""Metrics of detections in series whose anomalies are known."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.metrics.metric import Metric
from gru_zoo.tasks.anomalies.metrics import PROFILES, Windows, nab_score
from gru_zoo.tasks.anomalies.streaming import Found
from gru_zoo.tasks.anomalies.vus import season_length, vus_pr


def nab_metrics(found: Sequence[Found], windows: Sequence[Windows], profile: str) -> list[Metric]:
    """The score of NAB with the best threshold of all, and with that of the preset.

    Args:
        found: detections of the series.
        windows: labelled windows of each series.
        profile: a key of `PROFILES`.
    """
    rule = f"profile:{profile}|probation:.15|series:{len(found)}|windows:{sum(map(len, windows))}"
    best = nab_score([one.peaks for one in found], windows, PROFILES[profile])
    raised = [np.isin(np.arange(len(one.scores)), one.alarms).astype(float) for one in found]
    own = nab_score(raised, windows, PROFILES[profile], 0.5)
    return [
        Metric("nab_score", best.value, f"{rule}|threshold:best of all, {best.threshold:.5f}"),
        Metric("nab_score_own_threshold", own.value, f"{rule}|threshold:of the preset"),
    ]


def vus_metric(
    series: Sequence[np.ndarray], found: Sequence[Found], windows: Sequence[Windows]
) -> Metric:
    """Mean VUS-PR of the series that have anomalies.

    Args:
        series: values of each.
        found, windows: see `nab_metrics`.
    """
    areas = [
        vus_pr(one.scores, some, season_length(np.nan_to_num(values)))
        for values, one, some in zip(series, found, windows, strict=True)
        if some
    ]
    signature = f"extension:0 to 2 seasons|levels:250|series:{len(areas)}"
    return Metric("vus_pr", float(np.mean(areas)), signature)
