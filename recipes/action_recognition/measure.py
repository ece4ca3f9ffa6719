"""Measure a preset on one core: the work of a stream, and of learning actions of one's own.

    OMP_NUM_THREADS=1 KERAS_BACKEND=torch python recipes/action_recognition/measure.py \\
        action_recognition_body

The seconds are those of the processor, so other programs on the machine do not count. Movements are
made by formulas: their content does not change how much is computed.
"""

import argparse
import time

import numpy as np

import gru_zoo
from gru_zoo.tasks.action_recognition.samples import resting, waving

SECONDS = 4.0  # of a recording
ACTIONS, TAKES = 5, 20


def stream_factor(task, hop: float) -> float:
    """Seconds of computing for a second of a movement that comes frame by frame."""
    joints, signals = waving(SECONDS), resting(6, SECONDS)
    task.predict([joints, signals])  # compiles
    stream, began = task.stream(hop=hop), time.process_time()
    for frame in range(len(joints)):
        part = slice(round(frame * 5 / 3), round((frame + 1) * 5 / 3))
        stream.feed(joints[frame : frame + 1], signals[part])
    stream.finish()
    return (time.process_time() - began) / SECONDS


def own_actions(name: str) -> tuple[float, float]:
    """Seconds of `fit`, and accuracy, of `ACTIONS` shakes of a sensor of different pace."""
    random = np.random.default_rng(0)
    recordings, labels = [], []
    for number in range(ACTIONS * (TAKES + 10)):
        action = number % ACTIONS
        signals = resting(6, random.uniform(2, 3)) + random.normal(0, 0.1, 6)
        clock = np.arange(len(signals)) / 50 + random.random()
        signals[:, 1] += np.sin(2 * np.pi * (1 + action) * random.uniform(0.9, 1.1) * clock)
        recordings.append(signals + random.normal(0, 0.1, signals.shape))
        labels.append(f"action {action}")
    count = ACTIONS * TAKES
    task = gru_zoo.load(name, labels=sorted(set(labels)))
    began = time.process_time()
    task.fit(recordings[:count], labels[:count], verbose=0)
    seconds = time.process_time() - began
    return seconds, task.evaluate(recordings[count:], labels[count:])[0].value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset")
    args = parser.parse_args()
    task = gru_zoo.load(args.preset)
    for hop in (0.1, 0.2, 0.5):
        factor = stream_factor(task, hop)
        print(f"a label every {hop} s: {factor:.3f} s of computing for a second of movement")
    seconds, accuracy = own_actions(args.preset)
    print(f"{ACTIONS} actions of {TAKES} recordings: fit in {seconds:.0f} s, accuracy {accuracy}")


if __name__ == "__main__":
    main()
