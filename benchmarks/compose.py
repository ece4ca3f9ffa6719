"""Time that the music presets take to compose 8 bars.

    KERAS_BACKEND=jax python benchmarks/compose.py

With `--store` the result goes to benchmarks/results/compose-BACKEND.json: seconds of the first
piece in a process, which on TensorFlow and JAX compiles the loop, and the median of further pieces.
"""

import argparse
import statistics
import time

import keras
from reports import add_store, environment, report

import gru_zoo

PRESETS = ("music_chorales", "music_folk", "music_piano")


def seconds(task, seed: int) -> float:
    """Seconds to compose one piece."""
    start = time.perf_counter()
    task.compose(bars=8, seed=seed)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pieces", type=int, default=10, help="pieces after the first")
    add_store(parser)
    args = parser.parse_args()
    presets = {}
    for name in PRESETS:
        task = gru_zoo.load(name)
        first, *further = (seconds(task, seed) for seed in range(1 + args.pieces))
        presets[name] = {"first_s": first, "further_s": statistics.median(further)}
    result = {**environment(), "presets": presets}
    report(f"compose-{keras.backend.backend()}.json", result, args.store)


if __name__ == "__main__":
    main()
