"""Time of a value in a stream of `anomalies_stream`, on one processor core.

    KERAS_BACKEND=torch OMP_NUM_THREADS=1 python benchmarks/anomaly_stream.py

Prints the median milliseconds of processor time.
"""

import time

import keras
import numpy as np

import gru_zoo

WARM, VALUES = 100, 1_000


def main() -> None:
    stream = gru_zoo.load("anomalies").stream(season=24)
    times = []
    for value in np.sin(np.arange(WARM + VALUES) / 24 * 2 * np.pi):
        start = time.process_time()
        stream.feed(value)
        times.append(1_000 * (time.process_time() - start))
    print(f"{keras.backend.backend()}: {np.median(times[WARM:]):.1f} ms a value")


if __name__ == "__main__":
    main()
