"""Speed of the GRU layer on an NVIDIA GPU compared with torch.nn.GRU on cuDNN, for two backends.

    KERAS_BACKEND=torch python benchmarks/gru_layer_gpu.py           # prints a line a case
    KERAS_BACKEND=jax python benchmarks/gru_layer_gpu.py --store     # also writes results/
    KERAS_BACKEND=jax python benchmarks/gru_layer_gpu.py --smoke     # tiny cases, on the CPU

Every round calls our layer and each peer once, in one process; times are medians. A ratio is the
time of torch.nn.GRU divided by ours, so 2.0 means that torch.nn.GRU takes twice as long. All
compute the same; masked outputs are zero, as in torch. The outputs of our layer, or in training the
gradients of the inputs, are compared with those of torch.nn.GRU.
"""

import argparse
import datetime
import importlib.metadata
import itertools
import os
import statistics
import sys
import time
import traceback

START = time.perf_counter()
SMOKE = "--smoke" in sys.argv
# The libraries read these when they start. Without the first, JAX would take torch's memory.
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
if SMOKE:
    os.environ.update(JAX_PLATFORMS="cpu", KERAS_TORCH_DEVICE="cpu")

from gru_layer import inputs  # noqa: E402
from runners import BACKEND, keras_runner, torch_runner  # noqa: E402

# isort: split
import keras  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from reports import add_store, write  # noqa: E402

from gru_zoo.layers import GRU, explain_path  # noqa: E402
from gru_zoo.layers.convert import copy_weights  # noqa: E402

# The fused kernel of JAX takes the weights of the first case in bfloat16 but not in float32.
CASES = [(64, 256, 128, 128), (64, 256, 512, 512), (16, 1024, 256, 256)]
SMOKE_CASES = [(2, 5, 4, 4), (3, 8, 4, 6)]
DEVICE = "cpu" if SMOKE else "cuda"
OURS, TORCH, KERAS = "gru_zoo", "torch.nn.GRU", "keras.layers.GRU"
# Limits of ||ours - theirs|| / ||theirs||. Both compute float32 products in TF32. In bfloat16 torch
# rounds the state at every step; only a wrong result differs by more than the limit.
LIMITS = {"float32": 5e-3, "bfloat16": 0.2}


def contenders(case, dtype, train, masked, with_keras):
    """Our layer, and the functions to time by name."""
    sequences, lengths, mask = inputs(case, masked)
    if masked:
        # torch pads to the longest sequence, so one sequence has all steps.
        lengths[0], mask[0] = case[1], True
    # No backend can compute Keras' orthogonal initializer in bfloat16.
    options = {"return_sequences": True, "recurrent_initializer": "glorot_uniform"}
    source = GRU(case[-1], **options)
    source.build(sequences.shape)
    rng = np.random.default_rng(1)
    source.set_weights([rng.normal(0, case[-1] ** -0.5, v.shape) for v in source.weights])
    ours = GRU(case[-1], zero_output_for_mask=masked, dtype=dtype, **options)
    copy_weights(source, ours)
    x = keras.ops.convert_to_tensor(sequences, dtype)
    functions = {
        OURS: keras_runner(ours, x, mask, train),
        TORCH: torch_runner(source, sequences, lengths, train, DEVICE, dtype),
    }
    # Only without a mask: with one, the loop of Keras takes seconds on torch.
    if with_keras and not masked:
        theirs = keras.layers.GRU(case[-1], dtype=dtype, **options)
        copy_weights(source, theirs)
        functions[KERAS] = keras_runner(theirs, x, mask, train)
    return ours, functions


def timed(function):
    """Milliseconds of a call of a function that waits for the device."""
    start = time.perf_counter()
    function()
    return 1e3 * (time.perf_counter() - start)


def measure(functions, seconds):
    """Median milliseconds by name of the functions, which are called in turn, and their results.

    A function that raises is left out. One that takes more than a third of `seconds` is timed once.
    """
    times, results = {}, {}
    for name, function in functions.items():
        try:
            results[name] = function()
            times[name] = [timed(function)]
        except Exception:
            print(f"{name} failed:\n{traceback.format_exc()}", flush=True)
    quick = [name for name in times if times[name][0] < 1e3 * seconds / 3]
    times.update({name: [] for name in quick})
    end = time.perf_counter() + seconds
    while quick and (time.perf_counter() < end or len(times[quick[0]]) < 3):
        for name in quick:
            times[name].append(timed(functions[name]))
    return {name: statistics.median(values) for name, values in times.items()}, results


def compared(result, train):
    """Outputs, or in training the gradients of the inputs, as float64, from a runner's result."""
    if train:
        # torch has the gradients of the inputs first, JAX after the list of those of the weights.
        result = result[1] if isinstance(result[0], list) else result[0]
    if isinstance(result, torch.Tensor):
        result = result.float().cpu().numpy()
    return np.asarray(result).astype("float64")


def run(case, dtype, mode, masked, seconds, with_keras):
    """Measure a case; returns the row, and whether nothing failed and the results agree."""
    train = mode == "train"
    layer, functions = contenders(case, dtype, train, masked, with_keras)
    path = explain_path(layer, train, batch=case[0], masked=masked)
    medians, results = measure(functions, seconds)
    row = {"case": case, "dtype": dtype, "mode": mode, "masked": masked}
    row.update(path=path.name, reason=path.reason, ms=medians, error=None)
    if OURS in results and TORCH in results:
        ours, theirs = (compared(results[name], train) for name in (OURS, TORCH))
        row["error"] = float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs))
    show(row)
    # The comparison is False for a NaN.
    within = row["error"] is not None and row["error"] <= LIMITS[dtype]
    if not within:
        print(f"  NOT within {LIMITS[dtype]} of torch.nn.GRU", flush=True)
    return row, within and len(medians) == len(functions)


def show(row):
    """Print a row."""
    ms, label = row["ms"], f"{row['case']} {row['dtype']} {row['mode']}"
    parts = [f"{label:40} {'masked' if row['masked'] else 'full':6}"]
    parts += [f"{name} {ms[name]:.3f} ms" for name in (OURS, TORCH, KERAS) if name in ms]
    if OURS in ms and TORCH in ms:
        parts.append(f"torch.nn.GRU by ours {ms[TORCH] / ms[OURS]:.2f}")
    if row["error"] is not None:
        parts.append(f"error {row['error']:.1e}")
    print("  ".join(parts), f" [{row['path']}: {row['reason']}]", flush=True)


def missing():
    """The reason why the benchmark cannot run here, or None."""
    if BACKEND not in ("jax", "torch"):
        return f"Expected KERAS_BACKEND=jax or torch. Received: {BACKEND}"
    usable = {"torch": torch.cuda.is_available()}
    if BACKEND == "jax":
        import jax

        usable["jax"] = jax.default_backend() == "gpu"
    lacking = [name for name, has_gpu in usable.items() if not has_gpu]
    if SMOKE or not lacking:
        return None
    return f"Expected a GPU, which {' and '.join(lacking)} did not find. --smoke runs on the CPU."


def store(rows):
    """Write the results."""
    libraries = dict.fromkeys(("keras", BACKEND, "torch"))
    versions = {name: importlib.metadata.version(name) for name in libraries}
    record = {
        "backend": BACKEND,
        "device": torch.cuda.get_device_name(),
        "date": datetime.date.today().isoformat(),
        "versions": {**versions, "cudnn": torch.backends.cudnn.version()},
        "rows": rows,
    }
    write(f"gpu-{BACKEND}.json", record, indent=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=0.5, help="seconds for a case and mode")
    parser.add_argument(
        "--limit", type=float, default=60, help="seconds until the last case begins"
    )
    add_store(parser)
    parser.add_argument("--smoke", action="store_true", help="run tiny cases on the CPU")
    args = parser.parse_args()
    if args.store and args.smoke:
        parser.error("--store is not allowed with --smoke, whose times mean nothing")
    if reason := missing():
        sys.exit(reason)
    print(f"{BACKEND} on {'CPU' if SMOKE else torch.cuda.get_device_name()}", flush=True)
    rows, failures, skipped = [], 0, 0
    cases = SMOKE_CASES if SMOKE else CASES
    settings = itertools.product((False, True), cases, ("float32", "bfloat16"), ("train", "infer"))
    for masked, case, dtype, mode in settings:
        passed = time.perf_counter() - START
        if passed > args.limit:
            skipped += 1
            continue
        try:
            # Compilation by JAX may take long, so Keras is left out after half of the time.
            row, good = run(case, dtype, mode, masked, args.seconds, passed < args.limit / 2)
        except Exception:
            print(f"{case} {dtype} {mode} failed:\n{traceback.format_exc()}", flush=True)
            failures += 1
            continue
        failures += not good
        rows.append(row)
        # After every row, so that a failure loses no results.
        if args.store:
            store(rows)
    total = time.perf_counter() - START
    print(f"{len(rows)} rows, {failures} failures, {skipped} skipped, {total:.0f} s in all")
    sys.exit(1 if failures or skipped else 0)


if __name__ == "__main__":
    main()
