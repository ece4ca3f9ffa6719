"""Adapt a preset to data of your own: texts in a CSV file, or clips in folders.

    python recipes/finetune.py sentiment --csv mine.csv --text body --label topic --save-to my_model
    python -c "import gru_zoo; print(gru_zoo.load('my_model').predict('...'))"

    python recipes/finetune.py speech_commands --folder my_words --epochs 40 --save-to my_model

    python recipes/finetune.py compression --csv mine.csv --text body --summary short --save-to mine

The classes are the values of the label column, or the names of the folders in `my_words`, each of
which holds sound files of one word: twenty are a start. A tenth is held out to find the best epoch;
its accuracy is printed at the end. With --summary, a preset that writes shorter texts learns from
the two columns instead.
"""

import argparse
import csv
import pathlib

import gru_zoo
from gru_zoo import audio
from gru_zoo.clips import SILENCE


def read(
    path: pathlib.Path, text: str, label: str, option: str = "--label"
) -> tuple[list[str], list[str]]:
    """The two columns of a CSV file with a header."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {text, label} - set(reader.fieldnames or ())
        if missing:
            raise SystemExit(
                f"Expected the columns '{text}' and '{label}' in '{path}'. Received: "
                f"{reader.fieldnames}. Name yours with --text and {option}."
            )
        rows = [(row[text] or "", row[label] or "") for row in reader]
    if not rows:
        raise SystemExit(f"Expected rows below the header of '{path}'. Received: none.")
    texts, labels = zip(*rows, strict=True)
    return list(texts), list(labels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset", help="preset, task or folder to start from")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--csv", type=pathlib.Path, help="file of texts, with a header")
    source.add_argument("--folder", type=pathlib.Path, help="a folder of sound files a class")
    parser.add_argument("--text", default="text", help="column of the texts")
    parser.add_argument("--label", default="label", help="column of the classes")
    parser.add_argument("--summary", help="column of the shorter texts, in place of classes")
    parser.add_argument("--save-to", type=pathlib.Path, required=True, help="folder of the result")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--validation", type=float, default=0.1, help="share held out")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=pathlib.Path, help="keep each epoch's state here")
    parser.add_argument("--resume", action="store_true", help="go on with the training in --work")
    args = parser.parse_args()
    if args.summary and not args.csv:
        parser.error("--summary names a column and goes with --csv alone")

    if args.summary:
        inputs, targets = read(args.csv, args.text, args.summary, "--summary")
        print(f"{len(inputs)} texts with a shorter one")
        task = gru_zoo.load(args.preset)
    else:
        if args.csv:
            inputs, targets = read(args.csv, args.text, args.label)
        else:
            inputs, targets = audio.labelled(args.folder)
        # Noise alone makes a class of its own, so that live sound is not always one of the words.
        classes = sorted(set(targets) | ({SILENCE} if args.folder else set()))
        kind = "texts" if args.csv else "clips"
        print(f"{len(inputs)} {kind}, classes: {', '.join(classes)}")
        task = gru_zoo.load(args.preset, labels=classes)
    history = task.fit(
        inputs,
        targets,
        validation=args.validation,
        epochs=args.epochs,
        batch_size=args.batch_size,
        learning_rate=args.learning_rate,
        seed=args.seed,
        directory=args.work,
        resume=args.resume,
    )
    if args.summary:
        values = history.history["val_token_f1"]
        best, name = values.index(max(values)), "token F1"
    else:
        losses, values = history.history["val_loss"], history.history["val_accuracy"]
        best, name = losses.index(min(losses)), "accuracy"
    print(f"held-out {name} {values[best]:.3f} (epoch {best + 1})")
    print(f"saved to {task.save(args.save_to)}")


if __name__ == "__main__":
    main()
