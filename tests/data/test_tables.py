import csv
import warnings

import pytest

from gru_zoo.data.tables import Table, read_columns
from tests.backends import only_on

pytestmark = only_on("torch", "tables are the same on every backend")

PEOPLE = [{"text": "Fine; thanks", "label": "good"}, {"text": "Schön, né?", "label": "bad"}]


def written(path, delimiter, encoding):
    with open(path, "w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, PEOPLE[0], delimiter=delimiter)
        writer.writeheader()
        writer.writerows(PEOPLE)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_and_encoding_are_recognized(tmp_path, delimiter, encoding):
    table = Table(written(tmp_path / "mine.csv", delimiter, encoding))
    assert table.columns == ("text", "label") and table.delimiter == delimiter
    assert [*table.rows()] == PEOPLE


def test_other_encodings_are_windows_1252_with_a_warning(tmp_path):
    path = written(tmp_path / "mine.csv", ";", "cp1252")
    with pytest.warns(UserWarning, match="mine.csv' is not UTF-8. It is read as Windows-1252"):
        table = Table(path)
    assert [*table.rows()] == PEOPLE
    path.write_bytes(b"text\n\xe9\x81\n")  # 0x81 is undefined there
    with pytest.warns(UserWarning):
        assert [*Table(path).rows()] == [{"text": "é\ufffd"}]


def test_json_lines(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text('{"text": "Fine", "n": 1}\n\n{"n": null, "text": "Bad", "more": 2}\n')
    table = Table(path)
    assert table.columns == ("text", "n")
    assert [*table.rows()] == [{"text": "Fine", "n": "1"}, {"text": "Bad", "n": ""}]
    path.write_text('{"text": "Fine"}\n["Bad"]\n')
    with pytest.raises(ValueError, match=r"a JSON object in every line .* in line 2: \[\"Bad\"\]"):
        [*Table(path).rows()]


@pytest.mark.parametrize(
    "content, message",
    [
        (b"PK\x03\x04\x14\0", "an .xlsx or .ods workbook. Save the sheet as CSV, or convert it"),
        (b"\xd0\xcf\x11\xe0\xa1", "an .xls workbook"),
        ("text,label\nGood,yes\n".encode("utf-16-le"), "UTF-16 without a byte-order mark"),
        (b"", "a table with a header. Received: '.*', without one"),
    ],
)
def test_files_that_are_no_tables(tmp_path, content, message):
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        Table(path)
    with pytest.raises(
        FileNotFoundError, match="Expected a table.*none.csv', which does not exist"
    ):
        Table(tmp_path / "none.csv")
    with pytest.raises(FileNotFoundError, match="Expected a table.*a folder"):
        Table(tmp_path)


def test_a_quotation_mark_that_swallows_rows_is_reported(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text('text,label\nGood,yes\n"Bad,no\nFine,yes\nAwful,no\nLovely, thanks",yes\n')
    with pytest.warns(UserWarning, match="lines 3 to 6 are one row, which looks like several"):
        assert len([*Table(path).rows()]) == 2


def test_cells_of_several_lines_are_rows_as_they_should_be(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text('text,label\n"Dear all,\nI came, I saw, and I left.\nYours",yes\n')
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (row,) = Table(path).rows()
    assert row["text"].endswith("\nYours")


def test_rows_longer_than_the_header_are_reported(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("text,label\nGood, really,yes\nBad\n")
    with pytest.warns(UserWarning, match="1 rows have more than the 2 cells of the header"):
        rows = [*Table(path).rows()]
    assert rows == [{"text": "Good", "label": " really"}, {"text": "Bad", "label": ""}]


def test_columns_must_be_there_once(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("text,label,label\nGood,yes,no\n")
    with pytest.raises(ValueError, match="Expected one column 'label' .*: two columns of that"):
        read_columns(path, ["text", "label"])
    with pytest.raises(ValueError, match=r"Expected one column 'body' .*: others: \['text', 'lab"):
        read_columns(path, ["body"])


def test_a_large_table_is_read_row_by_row(tmp_path):
    path = tmp_path / "mine.csv"
    with open(path, "w") as file:
        file.write("text,label\n")
        file.writelines(f"text number {i},{i % 2}\n" for i in range(200_000))
    import tracemalloc

    tracemalloc.start()
    assert sum(row["label"] == "1" for row in Table(path).rows()) == 100_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * 2**20  # a block of a megabyte, and what decodes it
