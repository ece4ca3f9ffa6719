"""What a recipe writes into a card."""

import argparse
import importlib.metadata
import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gru_zoo.base.task import Task
from gru_zoo.data.source import Source
from gru_zoo.presets.card import DataRow

if TYPE_CHECKING:
    pass
from gru_zoo.recipe.options import command


def record(command: str, seed: int, epochs: int, began: float, resumed: bool) -> dict[str, Any]:
    """What a card says of a training, see `gru_zoo.presets.card.Card`.

    Args:
        command: from `command`.
        seed: of the training.
        epochs: number of epochs.
        began: `time.perf_counter()` at the start.
        resumed: whether a part of the training was done before, which leaves out how long it took.
    """
    import keras

    backend = keras.backend.backend()
    versions = {name: importlib.metadata.version(name) for name in ("keras", "numpy", backend)}
    versions[backend] = versions[backend].split("+")[0]  # without the kind of build
    minutes = {} if resumed else {"minutes": round((time.perf_counter() - began) / 60)}
    return {
        "command": command,
        "seed": seed,
        "epochs": epochs,
        **minutes,
        "device": _device(),
        "backend": backend,
        "versions": versions,
    }


def _device() -> str:
    """What a training ran on: the GPU that its backend takes, else the processor."""
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


def complete(
    task: Task,
    recipe: str,
    args: argparse.Namespace,
    presets: Mapping[str, Any],
    knobs: Any,
    rows: tuple[DataRow, ...],
    began: float,
) -> None:
    """Put into the card of a trained task what it learned from and how, its numbers still missing.

    Args:
        task: the task, with the history of its training.
        recipe: name of the recipe's folder.
        args: from `parse`.
        presets: the settings of each preset.
        knobs: the settings that were used.
        rows: from `data_rows`.
        began: as of `record`.
    """
    start_from = getattr(args, "start_from", None)
    again = command(recipe, args.preset, presets[args.preset], knobs, start_from)
    epochs = len(task.history.get("loss", ()))
    done = record(again, knobs.seed, epochs, began, args.resume)
    task.card = task.card.replace(data=rows, metrics=(), training=done)


def counted(counts: Mapping[str, int], held_out: int, kind: str) -> str:
    """A line for people, such as "29,000 pairs of multi30k; 1,014 to validate".

    Args:
        counts: number of training examples by the name of the set.
        held_out: number of those to validate with.
        kind: what they are called.
    """
    parts = [f"{count:,} {kind} of {name}" for name, count in counts.items()]
    return f"{', '.join(parts)}; {held_out:,} to validate"


def data_rows(counts: Mapping[str, int], sources: Mapping[str, Source]) -> tuple[DataRow, ...]:
    """What a card says of training splits, by the number of their examples.

    Args:
        counts: number of training examples by the name of the set.
        sources: the published sets; others are the user's own files.
    """
    rows = []
    for name, count in counts.items():
        known = sources.get(name)
        terms = (known.licence, known.homepage) if known else ("not stated", "given to train.py")
        rows.append(DataRow(name, "train", count, *terms))
    return tuple(rows)
