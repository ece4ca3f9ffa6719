"""Simple forecasts, measured as the presets are.

    KERAS_BACKEND=torch python recipes/forecasting/baselines.py last ett etth1_test --data-dir DATA

`nlinear` and `gru` are trained on the training split of the set first. `theta` and `ets` are
AutoTheta and AutoETS of statsforecast, fitted to each series: pip install "gru-zoo[baselines]".
"""

import argparse
import pathlib
import sys
import warnings

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import keras
import numpy as np

from gru_zoo import data, recipe
from gru_zoo.data.examples import TimeSeries
from gru_zoo.layers import GRU
from gru_zoo.metrics import forecasting as scores
from gru_zoo.metrics.forecasting import LEVELS
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.forecasting.evaluation import Forecaster, benchmark_scores

_LOOK_BACK = {"nlinear": 336, "gru": 96}  # steps, as in the publications
_ROWS = 256
_EPOCHS = 5
_STEPS = 200  # of an epoch
_UNITS = 64
_INTERVALS = (20, 40, 60, 80)  # whose ends are the quantiles


def last(pasts, seasons, horizon):
    """The last value again and again."""
    values = np.array([past[np.isfinite(past)][-1] for past in pasts])
    return np.broadcast_to(values[:, None, None], (len(pasts), horizon, len(LEVELS)))


def seasonal(pasts, seasons, horizon):
    """The last season again and again."""
    rows = zip(pasts, seasons, strict=True)
    return np.stack([scores.seasonal_naive(past, season, horizon) for past, season in rows])


def statistical(name: str) -> Forecaster:
    """AutoTheta or AutoETS of each series; the seasonal naive forecast where they fail."""
    from statsforecast import models

    kind = {"theta": models.AutoTheta, "ets": models.AutoETS}[name]

    def forecast(pasts, seasons, horizon):
        made = []
        for past, season in zip(pasts, seasons, strict=True):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    found = kind(season_length=season).forecast(
                        _filled(past), horizon, level=list(_INTERVALS)
                    )
                sides = [found[f"lo-{level}"] for level in reversed(_INTERVALS)]
                sides += [found["mean"], *(found[f"hi-{level}"] for level in _INTERVALS)]
                rows = np.stack(sides, axis=-1)
                if not np.isfinite(rows).all():
                    raise ValueError("not finite")
            except Exception as error:
                print(f"{name} failed on {len(past)} values: {error}", file=sys.stderr)
                rows = scores.seasonal_naive(past, season, horizon)
            made.append(rows)
        return np.stack(made)

    return forecast


def _filled(past: np.ndarray) -> np.ndarray:
    """A past whose gaps have the value before them."""
    past = past[np.isfinite(past).argmax() :]
    places = np.maximum.accumulate(np.where(np.isfinite(past), np.arange(len(past)), 0))
    return past[places]


def trained(name: str, train: TimeSeries, valid: TimeSeries, seed: int) -> Forecaster:
    """NLinear, or a plain GRU, trained on windows of a set by squared errors.

    NLinear is one matrix for all channels, from the past without its last value to the future
    (Zeng et al. 2023, Are Transformers Effective for Time Series Forecasting?, AAAI). The plain
    GRU reads the values one by one, and its last state gives all of the future at once.
    """
    past, horizon = _LOOK_BACK[name], max(train.horizons)
    model = keras.Sequential([keras.Input((past, 1))])
    model.add(keras.layers.Flatten() if name == "nlinear" else GRU(_UNITS))
    model.add(keras.layers.Dense(horizon))
    model.compile(keras.optimizers.Adam(1e-3), "mse")
    random = np.random.default_rng(seed)
    held_out = _rows(np.random.default_rng(0), valid, past, horizon, 4 * _ROWS, name)
    best, weights = np.inf, model.get_weights()
    for epoch in range(_EPOCHS):
        for _ in range(_STEPS):
            model.train_on_batch(*_rows(random, train, past, horizon, _ROWS, name))
        loss = float(np.mean(np.square(predict_on_batch(model, held_out[0]) - held_out[1])))
        print(f"epoch {epoch + 1}: validation {loss:.4f}", flush=True)
        if loss < best:
            best, weights = loss, model.get_weights()
    model.set_weights(weights)

    def forecast(pasts, seasons, steps):
        values = np.stack([row[-past:] for row in pasts])
        ends = values[:, -1:] if name == "nlinear" else 0.0
        made = [
            predict_on_batch(model, chunk[..., None])
            for chunk in np.split(values - ends, range(_ROWS, len(values), _ROWS))
        ]
        points = (np.concatenate(made) + ends)[:, :steps]
        return np.broadcast_to(points[..., None], (*points.shape, len(LEVELS)))

    return forecast


def _rows(random, series: TimeSeries, past: int, horizon: int, rows: int, name: str):
    """Windows of random channels that begin at random steps: pasts and futures."""
    first = max(series.start, past)
    starts = random.integers(first, len(series.values) - horizon + 1, rows)
    channels = random.integers(series.values.shape[1], size=rows)
    cut = [
        series.values[start - past : start + horizon, channel]
        for start, channel in zip(starts, channels, strict=True)
    ]
    values = np.stack(cut)
    if name == "nlinear":
        values = values - values[:, past - 1 : past]
    return values[:, :past, None].astype("float32"), values[:, past:].astype("float32")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("baseline", choices=("last", "seasonal", "nlinear", "gru", "theta", "ets"))
    parser.add_argument("dataset")
    parser.add_argument("split")
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    parser.add_argument("--every", type=int, default=1, help="measure every n-th series only")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    recipe.set_up_process(args.seed)

    examples = data.load(args.dataset, args.split, args.data_dir)[:: args.every]
    if args.baseline in _LOOK_BACK:
        part = args.split.removesuffix("test")
        (train,), (valid,) = (
            data.load(args.dataset, part + split, args.data_dir) for split in ("train", "val")
        )
        forecast = trained(args.baseline, train, valid, args.seed)
    elif args.baseline in ("theta", "ets"):
        forecast = statistical(args.baseline)
    else:
        forecast = {"last": last, "seasonal": seasonal}[args.baseline]
    for row in benchmark_scores(args.dataset, examples, forecast) or []:
        print(f"| {args.baseline} | {args.split} | {row.name} | {row.value:.4f} | {row.signature}")


if __name__ == "__main__":
    main()
