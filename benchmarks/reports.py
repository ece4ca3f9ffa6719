"""Print the result of a benchmark, and store it for the tables in the documentation."""

import argparse
import json
import os
import pathlib
from typing import Any

import keras

from gru_zoo.files import write_atomically

RESULTS = pathlib.Path(__file__).parent / "results"


def add_store(parser: argparse.ArgumentParser) -> None:
    """Add the option `--store`."""
    parser.add_argument("--store", action="store_true", help="write benchmarks/results/")


def environment(device: str = f"{os.cpu_count()} CPU cores") -> dict[str, Any]:
    """Backend, device and version of Keras, for a result."""
    backend = keras.backend.backend()
    return {"backend": backend, "device": device, "versions": {"keras": keras.__version__}}


def report(name: str, result: dict[str, Any], store: bool) -> None:
    """Print a result.

    Args:
        name: name of the file in `RESULTS`.
        result: what was measured, and on what.
        store: whether to write the file.
    """
    print(json.dumps(result, indent=2))
    if store:
        write(name, result)


def write(name: str, result: dict[str, Any], indent: int = 2) -> None:
    """Write a result to a file in `RESULTS`."""
    RESULTS.mkdir(exist_ok=True)
    write_atomically(RESULTS / name, json.dumps(result, indent=indent) + "\n")
