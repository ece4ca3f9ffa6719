"""The settings of a recipe, a dataclass, as command-line options."""

import argparse
import dataclasses
import shlex
import time
from typing import Any


def add_options(parser: argparse.ArgumentParser, knobs: type) -> None:
    """One option for each field that is a number or a string, `--learning-rate` for a rate."""
    group = parser.add_argument_group("settings, which replace those of the preset")
    for field in dataclasses.fields(knobs):
        if field.type in (int, float, str):
            option = f"--{field.name.replace('_', '-')}"
            group.add_argument(option, type=field.type, default=None, help=argparse.SUPPRESS)
    names = [f"--{f.name.replace('_', '-')}" for f in dataclasses.fields(knobs)]
    group.description = ", ".join(names)


def parse(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The arguments of a recipe, whose checkpoints must not lie where its preset is saved."""
    args = parser.parse_args()
    if args.work.resolve() == args.save_to.resolve():
        parser.error(f"--work and --save-to must be two folders. Received: {args.work} for both")
    return args


def with_options(knobs: Any, args: argparse.Namespace) -> Any:
    """The settings with those given on the command line in place of their values."""
    given = {
        field.name: getattr(args, field.name)
        for field in dataclasses.fields(knobs)
        if getattr(args, field.name, None) is not None
    }
    return dataclasses.replace(knobs, **given)


def command(recipe: str, preset: str, usual: Any, knobs: Any, *more: str) -> str:
    """What to type to train with the same settings again, folders left out.

    Args:
        recipe: name of the recipe's folder.
        preset: name of the preset.
        usual: the preset's own settings.
        knobs: the settings that were used.
        *more: further words of the command.
    """
    words = ["python", f"recipes/{recipe}/train.py", preset, *more]
    for field in dataclasses.fields(knobs):
        value = getattr(knobs, field.name)
        if value != getattr(usual, field.name) and isinstance(value, (int, float, str)):
            words += [f"--{field.name.replace('_', '-')}", str(value)]
    return shlex.join(words)


def record(command: str, knobs: Any, epochs: int, began: float, resumed: bool) -> dict[str, Any]:
    """What a card says of a training.

    Args:
        command: from `command`.
        knobs: the settings that were used.
        epochs: number of epochs.
        began: `time.perf_counter()` at the start.
        resumed: whether a part of the training was done before, which leaves out how long it took.
    """
    minutes = {} if resumed else {"minutes": round((time.perf_counter() - began) / 60)}
    return {"command": command, "seed": knobs.seed, "epochs": epochs, **minutes}
