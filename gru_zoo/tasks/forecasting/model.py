"""Architecture of forecasting: GRUs read the past in patches, another refines simple guesses."""

import dataclasses

import keras
from keras import layers, ops

from gru_zoo.layers import GRU
from gru_zoo.metrics.forecasting import LEVELS
from gru_zoo.tasks.forecasting.windows import FACTS, GUESSES

_SIDE = len(LEVELS) // 2  # quantiles on each side of the median


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the architecture.

    Args:
        patch: steps of a patch, of the past and of the future.
        units: units of each GRU.
        depth: number of GRUs that read the past.
        dropout: dropout rate of the states of the last GRU.
    """

    patch: int = 8
    units: int = 128
    depth: int = 2
    dropout: float = 0.0


def build(config: Config) -> keras.Model:
    """Build a reader of patches and a decoder that forecasts all future patches in one pass.

    A forecast is a weighted sum of four simple guesses (the last season, the mean season, the
    last long season, the drift) and a correction. Weights and correction come from the states of
    the decoder, as exponential smoothing is refined by a recurrent network in Smyl 2020, A hybrid
    method of exponential smoothing and recurrent neural networks for time series forecasting.
    Patches of the past and of the future follow Lin et al. 2023, SegRNN. Quantiles are the median
    and running sums of positive steps from it, so that they never cross.

    Args:
        config: settings of the architecture.

    Returns:
        A model of four inputs, see `gru_zoo.tasks.forecasting.windows.Windows`: patches of the
        past `(batch, patches, 3 * patch + 1)`, whether a patch has values `(batch, patches)`,
        guesses `(batch, future, patch, 4)` and facts `(batch, future, FACTS)`. The output has
        the quantiles `LEVELS` of each step, float32, shape `(batch, future, patch, 9)`, in units
        of the scaled series.
    """
    # Layers
    embed = layers.Dense(config.units, activation="gelu", name="embed")
    embed_2 = layers.Dense(config.units, name="embed_2")
    options = {"return_sequences": True, "return_state": True}
    readers = [GRU(config.units, name=f"reader_{i}", **options) for i in range(1, config.depth + 1)]
    start = layers.Dense(config.units, activation="tanh", name="start")
    summary = layers.Dense(config.units, name="summary")
    query = layers.Dense(config.units, name="query")
    decoder = GRU(config.units, return_sequences=True, name="decoder")
    hidden = layers.Dense(config.units, activation="gelu", name="hidden")
    steps = layers.Dense(config.patch * (GUESSES + 1 + 2 * _SIDE), name="steps")

    # Functional model
    past = keras.Input((None, 3 * config.patch + 1), name="past")
    mask = keras.Input((None,), dtype="bool", name="mask")
    guesses = keras.Input((None, config.patch, GUESSES), name="guesses")
    facts = keras.Input((None, FACTS), name="facts")
    x = embed(past)
    x = x + embed_2(x)
    ends = []
    for reader in readers:
        states, end = reader(x, mask=mask)
        x = x + states
        ends.append(end)
    end = layers.Concatenate(name="ends")(ends)
    flat = layers.Reshape((-1, config.patch * GUESSES), name="flat")(guesses)
    asked = layers.Concatenate(name="asked")([flat, facts])
    queries = ops.gelu(query(asked) + ops.expand_dims(summary(end), 1))
    decoded = queries + decoder(queries, initial_state=start(end))
    decoded = layers.Dropout(config.dropout, name="dropout")(decoded)
    raw = steps(hidden(decoded) + decoded)
    shape = (-1, config.patch, GUESSES + 1 + 2 * _SIDE)
    raw = layers.Reshape(shape, dtype="float32", name="raw")(raw)
    median = ops.sum((raw[..., :GUESSES] + 1 / GUESSES) * guesses, axis=-1, keepdims=True)
    median = median + raw[..., GUESSES : GUESSES + 1]
    widths = ops.softplus(raw[..., GUESSES + 1 :] - 2.0)
    below = ops.flip(ops.cumsum(widths[..., :_SIDE], axis=-1), axis=-1)
    above = ops.cumsum(widths[..., _SIDE:], axis=-1)
    quantiles = ops.concatenate([median - below, median, median + above], axis=-1)
    quantiles = layers.Activation("linear", dtype="float32", name="quantiles")(quantiles)
    return keras.Model([past, mask, guesses, facts], quantiles, name="forecasting")
