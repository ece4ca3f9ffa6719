import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_zoo.text.special_tokens import EOS, UNK
from gru_zoo.text.word_tokenizer import WordTokenizer, ends_sentence, is_word

LINES = ["We met Anna on Friday.", "The train leaves at 7:50, Anna!", "Don't call 470-231-3030."]
TOKENIZER = WordTokenizer.train(LINES, 40)


@pytest.mark.parametrize(
    "line, tokens",
    [
        ("Don't go, Tom!", ["Don't", "go", ",", "Tom", "!"]),
        ("At 7:50 a.m. for $1,000...", ["At", "7:50", "a.m.", "for", "$", "1,000", "..."]),
        ("It’s the so-called 2nd 'one'", ["It's", "the", "so-called", "2nd", "'", "one", "'"]),
        ("yes.no", ["yes", ".", "no"]),
        (" \t ", []),
    ],
)
def test_words_and_marks(line, tokens):
    assert TOKENIZER.split(line) == tokens


def test_separated_tokens_stand_between_spaces():
    tokenizer = WordTokenizer.train([" did n't <unk> mr. Smith "], 20, separated=True)
    assert tokenizer.split("did n't mr.") == ["did", "n't", "mr."]
    ids = tokenizer.encode(["n't <unk> smith Smith"])[0]
    assert ids[1] == ids[2] == UNK and ids[0] > EOS and ids[3] > EOS
    assert tokenizer.decode(ids[:2]) == "n't <unk>"


def test_case_has_no_ids_of_its_own():
    (lower,), (upper,) = TOKENIZER.encode(["friday"]), TOKENIZER.encode(["FRIDAY"])
    assert lower == upper and TOKENIZER.pieces(lower) == ["Friday"]
    assert TOKENIZER.pieces(TOKENIZER.encode(["THE"])[0]) == ["the"]  # seen at the start alone


def test_decoded_text_has_its_marks_and_capitals():
    for line in ("We met Anna. The train leaves at 7:50, Anna!", "Don't call Anna."):
        (ids,) = TOKENIZER.encode([line])
        assert TOKENIZER.decode(ids) == line
    quoted = WordTokenizer(['"', "yes", ",", "(", ")", "he"])
    (ids,) = quoted.encode(['he ("yes") , "yes"'])
    assert quoted.decode(ids) == 'He ("yes"), "yes"'


@given(st.text(), st.text())
def test_a_longer_text_goes_on_where_the_shorter_ends(one, other):
    """What `stream` needs: tokens change nothing before them."""
    ids = TOKENIZER.encode([f"{one} {other}"])[0]
    whole = TOKENIZER.decode(ids)
    for count in range(len(ids)):
        assert whole.startswith(TOKENIZER.decode(ids[:count]))


def test_numbers_of_telephones_are_not_learned():
    assert not any("231" in word for word in TOKENIZER.words)
    assert "7:50" in TOKENIZER.words


def test_saved_and_loaded(tmp_path):
    TOKENIZER.save(tmp_path)
    loaded = WordTokenizer.load(tmp_path)
    assert loaded.words == TOKENIZER.words
    assert loaded.vocabulary_size == EOS + 1 + len(loaded.words)


def test_kinds_of_tokens():
    assert is_word("a") and is_word("7:50") and not is_word("<unk>") and not is_word("...")
    assert all(map(ends_sentence, ("", "Yes. ", "Hi\n", "Why?")))
    assert not any(map(ends_sentence, ("Yes,", "Dear Anna")))
