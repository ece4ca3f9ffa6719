"""The command line `gru-zoo`; `gru-zoo --help` lists the commands."""

import argparse
import io
import os
import shlex
import sys
from collections.abc import Sequence

from gru_zoo import __version__
from gru_zoo.commands import chess, export, finetune, music, predict, presets
from gru_zoo.commands.parser import Command


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gru-zoo", description="Pretrained GRU models for Keras 3."
    )
    parser.add_argument("--version", action="version", version=f"gru-zoo {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, function: Command, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(function=function)
        return sub

    for module in (presets, predict, music, chess, finetune, export):
        module.add_commands(add)
    return parser


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse arguments. Inputs may also follow an option, which argparse does not expect."""
    parser = _parser()
    args, rest = parser.parse_known_args(argv)
    if any(word.startswith("-") for word in rest) or (rest and not hasattr(args, "inputs")):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        args.inputs += rest
    args.line = shlex.join(["gru-zoo", *(sys.argv[1:] if argv is None else argv)])
    return args


def _escape_what_cannot_be_printed() -> None:
    """Print characters that the encoding of the terminal lacks as escapes instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line.

    Args:
        argv: the arguments; None for those of the process.

    Returns:
        The exit status: 0 if all went well, 1 if an input failed, a value differs or there is
        nothing to do, 2 if an argument is wrong.
    """
    _escape_what_cannot_be_printed()
    args = _parse(argv)
    try:
        status = args.function(args)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # The reader, such as `head`, has closed the pipe. Python would raise again at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, TypeError, OSError, ImportError) as error:
        print(f"gru-zoo: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
