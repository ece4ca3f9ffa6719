"""Series as people have them to arrays of the model, and quantiles back."""

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from gru_zoo.base.series import seasons
from gru_zoo.base.settings_processor import SettingsProcessor
from gru_zoo.tasks.forecasting.windows import PAST

SHORTEST = 3  # known values that a forecast needs
MAX_HORIZON = 720  # steps, up to which models are trained


@dataclasses.dataclass
class ForecastingProcessor(SettingsProcessor):
    """Checks series and finds their seasons.

    Args:
        patch: steps of a patch of the model, as in its `Config`.
        season: steps of the season of all series; 0 takes that of the frequency, or else the one
            that a series shows.
        past: last steps of a series that the model reads at most.
        widths: factors by which the distances of quantiles from the median are multiplied, by steps
            of the season; 1 for others.
    """

    added: ClassVar = frozenset({"past", "widths"})

    patch: int = 8
    season: int = 0
    past: int = PAST
    widths: dict[str, float] = dataclasses.field(default_factory=dict)

    def season_of(self, values: np.ndarray, known: int | None = None) -> int:
        """Steps of the season of a series.

        Args:
            values: shape `(time,)`.
            known: the season, if it is known, such as by the frequency.
        """
        return known or self.season or seasons.detect(values[-2 * seasons.MAX_SEASON :])


def as_values(series: Any, where: str, least: int = SHORTEST) -> np.ndarray:
    """Numbers as an array of shape `(time, channels)`, float64.

    Args:
        series: array-like of shape `(time,)` or `(time, channels)`; NaN or None is missing.
        where: name of the series in errors.
        least: number of known values that each channel needs.

    Raises:
        TypeError: it does not consist of numbers.
        ValueError: it has another shape, an infinite value, or too few known values.
    """
    try:
        values = np.asarray(series, dtype="float64")
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"Expected numbers in {where}. Received: {series!r:.80} ({error})."
        ) from None
    if values.ndim not in (1, 2):
        raise ValueError(
            f"Expected {where} of shape (time,) or (time, channels). Received: {values.shape}."
        )
    values = values.reshape(len(values), -1)
    infinite = np.argwhere(np.isinf(values))
    if len(infinite):
        raise ValueError(
            f"Expected finite numbers in {where}, or NaN for missing ones. Received: an infinite "
            f"value at step {infinite[0][0]}."
        )
    few = np.flatnonzero(np.isfinite(values).sum(axis=0) < least)
    if len(few) or not values.size:
        channel = f" in channel {few[0]}" if values.shape[1] > 1 else ""
        count = int(np.isfinite(values).sum(axis=0).min()) if values.size else 0
        raise ValueError(
            f"Expected {least} known values or more in {where}. Received: {count}{channel}."
        )
    return values


def check_horizon(horizon: int) -> int:
    """The horizon, if it is a whole number from 1 to `MAX_HORIZON`.

    Raises:
        ValueError: it is not.
    """
    if horizon != int(horizon) or not 1 <= horizon <= MAX_HORIZON:
        raise ValueError(
            f"Expected a horizon from 1 to {MAX_HORIZON} steps. Received: horizon={horizon!r}. For "
            "more, sum up the series to longer steps, such as days."
        )
    return int(horizon)


def at_levels(
    quantiles: np.ndarray, wanted: Sequence[float], levels: Sequence[float]
) -> np.ndarray:
    """Quantiles of other levels, on straight lines between those of the model.

    Args:
        quantiles: shape `(..., levels)`, ascending.
        wanted: the levels to return, from the lowest to the highest of `levels`.
        levels: the levels of the model.

    Raises:
        ValueError: a level is out of this range.
    """
    asked = np.atleast_1d(np.asarray(wanted, "float64"))
    if not asked.size or asked.min() < levels[0] - 1e-9 or asked.max() > levels[-1] + 1e-9:
        raise ValueError(
            f"Expected quantiles from {levels[0]} to {levels[-1]}. Received: {wanted!r}."
        )
    place = np.interp(asked, levels, np.arange(len(levels)))
    low = np.minimum(place.astype(int), len(levels) - 2)
    share = place - low
    return quantiles[..., low] * (1 - share) + quantiles[..., low + 1] * share
