"""Columns of a table of the user's, for scripts: a fault ends the script with its reason."""

import pathlib
from collections.abc import Mapping

from gru_zoo.data import tables


def read_columns(path: pathlib.Path, columns: Mapping[str, str]) -> list[list[str]]:
    """Columns of a table; rows that lack a value in one of them are skipped.

    Args:
        path: the file, see `gru_zoo.data.tables.Table`.
        columns: name of each column by the option that names it, such as `{"--text": "body"}`.

    Returns:
        For each column the list of its values.

    Raises:
        SystemExit: the file cannot be read, lacks a column, or every row lacks a value.
    """
    names = list(columns.values())
    try:
        values, skipped = tables.read_columns(path, names)
    except FileNotFoundError as error:
        raise SystemExit(str(error)) from None
    except OSError as error:
        raise SystemExit(f"Expected a table. Received: '{path}': {error.strerror}.") from None
    except ValueError as error:
        raise SystemExit(f"{error} Name your columns with {' and '.join(columns)}.") from None
    if skipped:
        lacking = " or ".join(map(repr, names))
        print(f"Skipped {skipped} of {skipped + len(values[0])} rows, which lack {lacking}.")
    return values
