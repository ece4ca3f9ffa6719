"""Checks of series, and the settings by which a detector judges them."""

import dataclasses
from typing import Any

import numpy as np

from gru_zoo.base.settings_processor import SettingsProcessor


@dataclasses.dataclass
class AnomaliesProcessor(SettingsProcessor):
    """When a score raises an alarm.

    Args:
        threshold: scores from it on may raise an alarm.
        quiet: steps after a score in which only a higher one raises an alarm.
    """

    threshold: float = 0.999
    quiet: int = 150


def as_values(series: Any, where: str) -> np.ndarray:
    """Numbers as an array of shape `(time,)`, float64.

    Args:
        series: array-like of shape `(time,)` or `(time, 1)`; NaN or None is missing.
        where: name of the series in errors.

    Raises:
        TypeError: it does not consist of numbers.
        ValueError: it has another shape, no known value, or an infinite one.
    """
    try:
        values = np.asarray(series, dtype="float64")
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"Expected numbers in {where}. Received: {series!r:.80} ({error})."
        ) from None
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise ValueError(
            f"Expected {where} of shape (time,). Received: {values.shape}. Pass channels one by "
            "one."
        )
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        raise ValueError(
            f"Expected finite numbers in {where}, or NaN for missing ones. Received: an infinite "
            f"value at step {infinite[0]}."
        )
    if not np.isfinite(values).any():
        raise ValueError(f"Expected a known value in {where}. Received: {len(values)} missing.")
    return values


def check_season(season: int) -> int:
    """The steps of a season, if it is a whole number from 1 on.

    Raises:
        ValueError: it is not.
    """
    if season != int(season) or season < 1:
        raise ValueError(f"Expected a season of 1 step or more. Received: season={season!r}.")
    return int(season)


def check_threshold(threshold: float) -> float:
    """The threshold, if it is above 0 and up to 1.

    Raises:
        ValueError: it is not.
    """
    if not 0 < threshold <= 1:
        raise ValueError(
            f"Expected a threshold above 0 and up to 1. Received: threshold={threshold!r}."
        )
    return float(threshold)
