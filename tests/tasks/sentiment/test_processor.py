import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_zoo.tasks.sentiment.processor import SentimentProcessor, truncate


@given(st.integers(0, 60), st.integers(1, 30))
def test_truncate_keeps_a_quarter_from_the_start(length, max_length):
    ids = np.arange(length)
    cut = truncate(ids, max_length)
    assert len(cut) == min(length, max_length) and cut.dtype == "int32"
    if length > max_length:
        head = max_length // 4
        assert cut.tolist() == [*range(head), *range(length - max_length + head, length)]


def test_truncate_refuses_texts():
    with pytest.raises(TypeError, match="Encode texts with a tokenizer first"):
        truncate("good film", 4)


def test_long_texts_lose_their_middle(tokenizer):
    text = "good film, bad music. " * 20
    ids = tokenizer.encode([text])[0]
    (cut,) = SentimentProcessor(tokenizer, 16).encode([text])
    assert cut.tolist() == ids[:4] + ids[-12:]


@pytest.mark.parametrize("max_length", [0, 1025])
def test_what_cannot_be_padded_is_refused(tokenizer, max_length):
    with pytest.raises(ValueError, match=f"from 1 to 1024.*max_length={max_length}"):
        SentimentProcessor(tokenizer, max_length)


def test_markup_and_links_are_taken_off(tokenizer):
    processor = SentimentProcessor(tokenizer, 64)
    (plain,) = processor.encode(["good film"])
    for text in ("<p>good film</p>", "good&nbsp;film", "good film https://example.org/1"):
        np.testing.assert_array_equal(processor.encode([text])[0], plain)


def test_posts_are_a_setting_that_is_saved(tokenizer, tmp_path):
    for posts in (False, True):
        folder = tmp_path / str(posts)
        folder.mkdir()
        SentimentProcessor(tokenizer, 64, posts).save(folder)
        assert ("posts" in (folder / "processor.json").read_text()) == posts
        assert SentimentProcessor.load(folder).posts == posts
    assert SentimentProcessor(tokenizer, 64, True).clean('"@ann sooo good"') == "<user> soo good"
    assert SentimentProcessor(tokenizer, 64).clean('"@ann sooo good"') == '"@ann sooo good"'
