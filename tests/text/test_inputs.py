import numpy as np
import pytest

from gru_zoo.text.inputs import as_column, as_texts, is_column, normalize_newlines


def test_line_ends_of_windows_become_line_feeds():
    assert normalize_newlines("a\r\nb\rc\n") == "a\nb\rc\n"


@pytest.mark.parametrize("texts", ["a", ["a"], ("a",), iter(["a"]), np.array(["a"])])
def test_one_text_or_many_become_a_list(texts):
    assert as_texts(texts) == ["a"]


@pytest.mark.parametrize(
    "texts, message",
    [
        (b"a", "Received: bytes b'a'"),
        (3, "Received: int 3"),
        (["a", 3], "Received at position 1: int 3"),
        ({"text": ["a"]}, "Give one of its columns"),
        (np.array([["a"]]), "Give one of its columns"),
    ],
)
def test_what_is_no_text_is_refused(texts, message):
    with pytest.raises(TypeError, match=f"Expected a string or a list of strings. .*{message}"):
        as_texts(texts)


class Series:
    """What a column of a table has, without its package: it is indexed by labels, not positions."""

    def __init__(self, values):
        self.values, self.shape = values, (len(values),)

    def to_list(self):
        return self.values

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        return iter(self.values)

    def __getitem__(self, label):
        raise KeyError(label)


def columns(values):
    """The same column as several kinds of objects."""
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    index = range(len(values), 0, -1)
    return [
        values,
        tuple(values),
        Series(values),
        np.array(values, dtype=object),
        pandas.Series(values, index),
        pandas.Series(values, index, dtype="string"),
        pandas.Series(values, index, dtype="category"),
        pandas.Index(values),
        polars.Series(values),
        polars.Series(values, dtype=polars.Categorical),
    ]


def test_columns_become_lists_of_strings():
    for column in [*columns(["a", "b", "a"]), np.array(["a", "b", "a"])]:
        found = as_column(column)
        assert found == ["a", "b", "a"] and {type(value) for value in found} == {str}
        assert is_column(column) != isinstance(column, (list, tuple))


def test_missing_values_are_named_by_their_rows():
    for column in columns(["a", None, "b", None]):
        message = r"Expected texts, without .* 2 of 4 missing, at the positions \[1, 3\]"
        with pytest.raises(ValueError, match=message):
            as_column(column, "texts")
    with pytest.raises(
        ValueError, match=r"1 of 2 missing, at the positions \[1\]. Drop these rows"
    ):
        as_texts(["a", float("nan")])


def test_a_table_is_not_a_column():
    table = {"text": ["a", "b"]}
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    for whole in (table, pandas.DataFrame(table), polars.DataFrame(table)):
        assert not is_column(whole)
        with pytest.raises(TypeError, match="Give one of its columns"):
            as_texts(whole)
    for one in ("a", b"a", 3):
        with pytest.raises(TypeError, match=f"Expected labels. Received: {type(one).__name__}"):
            as_column(one, "labels")


def test_samples_are_not_a_column():
    assert not is_column(np.zeros(3)) and not is_column(np.zeros((2, 3), dtype=object))
