import tracemalloc

import pytest

from gru_zoo.data.interactions import read_interactions


def log(tmp_path, content, name="log.csv"):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return path


def test_rows_of_a_user_are_put_in_the_order_of_time(tmp_path):
    rows = "who;what;when\nann;b;2026-03-02\nbob;a;2026-03-01\nann;a;2026-03-01T08:00:00\n"
    found = read_interactions(log(tmp_path, rows), "who", "what", "when")
    assert list(found) == [("a", "b"), ("a",)]
    assert len(found) == 2 and found.interactions == 3 and found.skipped == 0
    assert found[-1] == ("a",) and found[0:2] == [("a", "b"), ("a",)]
    with pytest.raises(IndexError, match="below 2. Received: 2"):
        found[2]


def test_equal_times_and_no_times_keep_the_order_of_the_log(tmp_path):
    rows = "user,item,time\nann,c,5\nann,a,5\nbob,z,1\nann,b,4.5\nann,a,5\n"
    path = log(tmp_path, rows)
    assert list(read_interactions(path, time="time")) == [("b", "c", "a", "a"), ("z",)]
    assert list(read_interactions(path)) == [("c", "a", "b", "a"), ("z",)]


def test_rows_that_lack_a_value_are_skipped_and_counted(tmp_path):
    rows = "user,item,time\nann,a,1\n,b,2\nann, ,3\nann,c,\nann,d\nbob,e,1\n"
    found = read_interactions(log(tmp_path, rows), time="time")
    assert list(found) == [("a",), ("e",)] and found.skipped == 4


def test_titles_and_json_lines(tmp_path):
    rows = (
        '{"user": 1, "item": 17, "title": "Tea"}\n'
        '{"user": 1, "item": 18, "title": ""}\n'
        '{"user": 2, "item": 17, "title": "Green tea"}\n'
    )
    found = read_interactions(log(tmp_path, rows, "log.jsonl"), title="title")
    assert list(found) == [("17", "18"), ("17",)] and found.titles == {"17": "Green tea"}


@pytest.mark.parametrize("cell", ["yesterday", "nan", "31.12.2025"])
def test_a_time_that_is_none_is_an_error(tmp_path, cell):
    path = log(tmp_path, f"user,item,time\nann,a,1\nann,b,{cell}\n")
    with pytest.raises(ValueError, match=f"Received: '{cell}' in row 2 of "):
        read_interactions(path, time="time")


def test_no_rows_and_no_column(tmp_path):
    with pytest.raises(ValueError, match="Expected rows with 'user' and 'item'.*none among 1"):
        read_interactions(log(tmp_path, "user,item\nann,\n"))
    with pytest.raises(ValueError, match="Expected one column 'buyer'"):
        read_interactions(log(tmp_path, "user,item\nann,a\n"), user="buyer")


def test_a_large_file_is_read_with_bounded_memory(tmp_path):
    """A file of 200 MB, in which a review stands beside every purchase."""
    path, review = tmp_path / "log.csv", "x" * 4_000
    with path.open("w", encoding="utf-8") as file:
        file.write("user,item,time,review\n")
        for row in range(50_000):
            file.write(f"u{row % 9_000},i{row % 700},{50_000 - row},{review}\n")
    assert path.stat().st_size > 200_000_000
    tracemalloc.start()
    found = read_interactions(path, time="time")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.interactions == 50_000 and len(found) == 9_000
    assert found[0] == ("i200", "i300", "i400", "i500", "i600", "i0")  # the last row is the oldest
    assert peak < 20_000_000
