"""The command `predict`: results for arguments, for lines as they come, or for a table."""

import argparse
import csv
import json
import queue
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gru_zoo.batching.chunks import chunks
from gru_zoo.commands.loading import load
from gru_zoo.commands.parser import AddCommand
from gru_zoo.data.tables import Table
from gru_zoo.files import as_path, replacing_file

if TYPE_CHECKING:
    from gru_zoo.base.task import Task

BATCH = 64  # inputs that are predicted together


def add_commands(add: AddCommand) -> None:
    """Add the command of this module.

    Args:
        add: adds one command and returns its parser.
    """
    sub = add("predict", _predict, "predict inputs: arguments, lines of standard input, or a table")
    sub.add_argument("name", help="preset, task or folder of a preset")
    sub.add_argument("inputs", nargs="*", help="inputs; default: the lines of standard input")
    sub.add_argument("--csv", metavar="FILE", help="table with an input in each row")
    sub.add_argument("--column", help="column of the inputs in the table")
    sub.add_argument("--out", metavar="FILE", help="CSV file to write: the table with predictions")
    sub.add_argument("--json", action="store_true", help="print a JSON object for each input")


def _predict(args: argparse.Namespace) -> int:
    if args.csv:
        if args.inputs or args.json or not (args.column and args.out):
            raise ValueError(
                "Expected --csv with --column and --out, and neither inputs nor --json. Received: "
                f"--csv {args.csv}, --column {args.column}, --out {args.out}."
            )
        return _predict_table(args)
    task = load(args.name)
    failed = 0
    for batch in chunks(args.inputs, BATCH) if args.inputs else _lines_as_they_come():
        for item, result in zip(batch, _results(task, batch), strict=True):
            if isinstance(result, Exception):
                failed += 1
                _report(item, result)
            elif args.json:
                print(json.dumps({"input": item, **_fields(result)}, ensure_ascii=False))
            else:
                print(f"{result}\t{item}")
        sys.stdout.flush()
    return int(failed > 0)


def _predict_table(args: argparse.Namespace) -> int:
    """Copy a table with the predictions added, a batch of rows at a time."""
    table = Table(args.csv)
    table.check_columns([args.column])
    task = load(args.name)
    added = ["prediction", "score"] if task.card.labels else ["prediction"]
    taken = sorted({*added} & {*table.columns})
    if taken:
        raise ValueError(
            f"Expected a table without the columns {added}, which are added. Received: "
            f"'{args.csv}' with {taken}. Rename them."
        )
    out = as_path(args.out)
    failed = done = 0
    with replacing_file(out) as new, open(new, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*table.columns, *added])
        writer.writeheader()
        for rows in chunks(table.rows(), BATCH):
            items = [row[args.column] for row in rows]
            for row, result in zip(rows, _results(task, items), strict=True):
                if isinstance(result, Exception):
                    failed += 1
                    _report(row[args.column], result)
                writer.writerow(
                    row if isinstance(result, Exception) else {**row, **_fields(result)}
                )
            done += len(rows)
            _show_progress(done)
    _show_progress(done, end="\n")
    print(f"{done} rows in '{out}'")
    return int(failed > 0)


def _show_progress(done: int, end: str = "") -> None:
    """Show the number of rows so far in a terminal. The number in all is not known."""
    if sys.stderr.isatty():
        print(f"\r{done:,} rows", end=end, file=sys.stderr, flush=True)


def _lines_as_they_come() -> Iterator[list[str]]:
    """Batches of the lines of standard input that have arrived, so none waits for a full batch."""
    lines: queue.Queue[str | None] = queue.Queue(BATCH)

    def read() -> None:
        for line in sys.stdin:
            lines.put(line.rstrip("\n"))
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while (line := lines.get()) is not None:
        batch = [line]
        while len(batch) < BATCH and not lines.empty():
            line = lines.get()
            if line is None:
                yield batch
                return
            batch.append(line)
        yield batch


def _results(task: "Task", batch: Sequence[str]) -> list[Any]:
    """The result of each input, or the error that it raises by itself."""
    try:
        return task.predict([task.from_text(item) for item in batch])
    except (ValueError, TypeError, OSError) as error:
        if len(batch) == 1:
            return [error]
        return [result for item in batch for result in _results(task, [item])]


def _report(item: str, error: Exception) -> None:
    print(f"gru-zoo: {item!r:.80}: {error}", file=sys.stderr)


def _fields(result: Any) -> dict[str, Any]:
    """A result as columns of a table: a label and its score, or a text."""
    if hasattr(result, "label"):  # a `Label`, whose module imports Keras
        return {"prediction": result.label, "score": result.score}
    return {"prediction": str(result)}
