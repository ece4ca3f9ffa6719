"""The history of a training as CSV."""

import csv
import io


def history_csv(history: dict[str, list[float]]) -> str:
    """CSV with a header, one row per epoch and one column per quantity.

    Args:
        history: values of each epoch, by quantity, as in `keras.callbacks.History.history`.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epoch", *history])
    writer.writerows([i + 1, *row] for i, row in enumerate(zip(*history.values(), strict=True)))
    return text.getvalue()


def read_history(text: str) -> dict[str, list[float]]:
    """The history from what `history_csv` returned."""
    (_, *names), *rows = csv.reader(io.StringIO(text))
    return {name: [float(row[i]) for row in rows] for i, name in enumerate(names, 1)}
