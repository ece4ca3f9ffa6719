"""How a recipe starts: seed, dtype policy, memory."""

import argparse
import ctypes
import dataclasses
import pathlib
import platform
import random
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gru_zoo.files import write_atomically

if TYPE_CHECKING:
    pass
from gru_zoo.recipe.options import with_options

FASTEST = "fastest"


def begin(args: argparse.Namespace, presets: Mapping[str, Any], smoke: Mapping[str, Any]) -> Any:
    """The settings of a training, with seed and dtype policy in force and memory set to be kept.

    Args:
        args: from `parse`.
        presets: the settings of each preset.
        smoke: what `--smoke` replaces in them.
    """
    knobs = dataclasses.replace(presets[args.preset], **(smoke if args.smoke else {}))
    knobs = with_options(knobs, args)
    knobs = with_policy(knobs, args.work / args.preset)
    set_seed(knobs.seed)
    tune_malloc()
    return knobs


def with_policy(knobs: Any, work: pathlib.Path) -> Any:
    """The settings, their dtype policy in force; `FASTEST` becomes what `fastest_policy` finds.

    Args:
        knobs: the settings.
        work: folder of the training, which keeps what was found: a training that goes on does so
            in the policy it began with.
    """
    import keras

    if knobs.policy == FASTEST:
        kept = work / "policy.txt"
        if not kept.is_file():
            work.mkdir(parents=True, exist_ok=True)
            write_atomically(kept, fastest_policy())
        knobs = dataclasses.replace(knobs, policy=kept.read_text(encoding="utf-8"))
        print(f"Computing in {knobs.policy}, the fastest policy where this training began.")
    keras.mixed_precision.set_global_policy(knobs.policy)
    return knobs


def fastest_policy() -> str:
    """The dtype policy in which this machine multiplies faster, by a measurement of milliseconds.

    bfloat16 products are quicker than float32 ones where the processor has instructions for them
    and the backend uses these, and slower by far elsewhere.

    Returns:
        "mixed_bfloat16" or "float32".
    """
    from keras import ops

    def seconds(dtype: str) -> float:
        a, b = ops.ones((256, 512), dtype), ops.ones((512, 512), dtype)
        times = []
        for _ in range(4):  # the first may compile
            began = time.perf_counter()
            ops.convert_to_numpy(ops.cast(ops.sum(ops.matmul(a, b)), "float32"))
            times.append(time.perf_counter() - began)
        return min(times[1:])

    return "mixed_bfloat16" if seconds("bfloat16") < seconds("float32") else "float32"


def tune_malloc() -> bool:
    """Have memory that is freed stay with the process, so that the next step finds it in place.

    On CPUs torch allocates the arrays of every step anew, and large ones the C library would fetch
    from the system, which clears them, and give back each time.

    Returns:
        Whether the C library is one that can do so, glibc.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    trim_threshold, top_pad, mmap_max = -1, -2, -4  # mallopt(3)
    options = {mmap_max: 0, trim_threshold: 2**31 - 1, top_pad: 64 * 2**20}
    mallopt = ctypes.CDLL(None).mallopt
    return all([mallopt(option, value) for option, value in options.items()])


def set_seed(seed: int) -> None:
    """Seed the generators from which Keras seeds its layers and initializers.

    `keras.utils.set_random_seed` would import TensorFlow on every backend.
    """
    random.seed(seed)
    np.random.seed(seed)
