import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.text.character_tokenizer import CharacterTokenizer
from gru_zoo.text.special_tokens import EOS, UNK
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
