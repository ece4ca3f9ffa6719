"""The command `uci`: chess for a chess program."""

import argparse
import sys
from typing import TYPE_CHECKING

import gru_zoo
from gru_zoo.commands.loading import load
from gru_zoo.commands.parser import AddCommand

if TYPE_CHECKING:
    from gru_zoo.tasks.chess.task import Chess


def add_commands(add: AddCommand) -> None:
    """Add the command of this module.

    Args:
        add: adds one command and returns its parser.
    """
    sub = add("uci", _uci, "play chess as an engine that a chess program starts (UCI)")
    sub.add_argument("name", help="preset of chess, or folder of one")


def _uci(args: argparse.Namespace) -> int:
    task = gru_zoo.card(args.name).task
    if task != "chess":
        raise ValueError(f"Expected a preset of chess. Received: '{args.name}', of {task}.")
    from gru_zoo.tasks.chess.uci import Engine

    def read() -> "Chess":
        return load(args.name)  # type: ignore[return-value]

    Engine(read).run(sys.stdin)
    return 0
