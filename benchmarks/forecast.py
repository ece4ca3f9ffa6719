"""Speed of forecasting: python benchmarks/forecast.py [--series 1000] [--theta 50].

Forecasts many hourly series of 512 steps 48 steps ahead, and prints the seconds and by how much the
memory grew meanwhile. `--theta N` fits AutoTheta of statsforecast to N of the series as well:
pip install "gru-zoo[baselines]". Seconds are those of the processor, so that other processes beside
it change little; with one thread (OMP_NUM_THREADS=1) they are those of one core.
"""

import argparse
import resource
import time

import keras
import numpy as np

import gru_zoo

STEPS, HORIZON, SEASON = 512, 48, 24


def made(count: int) -> list[np.ndarray]:
    """Random walks with a season of a day."""
    random = np.random.default_rng(0)
    season = 3 * np.sin(2 * np.pi * np.arange(STEPS) / SEASON)
    return list(np.cumsum(random.normal(size=(count, STEPS)), axis=1) + season + 50)


def megabytes() -> float:
    """Most memory that the process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", default="forecasting_any")
    parser.add_argument("--series", type=int, default=1_000)
    parser.add_argument("--theta", type=int, default=0, help="series to fit AutoTheta to")
    args = parser.parse_args()
    task = gru_zoo.load(args.name)
    series = made(args.series)
    task.forecast(series[:64], HORIZON, season=SEASON)  # compiles
    before, began = megabytes(), time.process_time()
    task.forecast(series, HORIZON, season=SEASON)
    seconds, grown = time.process_time() - began, megabytes() - before
    print(
        f"{args.name} on {keras.backend.backend()}: {args.series} series of {STEPS} steps, ", end=""
    )
    print(f"horizon {HORIZON}: {seconds:.1f} s, memory grew by {grown:.0f} MiB")
    if args.theta:
        from statsforecast.models import AutoTheta

        model = AutoTheta(season_length=SEASON)
        model.forecast(series[0], HORIZON, level=[80])  # compiles
        began = time.process_time()
        for values in series[: args.theta]:
            model.forecast(values, HORIZON, level=[80])
        each = (time.process_time() - began) / args.theta
        print(
            f"AutoTheta on {args.theta} series: {each:.3f} s a series, {each * args.series:.0f} s"
        )


if __name__ == "__main__":
    main()
