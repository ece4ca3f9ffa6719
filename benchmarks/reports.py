"""What a benchmark measured: printed, and on request kept for the tables of the pages."""

import argparse
import json
import pathlib
from typing import Any

from gru_zoo.files import write_atomically

RESULTS = pathlib.Path(__file__).parent / "results"


def add_store(parser: argparse.ArgumentParser) -> None:
    """The option that `report` asks for."""
    parser.add_argument("--store", action="store_true", help="write benchmarks/results/")


def report(name: str, result: dict[str, Any], store: bool) -> None:
    """Print a result, and write it to the file of this name in `RESULTS` if it is to be stored."""
    print(json.dumps(result, indent=2))
    if store:
        write(name, result)


def write(name: str, result: dict[str, Any], indent: int = 2) -> None:
    """Write a result to the file of this name in `RESULTS`."""
    RESULTS.mkdir(exist_ok=True)
    write_atomically(RESULTS / name, json.dumps(result, indent=indent) + "\n")
