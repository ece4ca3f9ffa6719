"""What the training scripts in recipes/ share: their options, and what they record and ship.

The settings of a preset are a dataclass, the knobs, with `seed` and `policy` among its fields.
"""

import argparse
import csv
import ctypes
import dataclasses
import importlib.metadata
import os
import pathlib
import platform
import random
import shlex
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gru_zoo.base.task import Task
from gru_zoo.data.source import Source
from gru_zoo.files import write_atomically
from gru_zoo.presets.card import DataRow
from gru_zoo.presets.weights import coarsen, copy_weights
from gru_zoo.text.subword_tokenizer import Tokenizer

if TYPE_CHECKING:
    from gru_zoo.base.seq2seq.task import PairTask

FASTEST = "fastest"
_LONGEST_CELL = 2**31 - 1  # the most that the csv module takes on every system
PRESETS = pathlib.Path(__file__).resolve().parents[1] / "saved_models"


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


def earlier(folders: Sequence[str], **options: Any) -> Task:
    """The task to go on from: a saved preset, or the first of several with the mean of all weights.

    Presets that were trained on from one with other seeds or data lie so close to each other that
    the mean of their weights can be better than each of them (Wortsman et al. 2022, Model soups).

    Args:
        folders: the presets.
        **options: of `gru_zoo.load`.

    Raises:
        SystemExit: the presets are of different sizes.
    """
    import gru_zoo

    task = gru_zoo.load(folders[0], **options)
    weights = [task.model.get_weights()]
    for folder in folders[1:]:
        weights.append(gru_zoo.load(folder, **options).model.get_weights())
        if [w.shape for w in weights[-1]] != [w.shape for w in weights[0]]:
            raise SystemExit(
                "Expected presets that come from one. Received: weights of other shapes in "
                f"'{folder}' than in '{folders[0]}'."
            )
    task.model.set_weights([np.mean(parts, axis=0) for parts in zip(*weights, strict=True)])
    return task


def go_on_from(task: Task, earlier: Task) -> None:
    """Give an untrained task the weights of an earlier one, as far as it has the same layers.

    Args:
        task: the task.
        earlier: the earlier one.

    Raises:
        SystemExit: layers of the same name differ in size.
    """
    try:
        copy_weights(earlier.model, task.model)
    except ValueError as error:
        raise SystemExit(
            f"Expected the settings with which '{earlier.card.name}' was trained, which are the "
            f"config of its card. Received others: {error}"
        ) from error


def begin(args: argparse.Namespace, presets: Mapping[str, Any], smoke: Mapping[str, Any]) -> Any:
    """The settings of a training, with seed and dtype policy in force and memory set to be kept.

    Args:
        args: from `parse`.
        presets: the settings of each preset.
        smoke: what `--smoke` replaces in them.
    """
    knobs = dataclasses.replace(presets[args.preset], **(smoke if args.smoke else {}))
    knobs = with_options(knobs, args)
    knobs = with_policy(knobs, args.work / args.preset)
    set_seed(knobs.seed)
    keep_freed_memory()
    return knobs


def with_policy(knobs: Any, work: pathlib.Path) -> Any:
    """The settings, their dtype policy in force; `FASTEST` becomes what `fastest_policy` finds.

    Args:
        knobs: the settings.
        work: folder of the training, which keeps what was found: a training that goes on does so
            in the policy it began with.
    """
    import keras

    if knobs.policy == FASTEST:
        kept = work / "policy.txt"
        if not kept.is_file():
            work.mkdir(parents=True, exist_ok=True)
            write_atomically(kept, fastest_policy())
        knobs = dataclasses.replace(knobs, policy=kept.read_text(encoding="utf-8"))
        print(f"Computing in {knobs.policy}, the fastest policy where this training began.")
    keras.mixed_precision.set_global_policy(knobs.policy)
    return knobs


def fastest_policy() -> str:
    """The dtype policy in which this machine multiplies faster, by a measurement of milliseconds.

    bfloat16 products are quicker than float32 ones where the processor has instructions for them
    and the backend uses these, and slower by far elsewhere.

    Returns:
        "mixed_bfloat16" or "float32".
    """
    from keras import ops

    def seconds(dtype: str) -> float:
        a, b = ops.ones((256, 512), dtype), ops.ones((512, 512), dtype)
        times = []
        for _ in range(4):  # the first may compile
            began = time.perf_counter()
            ops.convert_to_numpy(ops.cast(ops.sum(ops.matmul(a, b)), "float32"))
            times.append(time.perf_counter() - began)
        return min(times[1:])

    return "mixed_bfloat16" if seconds("bfloat16") < seconds("float32") else "float32"


def keep_freed_memory() -> bool:
    """Have memory that is freed stay with the process, so that the next step finds it in place.

    On CPUs torch allocates the arrays of every step anew, and large ones the C library would fetch
    from the system, which clears them, and give back each time.

    Returns:
        Whether the C library is one that can do so, glibc.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    trim_threshold, top_pad, mmap_max = -1, -2, -4  # mallopt(3)
    options = {mmap_max: 0, trim_threshold: 2**31 - 1, top_pad: 64 * 2**20}
    mallopt = ctypes.CDLL(None).mallopt
    return all([mallopt(option, value) for option, value in options.items()])


def with_options(knobs: Any, args: argparse.Namespace) -> Any:
    """The settings with those given on the command line in place of their values."""
    given = {
        field.name: getattr(args, field.name)
        for field in dataclasses.fields(knobs)
        if getattr(args, field.name, None) is not None
    }
    return dataclasses.replace(knobs, **given)


def read_columns(path: pathlib.Path, columns: Mapping[str, str]) -> list[list[str]]:
    """Columns of a CSV file with a header; rows that lack a value in one of them are left out.

    Args:
        path: the file, UTF-8.
        columns: name of each column by the option that names it, such as `{"--text": "body"}`.

    Raises:
        SystemExit: there is no such file, or it is not UTF-8, or lacks a column, or whole rows.
    """
    names = list(columns.values())
    fields, rows = _read_table(path)
    if set(names) - set(fields):
        raise SystemExit(
            f"Expected the columns {_list(map(repr, names))} in '{path}'. Received: {fields}. Name "
            f"yours with {_list(columns)}."
        )
    cells = [[row[name] or "" for name in names] for row in rows]
    whole = [row for row in cells if all(map(str.strip, row))]
    if not whole:
        raise SystemExit(
            f"Expected rows with {_list(map(repr, names))} below the header of '{path}'. Received: "
            f"none among {len(cells)}."
        )
    if len(whole) < len(cells):
        left = len(cells) - len(whole)
        print(f"{left} of {len(cells)} rows lack {' or '.join(map(repr, names))}: left out.")
    return [list(column) for column in zip(*whole, strict=True)]


def _read_table(path: pathlib.Path) -> tuple[list[str], list[dict[str, str]]]:
    """The header of a CSV file, and its rows."""
    limit = csv.field_size_limit(_LONGEST_CELL)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            return list(reader.fieldnames or ()), list(reader)
    except OSError as error:
        raise SystemExit(f"Expected a CSV file. Received: '{path}': {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise SystemExit(
            f"Expected a file in UTF-8. Received: '{path}', of another encoding ({error}). Save it "
            "as UTF-8."
        ) from None
    finally:
        csv.field_size_limit(limit)


def _list(words: Iterable[str]) -> str:
    return " and ".join(words)


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


def set_seed(seed: int) -> None:
    """Seed the generators from which Keras seeds its layers and initializers.

    `keras.utils.set_random_seed` would import TensorFlow on every backend.
    """
    random.seed(seed)
    np.random.seed(seed)


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


def fitted_tokenizer(
    work: pathlib.Path, texts: Iterable[str], size: int, resume: bool, **options: Any
) -> Tokenizer:
    """A tokenizer fitted to texts, or that of the training that is gone on with.

    Args:
        work: the folder in which it is kept.
        texts: training texts.
        size: number of sub-words.
        resume: whether to take the one in the folder, if any.
        **options: of `Tokenizer.train`.
    """
    path = work / "tokenizer.model"
    if not (resume and path.is_file()):
        work.mkdir(parents=True, exist_ok=True)
        write_atomically(path, Tokenizer.train(texts, size, **options).model)
    return Tokenizer(path.read_bytes())


def tune_length_penalty(
    task: "PairTask",
    write: Callable[..., list[str]],
    held_out: tuple[list[str], Sequence],
    penalties: Sequence[float] = (0.0, 0.5, 1.0, 1.5),
) -> None:
    """Choose the length penalty of beam search by the task's quality on validation data.

    Args:
        task: the task, whose processor keeps the penalty.
        write: from sources and `length_penalty` to what the task writes.
        held_out: sources and their references.
        penalties: to choose from.
    """
    sources, references = held_out
    scores = {
        penalty: task.quality(write(sources, length_penalty=penalty), references)
        for penalty in penalties
    }
    name = next(iter(scores.values())).name
    values = {penalty: metric.value for penalty, metric in scores.items()}
    print(f"validation {name} by length penalty:", values)
    task.processor.length_penalty = max(values, key=values.__getitem__)


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


def ship(
    task: Task,
    folder: str | os.PathLike,
    tests: Iterable[tuple[str, str]],
    data_dir: str | None,
    validate: Callable[[Any], None] = lambda shipped: None,
) -> None:
    """Save a trained task as a preset, and measure what ships: coarse weights, read back.

    Args:
        task: the task, its card without numbers.
        folder: where to.
        tests: data sets and splits to measure, each once.
        data_dir: as in `Task.evaluate_split`.
        validate: what is to be done with the shipped task before, on validation data.
    """
    import gru_zoo

    coarsen(task.model)
    shipped = gru_zoo.load(task.save(folder))
    validate(shipped)
    rows = []
    for dataset, split in tests:
        rows += shipped.evaluate_split(dataset, split, data_dir, verbose=True)
    shipped.card = shipped.card.replace(metrics=tuple(rows))
    shipped.save(folder)
    print(f"saved to {folder}")
    for row in rows:
        name = shipped.card.name
        print(f"| {name} | {row.dataset} | {row.split} | {row.metric} | {row.value:.4f} |")
