import numpy as np
import pytest

from gru_zoo.tasks.recommendation.processor import RecommendationProcessor, as_histories


def test_numbers_and_texts_are_the_same_ids():
    processor = RecommendationProcessor(["a", 17, np.int64(5)], {17: "Tea"})
    assert processor.items == ("a", "17", "5") and processor.title(2) == "Tea"
    ids, unknown = processor.encode([17, "17", "x", "a", np.int32(5)])
    assert ids.tolist() == [2, 2, 1, 3] and ids.dtype == np.int32 and unknown == ["x"]
    assert "17" in processor and 18 not in processor and processor.number(18) == 0


@pytest.mark.parametrize(
    ("items", "titles", "message"),
    [
        (["a", 17, "17"], None, "each once. Received: 3 items, of which 2 differ"),
        ([], None, "one item or more"),
        (["a"], {"b": "B"}, "Received: 1 others, such as 'b'"),
    ],
)
def test_faulty_catalogs(items, titles, message):
    with pytest.raises(ValueError, match=message):
        RecommendationProcessor(items, titles)


@pytest.mark.parametrize("wrong", [1.0, None, True, b"a", ("a",)])
def test_faulty_ids(wrong):
    with pytest.raises(TypeError, match="an item id, a text or a whole number. Received"):
        RecommendationProcessor([wrong])


def test_it_grows_and_comes_back(tmp_path):
    processor = RecommendationProcessor(["a", "b"], {"a": "Café, or\nbar"})
    larger = processor.extended(["b", 3, "c", 3], {3: "Three"})
    assert larger.items == ("a", "b", "3", "c")
    assert larger.titles == {"a": "Café, or\nbar", "3": "Three"}
    larger.save(tmp_path)
    again = RecommendationProcessor.load(tmp_path)
    assert (again.items, again.titles) == (larger.items, larger.titles)


def test_one_history_or_several():
    assert as_histories(["a", 1]) == ([["a", 1]], True)
    assert as_histories([]) == ([[]], True)
    assert as_histories([["a"], ()]) == ([["a"], ()], False)
    arrays = [np.array([1, 2]), np.array([3])]
    assert as_histories(arrays) == (arrays, False)
    whole, is_one = as_histories(np.array([1, 2]))
    assert is_one and whole[0].tolist() == [1, 2]
