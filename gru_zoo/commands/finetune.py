"""The command `finetune`: adapt a preset to data of one's own, and save the result."""

import argparse
import contextlib
import pathlib
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import gru_zoo
from gru_zoo import registry
from gru_zoo.commands.loading import load
from gru_zoo.commands.parser import AddCommand
from gru_zoo.data import tables
from gru_zoo.files import LeftOutWarning, read_each
from gru_zoo.presets.atomic_folder import check_target

if TYPE_CHECKING:
    from gru_zoo.base.task import Task

DESCRIPTION = """Adapt a preset to data of your own.

  gru-zoo finetune sentiment --data mine.csv --text body --label topic --save-to my_model
  gru-zoo finetune translation --data mine.csv --text en --target fr --save-to my_model
  gru-zoo finetune speech_commands --data my_words --save-to my_model
  gru-zoo finetune action_recognition --data my_actions --save-to my_model
  gru-zoo finetune music --data my_midi --save-to my_model
  gru-zoo finetune text_generation --data mine.txt --save-to my_model
  gru-zoo finetune recommendation --data log.csv --time day --save-to my_model
  gru-zoo finetune forecasting --data mine.csv --save-to my_model
  gru-zoo finetune chess --data mine.pgn --player me --save-to my_model
  gru-zoo finetune question_answering --data mine.csv --save-to my_model
  gru-zoo predict my_model "..."

The data of a preset are what it learns from: a table (CSV, TSV or JSON lines) of texts and labels,
of texts and targets, of users, items and times, of questions, contexts and answers (or the JSON of
SQuAD), or of time series; a folder with a folder of sound files for each word, or of recordings for
each action; a folder of MIDI files; a text file; or a PGN file of games. A share of the examples is
held out to choose the best epoch, whose score is printed last.
"""


def add_commands(add: AddCommand) -> None:
    """Add the command of this module.

    Args:
        add: adds one command and returns its parser.
    """
    sub = add("finetune", _finetune, "adapt a preset to data of your own")
    sub.description, sub.formatter_class = DESCRIPTION, argparse.RawDescriptionHelpFormatter
    sub.add_argument("name", help="preset, task or folder of a preset to start from")
    sub.add_argument("--data", type=pathlib.Path, required=True, help="file or folder, see above")
    sub.add_argument("--text", default="text", help="column of the texts; default: text")
    sub.add_argument("--label", default="label", help="column of the labels; default: label")
    sub.add_argument("--target", default="target", help="column of the targets; default: target")
    sub.add_argument("--user", default="user", help="column of the users; default: user")
    sub.add_argument("--item", default="item", help="column of the items; default: item")
    sub.add_argument("--time", help="column of the times; default: the rows are in order")
    sub.add_argument("--title", help="column of the items' titles; default: no titles")
    sub.add_argument("--player", help="name of the player of chess to learn; default: both sides")
    sub.add_argument("--save-to", type=pathlib.Path, required=True, help="folder of the result")
    sub.add_argument("--epochs", type=int, help="passes over the data; default: as in `fit`")
    sub.add_argument("--learning-rate", type=float, help="peak rate; default: as in `fit`")
    sub.add_argument("--batch-size", type=int, help="texts or sounds of a step, of a classifier")
    sub.add_argument("--patience", type=int, help="epochs without a better one, then stop")
    sub.add_argument("--freeze", nargs="+", metavar="LAYER", help="layers that keep their weights")
    sub.add_argument(
        "--class-weight",
        choices=["balanced"],
        help="balanced: rare labels of a classifier count as much as frequent ones",
    )
    sub.add_argument("--validation", type=float, default=0.1, help="share that is held out")
    sub.add_argument("--seed", type=int, default=0)
    sub.add_argument("--work", type=pathlib.Path, help="folder for checkpoints")
    sub.add_argument("--resume", action="store_true", help="continue the training in --work")


def _finetune(args: argparse.Namespace) -> int:
    if args.resume and not args.work:
        raise ValueError("Expected --work, the folder of the training, with --resume.")
    check_target(args.save_to)
    kind = registry.task_class(gru_zoo.card(args.name).task).inputs
    _check_data(args, kind)
    with _noticed(LeftOutWarning) as left_out:
        _train(args, kind)
    return int(bool(left_out))


def _train(args: argparse.Namespace, kind: str) -> None:
    task, examples = _READERS[kind](args)
    options = {
        "epochs": args.epochs,
        "learning_rate": args.learning_rate,
        "batch_size": args.batch_size,
        "patience": args.patience,
        "freeze": args.freeze,
        "class_weight": args.class_weight,
        "validation": args.validation,
        "seed": args.seed,
        "directory": args.work,
        "resume": args.resume,
    }
    given = {name: value for name, value in options.items() if value is not None}
    fit: Callable[..., Any] = task.fit  # type: ignore[attr-defined]
    fit(*examples, **given)
    best = task.card.training["best epoch"]
    scores = [name for name in best if name.startswith("val_")]
    name = next((name for name in scores if name != "val_loss"), "val_loss")
    print(f"held-out {name.removeprefix('val_')} {best[name]:.3f} (epoch {best['epoch']})")
    record = {**task.card.training, "command": args.line}
    task.card = task.card.replace(training=record)
    print(f"saved to {task.save(args.save_to)}")


@contextlib.contextmanager
def _noticed(category: type[Warning]) -> Iterator[list[str]]:
    """Show warnings as before, and note those of a category."""
    show, noticed = warnings.showwarning, list[str]()

    def note(message: Warning | str, kind: type[Warning], *place: Any) -> None:
        if issubclass(kind, category):
            noticed.append(str(message))
        show(message, kind, *place)

    with warnings.catch_warnings():
        warnings.simplefilter("always", category)
        warnings.showwarning = note  # type: ignore[assignment]
        yield noticed


def _check_data(args: argparse.Namespace, kind: str) -> None:
    """Check that the data are a file or a folder, as the examples of this kind are."""
    wanted = "a folder" if kind in ("audio", "motion", "music") else "a file"
    found = "a folder" if args.data.is_dir() else "a file" if args.data.exists() else "nothing"
    if found != wanted:
        raise ValueError(
            f"Expected {wanted} as the data of '{args.name}', which learns from {kind}. Received: "
            f"--data {args.data}, {found}. See gru-zoo finetune --help."
        )


def _read_texts(args: argparse.Namespace) -> "tuple[Task, tuple]":
    texts, labels = _columns(args, args.text, args.label)
    return _classifier(args, texts, [label.strip() for label in labels], "texts")


def _read_sounds(args: argparse.Namespace) -> "tuple[Task, tuple]":
    import numpy as np

    from gru_zoo import audio
    from gru_zoo.tasks.keyword_spotting.processor import SILENCE, decode_clips

    paths, labels = audio.labeled_files(args.data)
    # A class for silence, so that live sound is not always predicted to be a word.
    task, _ = _classifier(args, paths, labels, "clips", frozenset({SILENCE}))

    def decode(path: pathlib.Path) -> np.ndarray:
        return decode_clips([path], task.processor)[0]  # type: ignore[attr-defined]

    waves, kept = read_each(paths, decode, "clips")
    return task, (np.stack(waves), [labels[index] for index in kept])


def _read_motion(args: argparse.Namespace) -> "tuple[Task, tuple]":
    from gru_zoo.tasks.action_recognition.files import labeled_files

    paths, labels = labeled_files(args.data)
    task, _ = _classifier(args, paths, labels, "recordings")
    return task, (args.data,)  # `fit` leaves out what cannot be read


def _classifier(
    args: argparse.Namespace,
    inputs: list,
    labels: list[str],
    kind: str,
    more: frozenset[str] = frozenset(),
) -> "tuple[Task, tuple]":
    """A task with the classes of the labels, and its examples."""
    classes = sorted({*labels})
    if len(classes) < 2:
        raise ValueError(
            f"Expected at least two classes in '{args.data}'. Received: {classes}. The column of "
            f"the classes is '{args.label}'."
        )
    by_case: dict[str, list[str]] = {}
    for label in classes:
        by_case.setdefault(label.casefold(), []).append(label)
    for spellings in by_case.values():
        if len(spellings) > 1:
            warnings.warn(
                f"The classes {spellings} differ by case alone, and are learned as different ones.",
                stacklevel=2,
            )
    classes = sorted({*classes} | more)
    print(f"{len(inputs)} {kind}, classes: {', '.join(classes)}")
    return load(args.name, labels=classes), (inputs, labels)


def _read_pairs(args: argparse.Namespace) -> "tuple[Task, tuple]":
    texts, targets = _columns(args, args.text, args.target)
    print(f"{len(texts)} pairs of texts")
    return load(args.name), (texts, targets)


def _read_running_text(args: argparse.Namespace) -> "tuple[Task, tuple]":
    text = args.data.read_text(encoding="utf-8-sig")
    print(f"{len(text):,} characters")
    return load(args.name), (text,)


def _read_music(args: argparse.Namespace) -> "tuple[Task, tuple]":
    return load(args.name), (args.data,)


def _read_sequences(args: argparse.Namespace) -> "tuple[Task, tuple]":
    from gru_zoo.data.interactions import read_interactions

    log = read_interactions(args.data, args.user, args.item, args.time, args.title)
    print(f"{log.interactions:,} interactions of {len(log):,} users")
    if log.skipped:
        print(f"Skipped {log.skipped:,} rows, which lack a value.")
    return load(args.name), (log, log.titles)


def _read_games(args: argparse.Namespace) -> "tuple[Task, tuple]":
    return load(args.name), (args.data, args.player)


def _read_series(args: argparse.Namespace) -> "tuple[Task, tuple]":
    return load(args.name), (args.data,)


def _read_questions(args: argparse.Namespace) -> "tuple[Task, tuple]":
    return load(args.name), (args.data,)


_READERS: dict[str, Callable[[argparse.Namespace], "tuple[Task, tuple]"]] = {
    "text": _read_texts,
    "audio": _read_sounds,
    "motion": _read_motion,
    "pairs": _read_pairs,
    "running text": _read_running_text,
    "music": _read_music,
    "sequences": _read_sequences,
    "series": _read_series,
    "games": _read_games,
    "questions": _read_questions,
}


def _columns(args: argparse.Namespace, *names: str) -> list[list[str]]:
    """Columns of the table, without the rows that lack a value."""
    columns, skipped = tables.read_columns(args.data, names)
    if skipped:
        print(f"Skipped {skipped} of {skipped + len(columns[0])} rows, which lack a value.")
    return columns
