"""Command-line options of the training scripts, and the settings that the options replace.

The settings of a preset are a frozen dataclass with the fields `seed` and `policy`. Every field
that is a number, a string or a boolean becomes an option. A field that is a dataclass itself, such
as the `Config` of the model, is replaced by its own fields, so that their defaults are written
once. The class variable `NO_OPTIONS` names the fields that are no options, such as those that the
data decide.
"""

import argparse
import dataclasses
import pathlib
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_ROOT = pathlib.Path(__file__).resolve().parents[2]


def presets_folder(root: pathlib.Path = _ROOT) -> pathlib.Path | None:
    """The folder `saved_models` of a checkout.

    Args:
        root: folder that holds the package.

    Returns:
        None where the package is installed without a checkout, since presets that a user trains do
        not belong into `site-packages`.
    """
    return root / "saved_models" if (root / "pyproject.toml").is_file() else None


def parser(description: str, presets: Iterable[str], settings: type) -> argparse.ArgumentParser:
    """A parser with the options that all recipes have; read them with `parse`.

    Args:
        description: first line of the help.
        presets: names of the presets to choose from.
        settings: the dataclass of the settings.
    """
    options = argparse.ArgumentParser(description=description, allow_abbrev=False)
    options.add_argument("preset", choices=presets)
    options.add_argument("--work", type=pathlib.Path, required=True, help="folder for checkpoints")
    options.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    options.add_argument(
        "--save-to",
        type=pathlib.Path,
        default=presets_folder(),
        help="folder in which the preset's folder is saved; default: saved_models of the checkout",
    )
    options.add_argument("--resume", action="store_true", help="continue after the last epoch")
    options.add_argument("--smoke", action="store_true", help="run in seconds on a few examples")
    options.add_argument(
        "--untested",
        action="store_true",
        help="leave the test splits unread, for a trial or a teacher",
    )
    add_options(options, settings)
    return options


def add_options(parser: argparse.ArgumentParser, settings: type) -> None:
    """Add an option for each field of the settings, such as `--learning-rate`.

    An option that is not given is None.

    Args:
        parser: the parser.
        settings: the dataclass of the settings.
    """
    group = parser.add_argument_group("settings, which replace those of the preset")
    fields = _option_fields(settings)
    for field in fields:
        kind = _boolean if field.type is bool else field.type
        group.add_argument(_option(field.name), type=kind, default=None, help=argparse.SUPPRESS)
    group.description = ", ".join(_option(field.name) for field in fields)


def _option_fields(settings: type) -> list[dataclasses.Field]:
    """Fields that are options, those of the dataclasses inside at the place of these."""
    fields: list[dataclasses.Field] = []
    for field in dataclasses.fields(settings):
        kind: Any = field.type
        fields += dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else [field]
    hidden = getattr(settings, "NO_OPTIONS", ())
    kinds = (bool, int, float, str)
    return [field for field in fields if field.type in kinds and field.name not in hidden]


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _boolean(text: str) -> bool:
    if text not in ("0", "1"):
        raise argparse.ArgumentTypeError(f"expected 0 or 1. Received: {text!r}")
    return text == "1"


def parse(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The arguments of a recipe, checked as far as all recipes have them.

    Args:
        parser: from `parser`, with the options of the recipe added.

    Raises:
        SystemExit: `--save-to` is missing where there is no checkout, checkpoints would lie where
            the preset is saved, or nothing is trained and there is no preset to start from.
    """
    args = parser.parse_args()
    if args.save_to is None:
        parser.error(
            "--save-to is required, since gru_zoo is installed without a checkout, whose folder "
            "saved_models is the default"
        )
    if args.work.resolve() == args.save_to.resolve():
        parser.error(f"--work and --save-to must be two folders. Received: {args.work} for both")
    if getattr(args, "epochs", None) == 0 and not getattr(args, "start_from", None):
        parser.error("--epochs 0 is allowed with --start-from only")
    args.untested |= args.smoke
    return args


def add_start_from(parser: argparse.ArgumentParser) -> None:
    """Add the option of recipes whose training can start from a saved preset."""
    parser.add_argument(
        "--start-from",
        metavar="FOLDER",
        nargs="+",
        help="start from the weights of a saved preset, or from the mean of the weights of several "
        "that were trained from one; with --epochs 0 nothing more is trained",
    )


def replace(settings: Any, values: Mapping[str, Any]) -> Any:
    """The settings with other values of their fields, or of fields of the dataclasses inside.

    Args:
        settings: an instance of the dataclass.
        values: new values by the name of the field.

    Raises:
        TypeError: there is no field of such a name.
    """
    changes, rest = {}, dict(values)
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if field.name in rest:
            changes[field.name] = rest.pop(field.name)
        elif dataclasses.is_dataclass(value):
            names = {inner.name for inner in dataclasses.fields(value)} & set(rest)
            changes[field.name] = replace(value, {name: rest.pop(name) for name in names})
    if rest:
        raise TypeError(
            f"Expected fields of {type(settings).__name__} or of a dataclass inside. Received: "
            f"{', '.join(sorted(rest))}."
        )
    return dataclasses.replace(settings, **changes)


def _values(settings: Any) -> dict[str, Any]:
    """Values of all fields by name, those of the dataclasses inside at the place of these."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        values |= _values(value) if dataclasses.is_dataclass(value) else {field.name: value}
    return values


def with_options(settings: Any, args: argparse.Namespace) -> Any:
    """The settings, replaced by those that were given on the command line.

    Args:
        settings: an instance of the dataclass.
        args: the arguments; an attribute of the name of a field replaces it unless it is None.
    """
    given = {name: getattr(args, name, None) for name in _values(settings)}
    return replace(settings, {name: value for name, value in given.items() if value is not None})


def command(
    recipe: str, preset: str, usual: Any, settings: Any, start_from: Sequence[str] | None = None
) -> str:
    """The command that trains with the same settings again, folders left out.

    Args:
        recipe: name of the recipe's folder.
        preset: name of the preset.
        usual: settings of the preset.
        settings: settings that were used.
        start_from: folders of the presets that the training started from; only their names are
            part of the command.
    """
    words = ["python", f"recipes/{recipe}/train.py", preset]
    if start_from:
        words += ["--start-from", *(pathlib.Path(folder).name for folder in start_from)]
    before, used = _values(usual), _values(settings)
    for field in _option_fields(type(settings)):
        value = used[field.name]
        if value != before[field.name]:
            words += [_option(field.name), str(int(value) if field.type is bool else value)]
    return shlex.join(words)
