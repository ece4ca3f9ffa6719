"""Speed and memory of the GRU layer compared with its peers, on the backend of KERAS_BACKEND.

    KERAS_BACKEND=torch python benchmarks/gru_layer.py             # prints the tables
    KERAS_BACKEND=torch python benchmarks/gru_layer.py --store     # also writes results/

Every round calls our layer and each peer once, in one process. A ratio is the median time of a
peer divided by ours, so 2.0 means that the peer takes twice as long. Memory is the peak of the
resident memory in a training step, beyond that before the first step. It is measured in a process
of its own, on Linux, and is the median of three, since the C library keeps varying amounts of freed
memory.
"""

import argparse
import datetime
import importlib.metadata
import pathlib
import statistics
import subprocess
import sys
import time

# First, since it sets the number of threads that the libraries start with.
from runners import BACKEND, THREADS, keras_runner, torch_runner

# isort: split
import keras
import numpy as np
from reports import add_store, write

from gru_zoo.layers import GRU
from gru_zoo.layers.convert import copy_weights

CASES = [(32, 100, 128, 256), (64, 50, 256, 512), (128, 40, 64, 64), (1, 100, 64, 128)]
MODES = [("train", False), ("train", True), ("infer", False), ("infer", True)]
# Long, so that the memory of the steps outweighs all other memory.
MEMORY_CASE = (64, 200, 256, 512)
OPTIONS = {
    "recurrent_dropout=0.2": {"recurrent_dropout": 0.2},
    "recurrent_weight_dropout=0.2": {"recurrent_weight_dropout": 0.2},
    "zoneout=0.1": {"zoneout": 0.1},
    "reset_after=False": {"reset_after": False},
    "use_bias=False": {"use_bias": False},
    "activation='relu'": {"activation": "relu"},
    "layer_norm=True": {"layer_norm": True},
}


def inputs(case, masked):
    """Sequences, lengths and mask of a case; the last two are None without a mask."""
    batch, steps, features, _ = case
    rng = np.random.default_rng(0)
    sequences = rng.normal(size=(batch, steps, features)).astype("float32")
    if not masked:
        return sequences, None, None
    # As in a batch of unsorted texts: lengths are uniform between a quarter and all of the steps.
    lengths = rng.integers(steps // 4, steps + 1, size=batch)
    return sequences, lengths, np.arange(steps) < lengths[:, None]


def against_peers(case, train, masked):
    """Functions to time by name: our layer and its peers, with the same weights."""
    sequences, lengths, mask = inputs(case, masked)
    ours, theirs = (cls(case[-1], return_sequences=True) for cls in (GRU, keras.layers.GRU))
    ours.build(sequences.shape)
    copy_weights(ours, theirs)
    functions = {
        "gru_zoo": keras_runner(ours, sequences, mask, train),
        "keras.layers.GRU": keras_runner(theirs, sequences, mask, train),
    }
    if BACKEND == "torch":
        functions["torch.nn.GRU"] = torch_runner(ours, sequences, lengths, train)
    return functions


def with_options(case):
    """Functions to time by name: a training step of our layer without and with each option."""
    sequences, _, _ = inputs(case, masked=False)
    functions = {}
    for name, options in {"gru_zoo": {}, **OPTIONS}.items():
        layer = GRU(case[-1], return_sequences=True, **options)
        layer.build(sequences.shape)
        functions[name] = keras_runner(layer, sequences, None, train=True)
    return functions


def measure(functions, seconds):
    """Median milliseconds by name of the functions, which are called in turn."""
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
    return {name: statistics.median(values) for name, values in times.items()}


def compare(seconds):
    """Measure and print every case and mode; returns the rows."""
    rows = []
    for case in CASES:
        for mode, masked in MODES:
            medians = measure(against_peers(case, mode == "train", masked), seconds)
            rows.append({"case": case, "mode": mode, "masked": masked, "ms": medians})
            show(f"{case!s:22} {mode}, {'masked' if masked else 'full':7}", medians)
    for mode, masked in MODES:
        chosen = [row["ms"] for row in rows if (row["mode"], row["masked"]) == (mode, masked)]
        show(f"geometric mean, {mode}, {'masked' if masked else 'full'}", means(chosen))
    return rows


def means(medians):
    """Geometric mean over the cases, by name."""
    return {name: statistics.geometric_mean(ms[name] for ms in medians) for name in medians[0]}


def show(label, medians):
    """Print our time, and the times of the others divided by ours."""
    ours = medians["gru_zoo"]
    others = [f"{name} {ms / ours:.2f}" for name, ms in medians.items() if name != "gru_zoo"]
    print(f"{label:42} {ours:8.2f} ms  {'  '.join(others)}", flush=True)


def resident(key):
    """VmRSS (current) or VmHWM (peak) of this process, in MiB."""
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split(f"{key}:")[1].split()[0]) / 1024


def peak_memory(name):
    """Peak memory of training in MiB, beyond that before the first step."""
    sequences, _, _ = inputs(MEMORY_CASE, masked=False)
    layer = {"gru_zoo": GRU, "keras.layers.GRU": keras.layers.GRU}[name](
        MEMORY_CASE[-1], return_sequences=True
    )
    layer.build(sequences.shape)
    before = resident("VmRSS")
    run = keras_runner(layer, sequences, None, train=True)
    run()
    # Compilation is over: reset the peak that the operating system records.
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    for _ in range(3):
        run()
    return resident("VmHWM") - before


def memory():
    """Measure and print the peak memory of each layer, in MiB by name."""
    peaks = {}
    for name in ("gru_zoo", "keras.layers.GRU"):
        command = [sys.executable, __file__, "--memory-of", name]
        runs = [subprocess.run(command, check=True, capture_output=True, text=True) for _ in "123"]
        peaks[name] = statistics.median(float(done.stdout.split()[-1]) for done in runs)
        print(f"peak memory in training {MEMORY_CASE} {name}: {peaks[name]:.0f} MiB", flush=True)
    return peaks


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=4.0, help="seconds for a case and mode")
    add_store(parser)
    parser.add_argument("--memory-of", help="name of a layer: print only the MiB of its training")
    args = parser.parse_args()
    if args.memory_of:
        print(peak_memory(args.memory_of))
        return
    print(f"{BACKEND}, {THREADS} CPU cores. Time of the other by ours:")
    record = {"rows": compare(args.seconds)}
    print("\nTraining, full. Time with an option by the time without:")
    record["options"] = []
    for case in CASES:
        medians = measure(with_options(case), args.seconds)
        record["options"].append({"case": case, "ms": medians})
        show(f"{case!s}", medians)
    show("geometric mean", means([row["ms"] for row in record["options"]]))
    print()
    record["memory"] = {"case": MEMORY_CASE, "mib": memory()}
    if args.store:
        store(record)


def store(record):
    """Write the results."""
    head = {
        "backend": BACKEND,
        "threads": THREADS,
        "date": datetime.date.today().isoformat(),
        "versions": {name: importlib.metadata.version(name) for name in ("keras", BACKEND)},
    }
    write(f"gru_layer_{BACKEND}.json", {**head, **record}, indent=1)


if __name__ == "__main__":
    main()
