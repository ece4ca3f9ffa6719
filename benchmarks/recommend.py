"""Speed of recommendation: python benchmarks/recommend.py --data-dir DATA [--users 5000].

Prints the interactions a second that batch scoring reads, and the milliseconds of one warm
recommendation for a whole history and for a click in a session. Times are those of the processor,
so that other processes beside it change little; with one thread (OMP_NUM_THREADS=1) they are those
of one core.
"""

import argparse
import statistics
import time

import keras
import numpy as np

import gru_zoo
from gru_zoo import data

REPEATS = 50


def milliseconds(function) -> float:
    """Median time of the processor for a call, after five calls to warm up."""
    times = []
    for _ in range(REPEATS + 5):
        began = time.process_time()
        function()
        times.append(1000 * (time.process_time() - began))
    return statistics.median(times[5:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", default="recommendation_beauty")
    parser.add_argument("--users", type=int, default=5_000)
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    args = parser.parse_args()
    task = gru_zoo.load(args.name)
    (dataset,) = {row.name for row in task.card.data}
    examples = data.load(dataset, "validation", args.data_dir)
    rows = np.random.default_rng(0).permutation(len(examples))[: args.users]
    # Items that were never sold to a training user are unknown to the preset.
    histories = [[i for i in examples[row].items if i in task.processor] for row in rows]
    interactions = sum(map(len, histories))
    task.recommend(histories)  # compiles for all lengths

    began = time.process_time()
    task.recommend(histories)
    seconds = time.process_time() - began
    whole = milliseconds(lambda: task.recommend(histories[0]))
    session = task.session(histories[0])
    item = histories[0][-1]

    def click():
        session.add(item)
        session.recommend()

    print(f"{args.name} on {keras.backend.backend()}, {task.config.items:,} items")
    print(f"batch scoring: {len(histories) / seconds:,.0f} users a second, ", end="")
    print(f"{60 * interactions / seconds:,.0f} interactions a minute")
    print(f"one recommendation of a history of {len(histories[0])}: {whole:.1f} ms")
    print(f"one click in a session and its recommendation: {milliseconds(click):.1f} ms")


if __name__ == "__main__":
    main()
