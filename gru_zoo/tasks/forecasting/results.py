"""What forecasting returns besides arrays and tables."""

from typing import Any, NamedTuple

import numpy as np


class Outlook(NamedTuple):
    """The quantiles of a series with its past, for `gru_zoo.plot.forecast`.

    Args:
        past: the past, shape `(time,)`.
        quantiles: shape `(horizon, levels)`.
        levels: levels of the quantiles, ascending.
        times: a time for each step of the past and then of the future, shape `(time + horizon,)`;
            whole numbers if there are none.
        name: name of the series.
    """

    past: np.ndarray
    quantiles: np.ndarray
    levels: tuple[float, ...]
    times: Any
    name: str
