"""The history of a training as CSV."""

import csv
import io


def read_history(text: str) -> dict[str, list[float]]:
    """The history that `history_csv` wrote."""
    (_, *names), *rows = csv.reader(io.StringIO(text))
    return {name: [float(row[i]) for row in rows] for i, name in enumerate(names, 1)}


def history_csv(history: dict[str, list[float]]) -> str:
    """One line an epoch, one column a quantity."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epoch", *history])
    writer.writerows([i + 1, *row] for i, row in enumerate(zip(*history.values(), strict=True)))
    return text.getvalue()
