"""Tables of one's own: CSV, TSV and JSON lines in the encodings and dialects people have."""

import codecs
import csv
import json
import os
import pathlib
import warnings
from collections.abc import Iterator, Sequence

from gru_zoo.files import as_path

Row = dict[str, str]

_DELIMITERS = ",;\t|"
_JSON_LINES = (".jsonl", ".ndjson")
_MAX_CELL = 2**31 - 1  # characters; the limit of the csv module is 131,072
# First bytes of files that spreadsheet programs save, whatever their suffix.
_SPREADSHEETS = {
    b"PK\x03\x04": "an .xlsx or .ods workbook",
    b"\xd0\xcf\x11\xe0": "an .xls workbook",
}
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Table:
    r"""A table with a header, which is read row by row, so it may be larger than memory.

    The encoding is UTF-8, or UTF-16 with a byte-order mark, or else Windows-1252, with a warning.
    The cells of a CSV file are separated by commas, semicolons, tabs or vertical bars, as its
    header is. The columns of a file of JSON lines are the keys of its first object.

    Args:
        path: a file; the suffixes `.jsonl` and `.ndjson` mean JSON lines.

    Attributes:
        columns: names of the columns, in the order of the file.
        delimiter: what separates the cells; "" in JSON lines.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is a workbook or not a text, or it has no header.

    Example:

        >>> import pathlib
        >>> _ = pathlib.Path("mine.csv").write_text("text;label\nFine, thanks;good\n")
        >>> table = Table("mine.csv")
        >>> table.columns
        ('text', 'label')
        >>> [*table.rows()]
        [{'text': 'Fine, thanks', 'label': 'good'}]
    """

    def __init__(self, path: str | os.PathLike):
        self.path = as_path(path)
        if not self.path.is_file():
            found = "a folder" if self.path.is_dir() else "which does not exist"
            raise FileNotFoundError(
                f"Expected a table, a file of CSV, TSV or JSON lines. Received: '{path}', {found}."
            )
        self.encoding = _encoding_of(self.path)
        self.json_lines = self.path.suffix.lower() in _JSON_LINES
        self.delimiter = ""
        if self.json_lines:
            first = next(self._objects(), {})
            self.columns: tuple[str, ...] = tuple(map(str, first))
        else:
            with self._open() as file:
                header = file.readline()
            self.delimiter = max(_DELIMITERS, key=lambda d: len(_cells(header, d)))
            self.columns = tuple(_cells(header, self.delimiter))
        if not self.columns:
            raise ValueError(f"Expected a table with a header. Received: '{path}', without one.")

    def rows(self) -> Iterator[Row]:
        """The rows, from cell by column to cell. A cell that is missing is "".

        Raises:
            ValueError: if a line of JSON lines is not an object.

        Warns:
            UserWarning: if rows have more cells than the header, or a quotation mark seems to
                swallow rows.
        """
        return self._json_rows() if self.json_lines else self._csv_rows()

    def check_columns(self, names: Sequence[str]) -> None:
        """Check that each of these columns is there, once.

        Raises:
            ValueError: if a column is missing or repeated.
        """
        for name in names:
            if self.columns.count(name) != 1:
                found = "two columns of that name" if name in self.columns else "others"
                raise ValueError(
                    f"Expected one column '{name}' in '{self.path}'. Received: {found}: "
                    f"{list(self.columns)}."
                )

    def _open(self):
        # Windows-1252 leaves five bytes undefined.
        errors = "replace" if self.encoding == "cp1252" else "strict"
        return open(self.path, encoding=self.encoding, errors=errors, newline="")

    def _csv_rows(self) -> Iterator[Row]:
        limit = csv.field_size_limit(_MAX_CELL)
        longer, swallowed = 0, ""
        try:
            with self._open() as file:
                reader = csv.reader(file, delimiter=self.delimiter)
                next(reader)
                last = reader.line_num
                for cells in reader:
                    first, last = last + 1, reader.line_num
                    if not cells:
                        continue
                    longer += len(cells) > len(self.columns)
                    if last > first and not swallowed and self._swallows(cells):
                        swallowed = f"{first} to {last}"
                    padding = [""] * (len(self.columns) - len(cells))
                    yield dict(zip(self.columns, [*cells, *padding], strict=False))
        except csv.Error as error:
            raise ValueError(f"'{self.path}', line {reader.line_num}: {error}.") from None
        finally:
            csv.field_size_limit(limit)
        self._warn(longer, swallowed)

    def _swallows(self, cells: Sequence[str]) -> bool:
        """Whether a cell holds what looks like further rows, after a stray quotation mark.

        Text of several lines also has commas, so each of its inner lines must have the cells of a
        row, and a table of one column has no rows to recognize.
        """
        wanted = len(self.columns)
        return wanted > 1 and any(
            len(inner) > 1 and all(len(_cells(line, self.delimiter)) == wanted for line in inner)
            for inner in (cell.splitlines()[1:] for cell in cells)
        )

    def _warn(self, longer: int, swallowed: str) -> None:
        if longer:
            warnings.warn(
                f"'{self.path}': {longer} rows have more than the {len(self.columns)} cells of the "
                "header; what is beyond them is left out. Put cells that contain "
                f"{self.delimiter!r} in quotation marks.",
                stacklevel=3,
            )
        if swallowed:
            warnings.warn(
                f"'{self.path}': lines {swallowed} are one row, which looks like several. A "
                "quotation mark that begins a cell may lack its end: double it or remove it.",
                stacklevel=3,
            )

    def _objects(self) -> Iterator[dict]:
        with self._open() as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    item = json.loads(line)
                except ValueError:
                    item = None
                if not isinstance(item, dict):
                    raise ValueError(
                        f"Expected a JSON object in every line of '{self.path}'. Received in line "
                        f"{number}: {line.strip():.60}."
                    )
                yield item

    def _json_rows(self) -> Iterator[Row]:
        for item in self._objects():
            cells = (item.get(name) for name in self.columns)
            yield {
                name: "" if cell is None else cell if isinstance(cell, str) else json.dumps(cell)
                for name, cell in zip(self.columns, cells, strict=True)
            }


def read_columns(path: str | os.PathLike, names: Sequence[str]) -> tuple[list[list[str]], int]:
    """Columns of a table, without the rows that lack a value in one of them.

    Args:
        path: the file, see `Table`.
        names: names of the columns.

    Returns:
        For each column the list of its values, and the number of rows left out.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it cannot be read, lacks a column, or every row lacks a value.
    """
    table = Table(path)
    table.check_columns(names)
    cells = [[row[name] for name in names] for row in table.rows()]
    complete = [row for row in cells if all(map(str.strip, row))]
    if not complete:
        raise ValueError(
            f"Expected rows with {' and '.join(map(repr, names))} below the header of '{path}'. "
            f"Received: none among {len(cells)}."
        )
    columns = [list(column) for column in zip(*complete, strict=True)]
    return columns, len(cells) - len(complete)


def _cells(line: str, delimiter: str) -> list[str]:
    """Cells of one line of a CSV file."""
    return next(csv.reader([line], delimiter=delimiter), [])


def _encoding_of(path: pathlib.Path) -> str:
    """Name of the encoding of a text file, which is read once to know it."""
    with open(path, "rb") as file:
        start = file.read(4)
        for magic, kind in _SPREADSHEETS.items():
            if start.startswith(magic):
                raise ValueError(
                    f"Expected a CSV file. Received: '{path}', {kind}. Save the sheet as CSV, or "
                    'convert it: pandas.read_excel("mine.xlsx").to_csv("mine.csv", index=False).'
                )
        for mark, encoding in _BOMS.items():
            if start.startswith(mark):
                return encoding
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := file.read(2**20):
                if b"\0" in block:
                    raise ValueError(
                        f"Expected a CSV file. Received: '{path}', which has bytes that are 0: it "
                        "is no text, or UTF-16 without a byte-order mark. Save it as UTF-8."
                    )
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            warnings.warn(
                f"'{path}' is not UTF-8. It is read as Windows-1252. If letters are wrong, save it "
                "as UTF-8.",
                stacklevel=4,
            )
            return "cp1252"
    return "utf-8"
