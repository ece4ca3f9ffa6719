import csv

import pytest

from gru_zoo.recipe.table import read_columns


def test_columns_of_a_table(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text('\ufeffbody,n,title\n"Two,\nlines",1,A\nB,2,C\n', encoding="utf-8")
    columns = {"--text": "body", "--summary": "title"}
    assert read_columns(path, columns) == [["Two,\nlines", "B"], ["A", "C"]]
    message = (
        r"one column 'text' in .* others: \['body', 'n', 'title'\]. Name your columns with --text"
    )
    with pytest.raises(SystemExit, match=message):
        read_columns(path, columns | {"--text": "text"})
    path.write_text("body,title\n")
    with pytest.raises(SystemExit, match="Expected rows with .* below the header .*: none among 0"):
        read_columns(path, columns)


COLUMNS = {"--text": "text", "--label": "label"}


def test_rows_without_a_value_are_skipped(tmp_path, capsys):
    path = tmp_path / "mine.csv"
    path.write_text("text,label\nGood,yes\nBad, \n,no\nlonely\n")
    assert read_columns(path, COLUMNS) == [["Good"], ["yes"]]
    assert "Skipped 3 of 4 rows, which lack 'text' or 'label'." in capsys.readouterr().out
    path.write_text("text,label\n,\n")
    with pytest.raises(SystemExit, match="Expected rows with 'text' and 'label' .* none among 1"):
        read_columns(path, COLUMNS)


def test_a_cell_may_be_long(tmp_path):
    path, limit = tmp_path / "mine.csv", csv.field_size_limit()
    path.write_text(f"text,label\n{'a' * (limit + 1)},yes\n")
    ((text,), _) = read_columns(path, COLUMNS)
    assert len(text) == limit + 1 and csv.field_size_limit() == limit


def test_a_table_is_a_file(tmp_path):
    with pytest.raises(
        SystemExit, match="Expected a table.* Received: '.*mine.csv', which does not exist"
    ):
        read_columns(tmp_path / "mine.csv", COLUMNS)
