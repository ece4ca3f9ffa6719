"""Parts of `Forecasting.fit`: which windows train and which validate."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.tasks.forecasting.batches import WindowBatches
from gru_zoo.tasks.forecasting.processor import SHORTEST


def window_batches(
    series: Sequence[np.ndarray],
    seasons: Sequence[int],
    horizon: int,
    patch: int,
    validation: float,
    batch_size: int,
    past: int,
    seed: int,
) -> tuple[WindowBatches, WindowBatches]:
    """Batches of windows to train on, and of those at the end of each series to validate on.

    Args:
        series: values of each, shape `(time, channels)`.
        seasons: steps of the season of each.
        horizon: steps that are forecast.
        patch: steps of a patch of the model.
        validation: share of the steps that validate.
        batch_size: windows of a batch.
        past: longest past, in steps.
        seed: seed of the windows.

    Raises:
        ValueError: `validation` is out of its range, or a series is too short for both.
    """
    if not 0 < validation < 1:
        raise ValueError(
            f"Expected a share to validate between 0 and 1. Received: validation={validation!r}."
        )
    columns = [column for values in series for column in values.T]
    repeated = np.repeat(seasons, [values.shape[1] for values in series]).tolist()
    train, held_out = split_starts(columns, horizon, validation)
    made = [
        WindowBatches(
            columns,
            repeated,
            horizon,
            patch,
            batch_size=batch_size,
            past=past,
            starts=starts,
            seed=seed,
            fixed=starts is held_out,
        )
        for starts in (train, held_out)
    ]
    return made[0], made[1]


def split_starts(
    series: Sequence[np.ndarray], horizon: int, share: float
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """First steps of the windows to train and to validate on, the latter at the end of each series.

    Args:
        series: values of each series.
        horizon: steps that are forecast.
        share: of the steps that validate, from 0 to 1; one horizon at least.

    Raises:
        ValueError: a series is too short for both.
    """
    train, held_out = [], []
    for number, values in enumerate(series):
        first = int(np.isfinite(values).cumsum().searchsorted(SHORTEST)) + 1
        left = max(horizon, round(share * len(values)))
        border = len(values) - left
        if border - 1 < first:
            raise ValueError(
                f"Expected series of {first + horizon + 1} steps or more, to train on and to "
                f"validate with a horizon of {horizon}. Received: {len(values)} in series "
                f"{number}. Lower the horizon."
            )
        train.append((first, max(first, border - horizon)))
        held_out.append((border, len(values) - horizon))
    return train, held_out
