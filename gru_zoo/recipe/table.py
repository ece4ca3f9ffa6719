"""Read columns of texts from CSV files."""

import csv
import pathlib
from collections.abc import Iterable, Mapping

# The csv module's own limit of 131,072 characters a cell is shorter than some articles. This is the
# largest limit that it accepts on every system.
_MAX_CELL = 2**31 - 1


def read_columns(path: pathlib.Path, columns: Mapping[str, str]) -> list[list[str]]:
    """Columns of a CSV file with a header; rows that lack a value in one of them are skipped.

    Args:
        path: the file, UTF-8.
        columns: name of each column by the option that names it, such as `{"--text": "body"}`.

    Returns:
        For each column the list of its values.

    Raises:
        SystemExit: there is no such file, it is not UTF-8, it lacks a column, or every row lacks a
            value.
    """
    names = list(columns.values())
    fields, rows = _read_table(path)
    if set(names) - set(fields):
        raise SystemExit(
            f"Expected the columns {_list(map(repr, names))} in '{path}'. Received: {fields}. Name "
            f"your columns with {_list(columns)}."
        )
    cells = [[row[name] or "" for name in names] for row in rows]
    complete = [row for row in cells if all(map(str.strip, row))]
    if not complete:
        raise SystemExit(
            f"Expected rows with {_list(map(repr, names))} below the header of '{path}'. Received: "
            f"none among {len(cells)}."
        )
    if len(complete) < len(cells):
        skipped = len(cells) - len(complete)
        lacking = " or ".join(map(repr, names))
        print(f"Skipped {skipped} of {len(cells)} rows, which lack {lacking}.")
    return [list(column) for column in zip(*complete, strict=True)]


def _read_table(path: pathlib.Path) -> tuple[list[str], list[dict[str, str]]]:
    """The header of a CSV file, and its rows."""
    limit = csv.field_size_limit(_MAX_CELL)
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
