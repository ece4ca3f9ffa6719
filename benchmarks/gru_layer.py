"""Speed of the GRU layer beside its peers, on the backend of KERAS_BACKEND.

    KERAS_BACKEND=torch python benchmarks/gru_layer.py             # prints the table
    KERAS_BACKEND=torch python benchmarks/gru_layer.py --store     # and writes results/

Every round times ours and each peer once, in turn, in one process; a figure is the median over
the rounds of a peer's time divided by ours, so 2.0 means that the peer takes twice as long.
"""

import argparse
import datetime
import functools
import importlib.metadata
import json
import os
import pathlib
import statistics
import time

# The libraries read these when they start.
THREADS = int(os.environ.get("GRU_ZOO_BENCHMARK_THREADS", "2"))
os.environ.setdefault("OMP_NUM_THREADS", str(THREADS))
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", str(THREADS))

import keras  # noqa: E402
import numpy as np  # noqa: E402

from gru_zoo.layers import GRU  # noqa: E402
from gru_zoo.layers.convert import copy_weights, to_torch  # noqa: E402

BACKEND = keras.backend.backend()
CASES = [(32, 100, 128, 256), (64, 50, 256, 512), (128, 40, 64, 64), (1, 100, 64, 128)]
MODES = [("train", False), ("train", True), ("infer", False), ("infer", True)]
RESULTS = pathlib.Path(__file__).parent / "results"


def torch_runner(forward, parameters, train):
    import torch

    torch.set_num_threads(THREADS)

    def run():
        if not train:
            with torch.no_grad():
                return forward()
        return torch.autograd.grad(forward().sum(), parameters)

    return run


def jax_runner(layer, sequences, mask, train):
    import jax

    def forward(variables, sequences):
        mapping = list(zip(layer.variables, variables, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return layer(sequences, mask=mask)

    def loss(variables, sequences):
        return forward(variables, sequences).sum()

    variables = [v.value for v in layer.variables]
    trained = [v for v in variables if jax.numpy.issubdtype(v.dtype, jax.numpy.floating)]
    rest = variables[len(trained) :]
    gradient = jax.jit(jax.grad(lambda trained, x: loss([*trained, *rest], x), argnums=(0, 1)))
    compiled = jax.jit(forward)
    if train:
        return lambda: jax.block_until_ready(gradient(trained, sequences))
    return lambda: jax.block_until_ready(compiled(variables, sequences))


def tensorflow_runner(layer, sequences, mask, train):
    import tensorflow as tf

    @tf.function
    def run(sequences):
        if not train:
            return layer(sequences, mask=mask)
        with tf.GradientTape() as tape:
            tape.watch(sequences)
            loss = tf.reduce_sum(layer(sequences, mask=mask))
        return tape.gradient(loss, [sequences, *(v.value for v in layer.trainable_variables)])

    return lambda: run(sequences)[0].numpy()


def keras_runner(layer, sequences, mask, train):
    sequences = keras.ops.convert_to_tensor(sequences)
    mask = None if mask is None else keras.ops.convert_to_tensor(mask)
    if BACKEND == "torch":
        sequences.requires_grad_(train)
        parameters = [sequences, *(v.value for v in layer.trainable_variables)]
        return torch_runner(functools.partial(layer, sequences, mask=mask), parameters, train)
    make = jax_runner if BACKEND == "jax" else tensorflow_runner
    return make(layer, sequences, mask, train)


def torch_peer(layer, sequences, lengths, train):
    import torch
    from torch.nn.utils import rnn

    module = to_torch(layer)
    x = torch.tensor(sequences, requires_grad=train)

    def forward():
        if lengths is None:
            return module(x)[0]
        packed = rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return rnn.pad_packed_sequence(module(packed)[0], batch_first=True)[0]

    return torch_runner(forward, [x, *module.parameters()], train)


def runners(case, train, masked):
    """Ours and the peers on one case, as functions to be timed."""
    batch, steps, features, units = case
    rng = np.random.default_rng(0)
    sequences = rng.normal(size=(batch, steps, features)).astype("float32")
    # Padding as in a batch of texts that were not sorted: lengths evenly from a quarter to all.
    lengths = rng.integers(steps // 4, steps + 1, size=batch) if masked else None
    mask = None if lengths is None else np.arange(steps) < lengths[:, None]
    ours, theirs = GRU(units, return_sequences=True), keras.layers.GRU(units, return_sequences=True)
    ours.build(sequences.shape)
    copy_weights(ours, theirs)
    functions = {
        "gru_zoo": keras_runner(ours, sequences, mask, train),
        "keras.layers.GRU": keras_runner(theirs, sequences, mask, train),
    }
    if BACKEND == "torch":
        functions["torch.nn.GRU"] = torch_peer(ours, sequences, lengths, train)
    return functions


def measure(functions, seconds):
    """Milliseconds of every round of every function."""
    for function in functions.values():
        function()
        function()
    times = {name: [] for name in functions}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times["gru_zoo"]) < 5:
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            times[name].append(1e3 * (time.perf_counter() - start))
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=4.0, help="time for a case and mode")
    parser.add_argument("--store", action="store_true", help="write benchmarks/results/")
    args = parser.parse_args()
    rows = []
    for case in CASES:
        for mode, masked in MODES:
            times = measure(runners(case, mode == "train", masked), args.seconds)
            medians = {name: statistics.median(values) for name, values in times.items()}
            ratios = {name: value / medians["gru_zoo"] for name, value in medians.items()}
            rows.append({"case": case, "mode": mode, "masked": masked, "ms": medians})
            described = "  ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items())
            label = f"{mode}, {'masked' if masked else 'full'}"
            print(f"{case!s:22} {label:14} {medians['gru_zoo']:8.2f} ms  {described}", flush=True)
    print(f"\nGeometric means on {BACKEND}, {THREADS} CPU cores (time of the other / ours)")
    for mode, masked in MODES:
        chosen = [row["ms"] for row in rows if (row["mode"], row["masked"]) == (mode, masked)]
        for peer in list(chosen[0])[1:]:
            mean = statistics.geometric_mean(ms[peer] / ms["gru_zoo"] for ms in chosen)
            print(f"{mode}, {'masked' if masked else 'full':7} {peer:18} {mean:.2f}")
    if args.store:
        store(rows)


def store(rows):
    RESULTS.mkdir(exist_ok=True)
    packages = ("keras", {"jax": "jax", "torch": "torch", "tensorflow": "tensorflow"}[BACKEND])
    record = {
        "backend": BACKEND,
        "threads": THREADS,
        "date": datetime.date.today().isoformat(),
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "rows": rows,
    }
    target = RESULTS / f"gru_layer_{BACKEND}.json"
    partial = target.with_suffix(".tmp")
    partial.write_text(json.dumps(record, indent=1) + "\n")
    os.replace(partial, target)
    print(f"Wrote {target}")


if __name__ == "__main__":
    main()
