"""Tables of texts."""

import csv
import pathlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


_LONGEST_CELL = 2**31 - 1  # the most that the csv module takes on every system


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
