"""Speed of a classifier: one text after the first, a command in a new process, and many texts.

    KERAS_BACKEND=jax python benchmarks/predict.py --data-dir DATA

With `--store` the result goes to benchmarks/results/predict-BACKEND.json, from which the table of
docs/speed.md is made. The peer in the last column is the same model, weights included, with
keras.layers.GRU.
"""

import argparse
import statistics
import subprocess
import sys
import time

import keras
from reports import add_store, environment, report

import gru_zoo
from gru_zoo import data
from gru_zoo.layers import GRU

SENTENCE = "The first act is charming, but the ending ruins everything."


def warm_milliseconds(task, repeats: int = 50) -> float:
    """Median milliseconds of `predict` on one sentence, after the first calls."""
    for _ in range(3):
        task.predict(SENTENCE)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        task.predict(SENTENCE)
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def seconds(*command: str, repeats: int = 3) -> float:
    """Median seconds of wall-clock time of a command in a new process."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def with_keras_gru(task) -> None:
    """Replace the task's model by the same graph with keras.layers.GRU."""

    def clone(layer):
        if isinstance(layer, GRU):
            config = {k: v for k, v in layer.get_config().items() if k in KERAS_ARGUMENTS}
            return keras.layers.GRU.from_config(config)
        return layer.__class__.from_config(layer.get_config())

    peer = keras.models.clone_model(task.model, clone_function=clone)
    peer.set_weights(task.model.get_weights())
    task.model = peer


KERAS_ARGUMENTS = set(keras.layers.GRU(1).get_config())


def texts_a_second(ours, peer, texts: list[str], rounds: int = 3) -> tuple[float, float]:
    """Median texts a second of both tasks, called in turn; the first round compiles."""
    rates = ([], [])
    for round_ in range(rounds + 1):
        for task, values in zip((ours, peer), rates, strict=True):
            start = time.perf_counter()
            task.predict(texts)
            if round_:
                values.append(len(texts) / (time.perf_counter() - start))
    return statistics.median(rates[0]), statistics.median(rates[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="sentiment_reviews")
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    parser.add_argument("--texts", type=int, default=1000, help="reviews of the bulk measurement")
    add_store(parser)
    args = parser.parse_args()
    backend = keras.backend.backend()
    task, peer = gru_zoo.load(args.preset), gru_zoo.load(args.preset)
    with_keras_gru(peer)
    reviews = data.load("imdb", "test", args.data_dir)
    step = len(reviews) // args.texts
    ours, theirs = texts_a_second(task, peer, [e.text for e in reviews[::step]])
    bare = f"import keras, {'tensorflow' if backend == 'tensorflow' else backend}"
    result = {
        **environment(),
        "warm_predict_ms": warm_milliseconds(task),
        "cold_command_s": seconds(sys.executable, "-m", "gru_zoo", "predict", args.preset, "Good."),
        "bare_import_s": seconds(sys.executable, "-c", bare),
        "texts_per_second": ours,
        "texts_per_second_keras_gru": theirs,
    }
    report(f"predict-{backend}.json", result, args.store)


if __name__ == "__main__":
    main()
