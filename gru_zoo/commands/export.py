"""The command `export`: a preset for a runtime without Keras."""

import argparse

from gru_zoo.commands.loading import load
from gru_zoo.commands.parser import AddCommand
from gru_zoo.export.formats import FORMATS


def add_commands(add: AddCommand) -> None:
    """Add the commands of this module.

    Args:
        add: adds one command and returns its parser.
    """
    sub = add("export", _export, "export a preset to a runtime without Keras")
    sub.add_argument("name", help="preset, or folder of one")
    sub.add_argument("--to", required=True, metavar="DIR", help="new folder to write")
    sub.add_argument("--format", choices=FORMATS, default="onnx", help="default: onnx")


def _export(args: argparse.Namespace) -> int:
    folder = load(args.name).export(args.to, args.format)
    for path in sorted(folder.iterdir()):
        size = f"{path.stat().st_size / 2**20:8.2f} MiB" if path.is_file() else ""
        print(f"{path.name:20} {size}")
    return 0
