"""How fast a preset writes: our searches against a Python loop around `predict_on_batch`.

    KERAS_BACKEND=jax python benchmarks/decode.py --data-dir DATA

Stores benchmarks/results/decode-BACKEND.json. Both sides write the same greedy translations of the
same batches with the same layers; beam search is timed over a whole test split.
"""

import argparse
import json
import os
import pathlib
import statistics
import time

import keras
import numpy as np

import gru_zoo
from gru_zoo import data
from gru_zoo.batches import pad
from gru_zoo.files import write_atomically
from gru_zoo.text import BOS, EOS

RESULTS = pathlib.Path(__file__).parent / "results"


def loop(steps, ids: np.ndarray, limit: int) -> tuple[list[list[int]], int]:
    """Greedy translations, and the number of sub-words written, by calls from Python."""
    state, memory = steps.start(ids)
    arrays = [keras.ops.convert_to_numpy(x) for x in (*state, *memory)]
    state, memory = arrays[: len(state)], arrays[len(state) :]
    tokens, done = np.full(len(ids), BOS, "int32"), np.zeros(len(ids), bool)
    written = []
    while not done.all() and len(written) < limit:
        logits, *state = steps.decoder.predict_on_batch([tokens, *state, *memory])
        tokens = np.where(done, 0, logits[:, EOS:].argmax(axis=1) + EOS).astype("int32")
        written.append(tokens)
        done |= tokens == EOS
    columns = np.stack(written, axis=1)
    return [row[row > EOS].tolist() for row in columns], int(np.count_nonzero(columns))


def rates(task, batches: list[np.ndarray], limit: int, rounds: int = 3) -> dict[str, float]:
    """Sub-words a second of the loop and of ours, in turns; the first round compiles."""
    steps, found = task.decoder.steps, {"ours": [], "loop": []}
    for round_ in range(rounds + 1):
        for ids in batches:
            start = time.perf_counter()
            ours = task.decoder.greedy([ids], np.full(len(ids), limit))
            middle = time.perf_counter()
            texts, count = loop(steps, ids, limit)
            end = time.perf_counter()
            same = sum(a[0].tolist() == b for a, b in zip(ours.ids, texts, strict=True))
            if same < 0.95 * len(texts):  # a tie may fall either way
                raise SystemExit(f"The two searches differ: {same} of {len(texts)} are the same.")
            if round_:
                found["ours"].append(int(ours.lengths.sum()) / (middle - start))
                found["loop"].append(count / (end - middle))
    return {name: statistics.median(values) for name, values in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="translation_en_de")
    parser.add_argument("--data-dir", help="folder of the data sets; else $GRU_ZOO_DATA")
    parser.add_argument("--dataset", default="multi30k")
    parser.add_argument("--split", default="test_2016_flickr")
    parser.add_argument("--batches", type=int, default=8, help="batches of 32 of the rates")
    args = parser.parse_args()
    backend = keras.backend.backend()
    task = gru_zoo.load(args.preset)
    sources, references = task.examples(data.load(args.dataset, args.split, args.data_dir))
    encoded = task.processor.encode(sources[: 32 * args.batches])
    batches = [pad(encoded[i : i + 32]) for i in range(0, len(encoded), 32)]
    speed = rates(task, batches, limit=64)
    start = time.perf_counter()
    task.translate(sources, beam_size=5)
    cold = time.perf_counter() - start
    start = time.perf_counter()
    task.translate(sources, beam_size=5)
    result = {
        "backend": backend,
        "device": f"{os.cpu_count()} CPU cores",
        "versions": {"keras": keras.__version__},
        "preset": args.preset,
        "greedy_tokens_per_second": speed["ours"],
        "greedy_tokens_per_second_python_loop": speed["loop"],
        "times_the_loop": speed["ours"] / speed["loop"],
        "beam5_sentences": len(sources),
        "beam5_seconds_first_time": cold,
        "beam5_seconds": time.perf_counter() - start,
    }
    print(json.dumps(result, indent=2))
    RESULTS.mkdir(exist_ok=True)
    write_atomically(RESULTS / f"decode-{backend}.json", json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
