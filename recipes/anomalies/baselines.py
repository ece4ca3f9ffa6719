"""Published detectors, rebuilt to check our score of NAB against the numbers that they have there.

    python recipes/anomalies/baselines.py --data-dir DATA

Windowed Gaussian (published 39.6 standard, 20.9 low FP) and KNN CAD (58.0 and 43.4; Burnaev &
Ishimtsev 2016, Conformalized density- and distance-based anomaly detection in time-series data) do
not learn from labels, and give the same scores in every run.
"""

import argparse
import math
import pathlib
import sys
from collections.abc import Callable

import numpy as np

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from gru_zoo.data import nab
from gru_zoo.tasks.anomalies.metrics import PROFILES, nab_score, probation

# Windowed Gaussian: steps of the window, and after how many of them it moves.
_WINDOW, _MOVE = 6_400, 100
# KNN CAD: neighbors, steps of a vector, and the score from which on a rest follows.
_NEIGHBORS, _DIMENSIONS, _ALARM, _QUIET = 27, 19, 0.9965, 0.5


def windowed_gaussian(values: np.ndarray) -> np.ndarray:
    """1 - tail probability of each value under a Gaussian of the values before it."""
    scores, end = np.zeros(len(values)), 0
    for step in range(1, len(values)):
        if step <= _WINDOW or (step - _WINDOW) % _MOVE == 0:
            end = step
        known = values[max(0, end - _WINDOW) : end]
        deviation = known.std() or 1e-6
        away = abs(values[step] - known.mean()) / deviation
        scores[step] = 1 - 0.5 * math.erfc(away / math.sqrt(2))
    return scores


def knn_cad(values: np.ndarray) -> np.ndarray:
    """Share of earlier vectors that lie nearer to their neighbors than this one does."""
    period = probation(len(values))
    scores, rest = np.zeros(len(values)), 0
    views = np.lib.stride_tricks.sliding_window_view(values, _DIMENSIONS)
    shift = _DIMENSIONS - 1  # views[i] ends at step i + shift
    metric = np.eye(_DIMENSIONS)
    training = views[: period - 1 - shift].copy()
    distances: list[float] = []
    waiting: list[np.ndarray] = []
    for step in range(period - 1, len(values)):
        count, vector = step + 1, views[step - shift]
        if count % period in (0, period // 2):
            gram = training.T @ training
            if np.linalg.cond(gram) < 1 / np.finfo(float).eps:
                metric = np.linalg.inv(gram)
        if not distances:
            distances = [_distance(training, one, metric, _NEIGHBORS + 1) for one in training]
        new = _distance(training, vector, metric, _NEIGHBORS)
        share = float(np.mean(np.array(distances) < new))
        if count >= 2 * period:
            training = np.concatenate([training[1:], waiting.pop(0)[None]])
        distances = [*distances[1:], new]
        waiting.append(vector)
        scores[step] = _QUIET if rest > 0 else share
        rest = rest - 1 if rest > 0 else (period // 5 if share >= _ALARM else 0)
    return scores


def _distance(training, vector, metric, count: int) -> float:
    """Sum of the distances to the nearest vectors."""
    away = training - vector
    squares = ((away @ metric) * away).sum(axis=1)
    return float(np.partition(squares, count)[:count].sum())


BASELINES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "windowed Gaussian": windowed_gaussian,
    "KNN CAD": knn_cad,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-dir", help="data folder; default: $GRU_ZOO_DATA")
    series = nab.load("standard", parser.parse_args().data_dir)
    windows = [one.windows for one in series]
    for name, detector in BASELINES.items():
        scores = [detector(one.values) for one in series]
        results = [nab_score(scores, windows, profile).value for profile in PROFILES.values()]
        print(f"| {name} | " + " | ".join(f"{value:.1f}" for value in results) + " |")


if __name__ == "__main__":
    main()
