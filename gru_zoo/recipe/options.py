"""What the training scripts in recipes/ share: their options, and what they record and ship.

The settings of a preset are a dataclass, the knobs, with `seed` and `policy` among its fields.
"""

import argparse
import dataclasses
import pathlib
import shlex
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pass


PRESETS = pathlib.Path(__file__).resolve().parents[2] / "saved_models"


def parser(description: str, presets: Iterable[str], knobs: type) -> argparse.ArgumentParser:
    """The options that all recipes have; read them with `parse`."""
    options = argparse.ArgumentParser(description=description, allow_abbrev=False)
    options.add_argument("preset", choices=presets)
    options.add_argument("--work", type=pathlib.Path, required=True, help="folder for checkpoints")
    options.add_argument("--data-dir", help="folder of the data sets; else $GRU_ZOO_DATA")
    options.add_argument(
        "--save-to", type=pathlib.Path, default=PRESETS, help="folder for the preset's folder"
    )
    options.add_argument("--resume", action="store_true", help="go on after the last epoch")
    options.add_argument("--smoke", action="store_true", help="run in seconds on a few examples")
    options.add_argument(
        "--untested",
        action="store_true",
        help="leave the test splits unread, for a trial or a teacher",
    )
    add_options(options, knobs)
    return options


def add_options(parser: argparse.ArgumentParser, knobs: type) -> None:
    """One option for each field that is a number or a string, `--learning-rate` for a rate."""
    group = parser.add_argument_group("settings, which replace those of the preset")
    fields = [field for field in dataclasses.fields(knobs) if field.type in (int, float, str)]
    for field in fields:
        group.add_argument(_option(field), type=field.type, default=None, help=argparse.SUPPRESS)
    group.description = ", ".join(map(_option, fields))


def _option(field: dataclasses.Field) -> str:
    return f"--{field.name.replace('_', '-')}"


def parse(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The arguments of a recipe, checked as far as all recipes have them.

    Checkpoints must not lie where the preset is saved, and without an epoch there must be a preset
    to start from.
    """
    args = parser.parse_args()
    if args.work.resolve() == args.save_to.resolve():
        parser.error(f"--work and --save-to must be two folders. Received: {args.work} for both")
    if getattr(args, "epochs", None) == 0 and not getattr(args, "start_from", None):
        parser.error("--epochs 0 goes with --start-from, and only there")
    args.untested |= args.smoke
    return args


def add_start_from(parser: argparse.ArgumentParser) -> None:
    """The option of recipes whose training can go on from a saved preset."""
    parser.add_argument(
        "--start-from",
        metavar="FOLDER",
        nargs="+",
        help="go on from the weights of a saved preset, or from the mean of several that come from "
        "one; with --epochs 0 it is left at that",
    )


def with_options(knobs: Any, args: argparse.Namespace) -> Any:
    """The settings with those given on the command line in place of their values."""
    given = {
        field.name: getattr(args, field.name)
        for field in dataclasses.fields(knobs)
        if getattr(args, field.name, None) is not None
    }
    return dataclasses.replace(knobs, **given)


def command(
    recipe: str, preset: str, usual: Any, knobs: Any, start_from: Sequence[str] | None = None
) -> str:
    """What to type to train with the same settings again, folders left out.

    Args:
        recipe: name of the recipe's folder.
        preset: name of the preset.
        usual: the preset's own settings.
        knobs: the settings that were used.
        start_from: folders of the presets that the training went on from, of which names stay.
    """
    words = ["python", f"recipes/{recipe}/train.py", preset]
    if start_from:
        words += ["--start-from", *(pathlib.Path(folder).name for folder in start_from)]
    for field in dataclasses.fields(knobs):
        value = getattr(knobs, field.name)
        if value != getattr(usual, field.name) and isinstance(value, (int, float, str)):
            words += [_option(field), str(value)]
    return shlex.join(words)
