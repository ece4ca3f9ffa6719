import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_zoo.batching.stream import StreamBatches
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.text.character_tokenizer import CharacterTokenizer
from gru_zoo.text.special_tokens import EOS, PAD, UNK
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from tests.paths import FIXTURES

SCENE = FIXTURES / "scene.txt"
TEXT = "The cat sat .\n\nA <unk> cat , the mat !\nO cat\n"


@pytest.fixture(scope="module")
def letters():
    return LanguageModelProcessor(CharacterTokenizer.train(TEXT))


@pytest.fixture(scope="module")
def subwords():
    lines = SCENE.read_text(encoding="utf-8").splitlines()
    return LanguageModelProcessor(SubwordTokenizer.train(lines, 330, True, 1.0, normalize=False))


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


@pytest.mark.parametrize("space", ["\t", "\xa0", "\u3000", "  ", " \r ", "\x1c", "\u2028"])
def test_any_white_space_lies_between_subwords(subwords, space):
    spaced = f"{space}the{space}cat{space}<unk>{space}sat{space}\n{space}a mat{space}"
    expected = subwords.encode("the cat <unk> sat\na mat")
    np.testing.assert_array_equal(subwords.encode(spaced), expected)


@pytest.mark.parametrize("kind", ["letters", "subwords"])
def test_lines_end_as_on_any_system(kind, request):
    processor = request.getfixturevalue(kind)
    expected = processor.encode(TEXT)
    np.testing.assert_array_equal(processor.encode(TEXT.replace("\n", "\r\n")), expected)
    assert CharacterTokenizer.train("a\r\nb").characters == "ab"
    assert CharacterTokenizer.train("a\rb").characters == "\rab"


def test_tokens_that_start_and_continue_a_word(letters, subwords):
    can_start, can_continue = letters.word_tokens()
    names = letters.tokenizer.pieces(list(range(EOS + 1, letters.tokenizer.vocabulary_size)))
    for name, start, inside in zip(names, can_start[4:], can_continue[4:], strict=True):
        assert start == inside == name.isalnum()
    can_start, can_continue = subwords.word_tokens()
    the, mark = (subwords.tokenizer.encode([text])[0][0] for text in ("the", "!"))
    assert can_start[the] and not can_continue[the] and not can_start[mark]
    assert not can_start[: EOS + 1].any() and not can_continue[: EOS + 1].any()


@pytest.mark.parametrize("kind", ["letters", "subwords"])
def test_saved_and_loaded(kind, request, tmp_path):
    processor = request.getfixturevalue(kind)
    processor.save(tmp_path)
    loaded = LanguageModelProcessor.load(tmp_path)
    assert loaded.unit == processor.unit
    np.testing.assert_array_equal(loaded.encode(TEXT), processor.encode(TEXT))


@pytest.mark.parametrize("kind", ["letters", "subwords"])
def test_settings_of_another_task_are_refused(kind, request, tmp_path):
    request.getfixturevalue(kind).save(tmp_path)
    path = tmp_path / "processor.json"
    path.write_text(path.read_text().replace('"running text"', '"text"'))
    with pytest.raises(ValueError, match="kind 'running text' in .* Received: kind='text'"):
        LanguageModelProcessor.load(tmp_path)


def test_a_text_starts_after_eos(letters):
    np.testing.assert_array_equal(letters.encode_after_eos(""), [EOS])
    ids = letters.encode_after_eos("cat")
    assert ids.dtype == "int32" and ids[0] == EOS
    np.testing.assert_array_equal(ids[1:], letters.encode("cat"))


def epoch_of(windows):
    """What is read in an epoch and what is to be foreseen, each `(rows, columns)`."""
    batches = [windows[i] for i in range(len(windows))]
    return (np.concatenate(parts, axis=1) for parts in zip(*batches, strict=True))


def test_windows_follow_each_other_and_foresee_the_next_id():
    ids = np.arange(10, 10 + 1_000)
    read, foreseen = epoch_of(StreamBatches(ids, rows=4, window=20, seed=3))
    ring = {a: b for a, b in zip(ids, np.roll(ids, -1), strict=True)}
    behind = foreseen == PAD
    assert all(ring[a] == b for a, b in zip(read[~behind], foreseen[~behind], strict=True))
    assert (behind[:, :-1] | (read[:, 1:] == foreseen[:, :-1])).all()
    assert read.shape == (4, 12 * 21) and behind.sum() == 4 * 12 * 21 - 999
    assert behind[-1, -9:].all()


@pytest.mark.parametrize("count", [17, 18, 40, 500, 16 * 150 + 1, 16 * 199 + 1])
@pytest.mark.parametrize("window", [1, 10, 100])
@pytest.mark.parametrize("shuffle", [True, False])
def test_every_id_but_the_first_is_foreseen_once_an_epoch(count, window, shuffle):
    ids = np.arange(EOS, EOS + count)
    windows = StreamBatches(ids, rows=16, window=window, shuffle=shuffle)
    for windows.epoch in range(3):
        read, foreseen = epoch_of(windows)
        first = read[0, 0]
        assert shuffle or first == ids[0]
        np.testing.assert_array_equal(np.sort(foreseen[foreseen != PAD]), ids[ids != first])
        # Few shapes, since each is compiled.
        assert len({windows[i][0].shape for i in range(len(windows))}) <= (3 if shuffle else 1)


def test_windows_vary_in_length_and_from_epoch_to_epoch():
    windows = StreamBatches(np.arange(2_000), rows=4, window=20, seed=3)
    lengths = [windows[i][0].shape[1] for i in range(len(windows))]
    assert set(lengths) == {15, 20, 25} and lengths[:2] == [15, 25]
    first = windows[0][0]
    windows.epoch = 1
    assert not np.array_equal(windows[0][0], first)
    assert len(windows) == len(lengths)
    windows.epoch = 0
    np.testing.assert_array_equal(windows[0][0], first)


def test_windows_in_order():
    windows = StreamBatches(np.arange(13), rows=2, window=3, shuffle=False)
    ids, following = windows[0]
    np.testing.assert_array_equal(ids, [[0, 1, 2], [6, 7, 8]])
    np.testing.assert_array_equal(following, [[1, 2, 3], [7, 8, 9]])
    short = StreamBatches(np.arange(9), rows=4, window=100)
    assert len(short) == 1 and short[0][0].shape == (4, 2)


def test_a_text_shorter_than_its_streams():
    with pytest.raises(ValueError, match="at least 5 pieces for 4 streams. Received: 4"):
        StreamBatches(np.arange(4), rows=4, window=3)
    with pytest.raises(ValueError, match="Expected a held-out text of at least 5"):
        StreamBatches(np.arange(4), rows=4, window=3, name="a held-out text")


@pytest.mark.parametrize("rows, window", [(0, 3), (4, 0), (4, -5)])
def test_streams_and_steps_are_positive(rows, window):
    with pytest.raises(ValueError, match=f"1 or more. Received: rows={rows}, window={window}"):
        StreamBatches(np.arange(40), rows=rows, window=window)
