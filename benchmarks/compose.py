"""How long the music presets take to compose 8 bars.

    KERAS_BACKEND=jax python benchmarks/compose.py

Stores benchmarks/results/compose-BACKEND.json: seconds of the first piece in a process, which on
TensorFlow and JAX compiles the loop, and the median of further ones.
"""

import argparse
import os
import statistics
import time

import keras
from reports import add_store, report

import gru_zoo

PRESETS = ("music_chorales", "music_folk", "music_piano")


def seconds(task, seed: int) -> float:
    """Time of one piece."""
    start = time.perf_counter()
    task.compose(bars=8, seed=seed)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pieces", type=int, default=10, help="pieces after the first")
    add_store(parser)
    args = parser.parse_args()
    backend = keras.backend.backend()
    found = {}
    for name in PRESETS:
        task = gru_zoo.load(name)
        first, *further = (seconds(task, seed) for seed in range(1 + args.pieces))
        found[name] = {"first_s": first, "further_s": statistics.median(further)}
    result = {
        "backend": backend,
        "device": f"{os.cpu_count()} CPU cores",
        "versions": {"keras": keras.__version__},
        "presets": found,
    }
    report(f"compose-{backend}.json", result, args.store)


if __name__ == "__main__":
    main()
