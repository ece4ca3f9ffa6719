"""Adapt a preset to data of your own: texts in a CSV file, or sound files in folders.

    python recipes/finetune.py sentiment --csv mine.csv --text body --label topic --save-to my_model
    python -c "import gru_zoo; print(gru_zoo.load('my_model').predict('...'))"

    python recipes/finetune.py speech_commands --folder my_words --epochs 40 --save-to my_model

    python recipes/finetune.py summarization --csv mine.csv --text body --summary headline \\
        --save-to my_model

The classes are the values of the label column, or the names of the folders in `my_words`. Each of
these holds sound files of one word; twenty files are a start. A preset that maps a text to a text,
as `summarization`, `compression` and `translation` do, takes the column of the targets as --summary
or --target instead of labels. A tenth of the examples is held out to choose the best epoch, whose
score is printed last.
"""

import argparse
import math
import pathlib
from typing import Any

import gru_zoo
from gru_zoo import audio, recipe, registry, training
from gru_zoo.presets.atomic_folder import check_target
from gru_zoo.tasks.keyword_spotting.processor import SILENCE

EPOCHS, MIN_STEPS = 4, 60  # a new output layer learns little in a handful of steps


def train_classifier(args: argparse.Namespace) -> gru_zoo.Task:
    """Train a preset on labelled texts or sounds."""
    if args.csv:
        columns = {"--text": args.text, "--label": args.label}
        inputs, labels = recipe.read_columns(args.csv, columns)
        labels = [label.strip() for label in labels]
    else:
        inputs, labels = audio.labeled_files(args.folder)
    # A class for silence, so that live sound is not always predicted to be a word.
    classes = sorted(set(labels) | ({SILENCE} if args.folder else set()))
    kind = "texts" if args.csv else "clips"
    if len(classes) < 2:
        raise SystemExit(
            f"Expected at least two classes in the column '{args.label}'. Received: {classes}."
        )
    print(f"{len(inputs)} {kind}, classes: {', '.join(classes)}")
    if args.epochs is None:
        steps = math.ceil(len(inputs) * (1 - args.validation) / max(1, args.batch_size))
        args.epochs = max(EPOCHS, math.ceil(MIN_STEPS / max(1, steps)))
    task = gru_zoo.load(args.preset, labels=classes)
    losses = fit(task, inputs, labels, args, batch_size=args.batch_size)["val_loss"]
    best = losses.index(min(losses))
    accuracy = task.history["val_accuracy"][best]
    held_out = len(training.split(len(inputs), args.validation, args.seed, kind)[1])
    print(f"held-out accuracy {accuracy:.3f} of {held_out} {kind} (epoch {best + 1})")
    return task


def train_on_pairs(args: argparse.Namespace) -> gru_zoo.Task:
    """Train a preset on pairs of a text and its target."""
    texts, targets = recipe.read_columns(args.csv, {"--text": args.text, "--target": args.target})
    print(f"{len(texts)} pairs of texts")
    task = gru_zoo.load(args.preset)
    history = fit(task, texts, targets, args)
    (name,) = {name for name in history if name.startswith("val_")} - {"val_loss"}
    best = max(history[name])
    print(f"held-out {name[4:]} {best:.3f} (epoch {history[name].index(best) + 1})")
    return task


def fit(
    task: Any, inputs: list, targets: list, args: argparse.Namespace, **options: Any
) -> dict[str, list[float]]:
    """Train a task; returns values of each epoch by name."""
    history = task.fit(
        inputs,
        targets,
        validation=args.validation,
        epochs=EPOCHS if args.epochs is None else args.epochs,
        learning_rate=args.learning_rate,
        seed=args.seed,
        directory=args.work,
        resume=args.resume,
        **options,
    )
    return history.history


def check_source(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Exit with an error if a preset of this task learns from other examples than those given."""
    task = gru_zoo.card(args.preset).task
    kinds = {
        "audio": ("--folder", args.folder),
        "text": ("--csv with --text and --label", args.csv and not args.target),
        "pairs": ("--csv with --text and --target", args.csv and args.target),
    }
    kind = registry.task_class(task).inputs
    if kind not in kinds:
        parser.error(
            f"expected a preset that learns from {', '.join(kinds)}. Received: '{args.preset}', "
            f"which learns from {kind}: see recipes/{task}/README.md"
        )
    expected, given = kinds[kind]
    if not given:
        parser.error(f"expected {expected} with '{args.preset}', a preset of {task}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset", help="preset, task or folder of a preset to start from")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--csv", type=pathlib.Path, help="CSV file of texts, with a header")
    source.add_argument(
        "--folder", type=pathlib.Path, help="folder with a folder of sound files a class"
    )
    parser.add_argument("--text", default="text", help="column of the texts")
    parser.add_argument("--label", default="label", help="column of the classes")
    parser.add_argument(
        "--target", "--summary", help="column of summaries or translations, instead of classes"
    )
    parser.add_argument("--save-to", type=pathlib.Path, required=True, help="folder of the result")
    parser.add_argument(
        "--epochs",
        type=int,
        help=f"default: {EPOCHS}, for a classifier as many as make {MIN_STEPS} steps",
    )
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument(
        "--batch-size", type=int, default=32, help="texts or sounds a step, of a classifier"
    )
    parser.add_argument(
        "--validation", type=float, default=0.1, help="share of the examples that is held out"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=pathlib.Path, help="folder for checkpoints")
    parser.add_argument("--resume", action="store_true", help="continue the training in --work")
    args = parser.parse_args()
    if args.target and not args.csv:
        parser.error("--target names a column of --csv: give that file, too")
    if args.resume and not args.work:
        parser.error("--resume needs --work, the folder of the training")
    try:
        check_target(args.save_to)
    except ValueError as error:
        parser.error(f"--save-to: {error}")
    check_source(args, parser)
    return args


def main() -> None:
    args = arguments()
    recipe.show_log()
    task = train_on_pairs(args) if args.target else train_classifier(args)
    print(f"saved to {task.save(args.save_to)}")


if __name__ == "__main__":
    try:
        main()
    except (ValueError, OSError) as error:
        raise SystemExit(str(error)) from None
