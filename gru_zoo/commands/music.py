"""The commands `compose` and `continue`: music to a file."""

import argparse
from typing import TYPE_CHECKING

import gru_zoo
from gru_zoo.commands.loading import load
from gru_zoo.commands.parser import AddCommand
from gru_zoo.files import as_path
from gru_zoo.tasks.music.suffix import check_suffix

if TYPE_CHECKING:
    from gru_zoo.tasks.music.task import Music


def add_commands(add: AddCommand) -> None:
    """Add the commands of this module.

    Args:
        add: adds one command and returns its parser.
    """
    sub = add("compose", _compose, "compose a piece of music")
    sub.add_argument("name", help="preset of music, or folder of one")
    sub.add_argument("--bars", type=int, default=8, help="length in bars; default: 8")
    sub.add_argument("--key", help="key, such as G or 'e minor'; default: as it comes, near C")
    sub.add_argument("--tempo", type=float, default=90, help="quarter notes a minute; default: 90")
    sub.add_argument("--out", required=True, metavar="FILE", help="file to write: .mid or .wav")
    _add_sampling(sub)
    sub = add("continue", _continue, "continue a piece of music")
    sub.add_argument("name", help="preset of music, or folder of one")
    sub.add_argument("piece", metavar="IN", help="MIDI file to continue")
    sub.add_argument("out", metavar="OUT", help="file to write: .mid or .wav")
    sub.add_argument("--bars", type=int, default=4, help="bars to add, of its meter; default: 4")
    _add_sampling(sub)


def _add_sampling(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--temperature", type=float, default=1.0, help="below 1: likelier notes")
    sub.add_argument("--seed", type=int, help="the same seed gives the same music")


def _compose(args: argparse.Namespace) -> int:
    score = _task(args).compose(args.bars, args.temperature, args.seed, args.key, args.tempo)
    print(f"{score.save(args.out)}: {score}")
    return 0


def _continue(args: argparse.Namespace) -> int:
    if not as_path(args.piece).is_file():
        raise FileNotFoundError(f"Expected a MIDI file to continue. There is none: '{args.piece}'.")
    score = _task(args).continue_(args.piece, args.bars, args.temperature, args.seed)
    print(f"{score.save(args.out)}: {score}")
    return 0


def _task(args: argparse.Namespace) -> "Music":
    """The task, after checks of what can be checked without it."""
    check_suffix(args.out)
    folder = as_path(args.out).parent
    if not folder.is_dir():
        raise FileNotFoundError(f"Expected a file in a folder. There is no folder '{folder}'.")
    task = gru_zoo.card(args.name).task
    if task != "music":
        raise ValueError(f"Expected a preset of music. Received: '{args.name}', of {task}.")
    return load(args.name)  # type: ignore[return-value]
