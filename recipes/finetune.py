"""Adapt a text classifier of the zoo to a CSV file of your own.

    python recipes/finetune.py sentiment --csv mine.csv --text body --label topic --save-to my_model
    python -c "import gru_zoo; print(gru_zoo.load('my_model').predict('...'))"

The classes are the values of the label column. A tenth of the rows is held out to find the best
epoch; its accuracy is printed at the end.
"""

import argparse
import csv
import pathlib

import gru_zoo


def read(path: pathlib.Path, text: str, label: str) -> tuple[list[str], list[str]]:
    """The two columns of a CSV file with a header."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {text, label} - set(reader.fieldnames or ())
        if missing:
            raise SystemExit(
                f"Expected the columns '{text}' and '{label}' in '{path}'. Received: "
                f"{reader.fieldnames}. Name yours with --text and --label."
            )
        rows = [(row[text] or "", row[label] or "") for row in reader]
    if not rows:
        raise SystemExit(f"Expected rows below the header of '{path}'. Received: none.")
    texts, labels = zip(*rows, strict=True)
    return list(texts), list(labels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset", help="preset, task or folder to start from")
    parser.add_argument("--csv", type=pathlib.Path, required=True, help="file with a header")
    parser.add_argument("--text", default="text", help="column of the texts")
    parser.add_argument("--label", default="label", help="column of the classes")
    parser.add_argument("--save-to", type=pathlib.Path, required=True, help="folder of the result")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--validation", type=float, default=0.1, help="share held out")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=pathlib.Path, help="keep each epoch's state here")
    parser.add_argument("--resume", action="store_true", help="go on with the training in --work")
    args = parser.parse_args()

    texts, labels = read(args.csv, args.text, args.label)
    classes = sorted(set(labels))
    print(f"{len(texts)} texts, classes: {', '.join(classes)}")
    task = gru_zoo.load(args.preset, labels=classes)
    history = task.fit(
        texts,
        labels,
        validation=args.validation,
        epochs=args.epochs,
        batch_size=args.batch_size,
        learning_rate=args.learning_rate,
        seed=args.seed,
        directory=args.work,
        resume=args.resume,
    )
    losses = history.history["val_loss"]
    best = losses.index(min(losses))
    print(f"held-out accuracy {history.history['val_accuracy'][best]:.3f} (epoch {best + 1})")
    print(f"saved to {task.save(args.save_to)}")


if __name__ == "__main__":
    main()
