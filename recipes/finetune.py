"""Adapt a preset to data of your own: texts in a CSV file, or clips in folders.

    python recipes/finetune.py sentiment --csv mine.csv --text body --label topic --save-to my_model
    python -c "import gru_zoo; print(gru_zoo.load('my_model').predict('...'))"

    python recipes/finetune.py speech_commands --folder my_words --epochs 40 --save-to my_model

    python recipes/finetune.py summarization --csv mine.csv --text body --summary headline \\
        --save-to my_model

The classes are the values of the label column, or the names of the folders in `my_words`, each of
which holds sound files of one word: twenty are a start. A preset that writes a text for a text, as
`summarization`, `compression` and `translation` do, takes the column of these as --summary or
--target instead. A tenth is held out to find the best epoch; how good that one is is printed last.
"""

import argparse
import math
import pathlib

import gru_zoo
from gru_zoo import audio, recipe, registry, training
from gru_zoo.base.seq2seq.task import Seq2SeqTask
from gru_zoo.presets.atomic_folder import check_target
from gru_zoo.tasks.compression.task import Compression
from gru_zoo.tasks.keyword_spotting.processor import SILENCE
from gru_zoo.tasks.keyword_spotting.task import KeywordSpotting
from gru_zoo.tasks.sentiment.task import Sentiment

EPOCHS, LEAST_STEPS = 4, 60  # a new output layer learns little in a handful of steps


def classifier(args: argparse.Namespace) -> gru_zoo.Task:
    if args.csv:
        columns = {"--text": args.text, "--label": args.label}
        inputs, labels = recipe.read_columns(args.csv, columns)
        labels = [label.strip() for label in labels]
    else:
        inputs, labels = audio.labelled(args.folder)
    # Noise alone makes a class of its own, so that live sound is not always one of the words.
    classes = sorted(set(labels) | ({SILENCE} if args.folder else set()))
    kind = "texts" if args.csv else "clips"
    if len(classes) < 2:
        raise SystemExit(
            f"Expected two classes or more in the column '{args.label}'. Received: {classes}."
        )
    print(f"{len(inputs)} {kind}, classes: {', '.join(classes)}")
    if args.epochs is None:
        steps = math.ceil(len(inputs) * (1 - args.validation) / max(1, args.batch_size))
        args.epochs = max(EPOCHS, math.ceil(LEAST_STEPS / max(1, steps)))
    task = gru_zoo.load(args.preset, labels=classes)
    losses = fit(task, inputs, labels, args, batch_size=args.batch_size)["val_loss"]
    best = losses.index(min(losses))
    accuracy = task.history["val_accuracy"][best]
    held_out = len(training.split(len(inputs), args.validation, args.seed, kind)[1])
    print(f"held-out accuracy {accuracy:.3f} of {held_out} {kind} (epoch {best + 1})")
    return task


def writer(args: argparse.Namespace) -> gru_zoo.Task:
    texts, targets = recipe.read_columns(args.csv, {"--text": args.text, "--target": args.target})
    print(f"{len(texts)} pairs of texts")
    task = gru_zoo.load(args.preset)
    history = fit(task, texts, targets, args)
    (name,) = {name for name in history if name.startswith("val_")} - {"val_loss"}
    best = max(history[name])
    print(f"held-out {name[4:]} {best:.3f} (epoch {history[name].index(best) + 1})")
    return task


def fit(task, inputs, targets, args: argparse.Namespace, **options) -> dict[str, list[float]]:
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
    """End with a message if a preset of this kind does not take what is given."""
    task = gru_zoo.card(args.preset).task
    kind = registry.task_class(task)
    if issubclass(kind, KeywordSpotting):
        expected, right = "--folder", args.folder
    elif issubclass(kind, Sentiment):
        expected, right = "--csv with --text and --label", args.csv and not args.target
    elif issubclass(kind, (Seq2SeqTask, Compression)):
        expected, right = "--csv with --text and --target", args.csv and args.target
    else:
        parser.error(f"presets of {task} are not trained here: see recipes/{task}/README.md")
    if not right:
        parser.error(f"expected {expected} with '{args.preset}', a preset of {task}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset", help="preset, task or folder to start from")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--csv", type=pathlib.Path, help="file of texts, with a header")
    source.add_argument("--folder", type=pathlib.Path, help="a folder of sound files a class")
    parser.add_argument("--text", default="text", help="column of the texts")
    parser.add_argument("--label", default="label", help="column of the classes")
    parser.add_argument(
        "--target", "--summary", help="column of summaries or translations, in place of classes"
    )
    parser.add_argument("--save-to", type=pathlib.Path, required=True, help="folder of the result")
    parser.add_argument(
        "--epochs",
        type=int,
        help=f"{EPOCHS} by default, or as many as make {LEAST_STEPS} steps of a classifier",
    )
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--batch-size", type=int, default=32, help="of a classifier")
    parser.add_argument("--validation", type=float, default=0.1, help="share held out")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=pathlib.Path, help="keep each epoch's state here")
    parser.add_argument("--resume", action="store_true", help="go on with the training in --work")
    args = parser.parse_args()
    if args.target and not args.csv:
        parser.error("--target names a column of --csv")
    if args.resume and not args.work:
        parser.error("--resume goes with --work, the folder of the training")
    try:
        check_target(args.save_to)
    except ValueError as error:
        parser.error(f"--save-to: {error}")
    check_source(args, parser)
    return args


def main() -> None:
    args = arguments()
    task = writer(args) if args.target else classifier(args)
    print(f"saved to {task.save(args.save_to)}")


if __name__ == "__main__":
    try:
        main()
    except (ValueError, OSError) as error:
        raise SystemExit(str(error)) from None
