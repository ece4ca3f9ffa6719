"""Speed of keyword spotting on one core: a chunk of 20 ms, a stream of chunks, and a whole file.

    KERAS_BACKEND=jax python benchmarks/stream.py

With `--store` the result goes to benchmarks/results/stream-BACKEND.json. A real-time factor is the
time in seconds that a second of sound takes. A chunk that completes two windows runs the model; the
others cost hardly any time.
"""

import argparse
import os
import statistics
import time

# The libraries read these when they start.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import keras  # noqa: E402
import numpy as np  # noqa: E402
from reports import add_store, environment, report  # noqa: E402

import gru_zoo  # noqa: E402
from gru_zoo.audio.augmentation import pink_noise  # noqa: E402
from gru_zoo.audio.sound import Sound

CHUNK = 0.02  # seconds of sound


def streamed(task, samples: np.ndarray) -> list[float]:
    """Seconds of computation of each chunk."""
    stream, size, times = task.stream(), round(CHUNK * task.processor.rate), []
    for chunk in np.split(samples, range(size, len(samples), size)):
        start = time.perf_counter()
        stream.feed(chunk)
        times.append(time.perf_counter() - start)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset", nargs="?", default="speech_commands")
    parser.add_argument("--seconds", type=int, default=60, help="length of the sound, in seconds")
    add_store(parser)
    args = parser.parse_args()
    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        torch.set_num_threads(1)
    task = gru_zoo.load(args.preset)
    samples = 0.1 * pink_noise(args.seconds * task.processor.rate)
    sound = Sound(samples, task.processor.rate)
    streamed(task, samples[: 2 * sound.rate])  # the first runs compile
    task.detect(sound)
    times = streamed(task, samples)
    start = time.perf_counter()
    task.detect(sound)
    whole = time.perf_counter() - start
    result = {
        "preset": task.card.name,
        **environment("1 CPU core"),
        "chunk_ms_median": 1000 * statistics.median(times),
        "chunk_ms_mean": 1000 * statistics.mean(times),
        "chunk_ms_99_percent": 1000 * statistics.quantiles(times, n=100)[-1],
        "real_time_factor_stream": sum(times) / args.seconds,
        "real_time_factor_file": whole / args.seconds,
    }
    report(f"stream-{backend}.json", result, args.store)


if __name__ == "__main__":
    main()
