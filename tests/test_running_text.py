import pathlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_zoo.running_text import Characters, RunningText, Windows
from gru_zoo.text import EOS, UNK, Tokenizer

SCENE = pathlib.Path(__file__).parent / "data" / "scene.txt"
TEXT = "The cat sat .\n\nA <unk> cat , the mat !\nO cat\n"


@pytest.fixture(scope="module")
def letters():
    return RunningText(Characters.train(TEXT))


@pytest.fixture(scope="module")
def subwords():
    lines = SCENE.read_text(encoding="utf-8").splitlines()
    return RunningText(Tokenizer.train(lines, 330, True, 1.0, normalize=False))


def test_characters_have_their_own_ids(letters):
    ids = letters.encode("a\nc~")
    assert ids.dtype == "int32"
    assert ids[1] == EOS and ids[3] == UNK and (ids[[0, 2]] > EOS).all()
    assert letters.decode(ids) == "a\nc\ufffd"
    assert letters.pieces(ids) == ["a", "\n", "c", "\ufffd"]
    assert letters.tokenizer.vocabulary_size == EOS + 1 + len(set(TEXT) - {"\n"})


def test_every_text_of_known_characters_comes_back(letters):
    @given(st.text(alphabet=sorted(set(TEXT))))
    def check(text):
        ids = letters.encode(text)
        assert len(ids) == len(text)
        assert letters.decode(ids) == text

    check()


def test_subwords_keep_words_and_lines(subwords):
    @given(st.lists(st.sampled_from(["cat", "ﬁ", "<unk>", "½", "\n", ".", "naïve", "<unk>s"])))
    def check(words):
        text = " ".join(words)
        ids = subwords.encode(text)
        assert (ids == EOS).sum() == text.count("\n")
        assert (ids == UNK).sum() == words.count("<unk>")
        lines = [line.split() for line in text.split("\n")]
        assert [line.split() for line in subwords.decode(ids).split("\n")] == lines

    check()


def test_what_may_begin_and_go_on_with_a_word(letters, subwords):
    begin, inside = letters.word_pieces()
    names = letters.tokenizer.pieces(list(range(EOS + 1, letters.tokenizer.vocabulary_size)))
    for name, can_begin, can_follow in zip(names, begin[4:], inside[4:], strict=True):
        assert can_begin == can_follow == name.isalnum()
    begin, inside = subwords.word_pieces()
    the, mark = (subwords.tokenizer.encode([text])[0][0] for text in ("the", "!"))
    assert begin[the] and not inside[the] and not begin[mark]
    assert not begin[: EOS + 1].any() and not inside[: EOS + 1].any()


@pytest.mark.parametrize("kind", ["letters", "subwords"])
def test_saved_and_loaded(kind, request, tmp_path):
    processor = request.getfixturevalue(kind)
    processor.save(tmp_path)
    loaded = RunningText.load(tmp_path)
    assert loaded.unit == processor.unit
    np.testing.assert_array_equal(loaded.encode(TEXT), processor.encode(TEXT))


def test_windows_follow_each_other_and_foresee_the_next_id():
    ids = np.arange(10, 10 + 1_000)
    windows = Windows(ids, rows=4, window=20, seed=3)
    read, foreseen = (
        np.concatenate(parts, axis=1)
        for parts in zip(*(windows[i] for i in range(len(windows))), strict=True)
    )
    ring = {a: b for a, b in zip(ids, np.roll(ids, -1), strict=True)}
    assert all(ring[a] == b for a, b in zip(read.flat, foreseen.flat, strict=True))
    np.testing.assert_array_equal(read[:, 1:], foreseen[:, :-1])
    assert read.shape == (4, 999 // 4 // 20 * 20)
    assert len(np.unique(read)) == read.size


def test_windows_vary_in_length_and_from_epoch_to_epoch():
    windows = Windows(np.arange(2_000), rows=4, window=20, seed=3)
    lengths = [windows[i][0].shape[1] for i in range(len(windows))]
    assert set(lengths) == {15, 20, 25} and lengths[:2] == [15, 25]
    first = windows[0][0]
    windows.epoch = 1
    assert not np.array_equal(windows[0][0], first)
    assert len(windows) == len(lengths)
    windows.epoch = 0
    np.testing.assert_array_equal(windows[0][0], first)


def test_windows_in_order():
    windows = Windows(np.arange(9), rows=2, window=3, shuffle=False)
    ids, following = windows[0]
    np.testing.assert_array_equal(ids, [[0, 1, 2], [4, 5, 6]])
    np.testing.assert_array_equal(following, [[1, 2, 3], [5, 6, 7]])
    short = Windows(np.arange(9), rows=4, window=100)
    assert len(short) == 1 and short[0][0].shape == (4, 2)


def test_a_text_shorter_than_its_streams():
    with pytest.raises(ValueError, match="at least 5 pieces for 4 streams. Received: 4"):
        Windows(np.arange(4), rows=4, window=3)
