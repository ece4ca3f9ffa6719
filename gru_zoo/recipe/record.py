"""What a recipe writes into a card."""

import os
import time
from collections.abc import Mapping
from typing import Any

from gru_zoo.backend import versions
from gru_zoo.data.source import Source
from gru_zoo.presets.card import DataRow


def record(command: str, seed: int, epochs: int, began: float, resumed: bool) -> dict[str, Any]:
    """The field `training` of a card, see `gru_zoo.presets.card.Card`.

    Args:
        command: from `command`.
        seed: seed of the training.
        epochs: number of epochs.
        began: `time.perf_counter()` at the start.
        resumed: whether an earlier process did a part of the training. The minutes are then left
            out, since only those of this process are known.
    """
    import keras

    minutes = {} if resumed else {"minutes": round((time.perf_counter() - began) / 60)}
    return {
        "command": command,
        "seed": seed,
        "epochs": epochs,
        **minutes,
        "device": _device(),
        "backend": keras.backend.backend(),
        "versions": versions(),
    }


def _device() -> str:
    """The device of the training: the GPU that the backend uses by default, else the CPU."""
    import keras

    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        if torch.cuda.is_available():
            return f"one {torch.cuda.get_device_name()}"
    elif backend == "jax":
        import jax

        if jax.default_backend() != "cpu":
            return f"one {jax.devices()[0].device_kind}"
    elif keras.distribution.list_devices("gpu"):
        return "one GPU"
    return f"{os.cpu_count()} CPU cores"


def describe_counts(counts: Mapping[str, int], held_out: int, kind: str) -> str:
    """A line such as "29,000 pairs of multi30k; 1,014 to validate".

    Args:
        counts: number of training examples by the name of the data set.
        held_out: number of validation examples.
        kind: noun for the examples, in the plural.
    """
    parts = [f"{count:,} {kind} of {name}" for name, count in counts.items()]
    return f"{', '.join(parts)}; {held_out:,} to validate"


def data_rows(
    counts: Mapping[str, int], sources: Mapping[str, Source], split: str = "train"
) -> tuple[DataRow, ...]:
    """The field `data` of a card: one row for each training split.

    Args:
        counts: number of training examples by the name of the data set.
        sources: the published sets by name. A set that is not among them is the user's own.
        split: the split of each set.
    """
    rows = []
    for name, count in counts.items():
        source = sources.get(name)
        terms = (source.licence, source.homepage) if source else ("not stated", "given to train.py")
        rows.append(DataRow(name, split, count, *terms))
    return tuple(rows)
