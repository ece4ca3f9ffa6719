import unicodedata

import numpy as np
import pytest

from gru_zoo.tasks.compression.processor import KINDS, MAX_PIECES, CompressionProcessor
from gru_zoo.text.special_tokens import EOS


@pytest.fixture
def processor(tokenizer):
    return CompressionProcessor(tokenizer, max_words=12, bonus=0.25)


def test_nodes_find_the_sub_words_of_each_word(processor):
    words, (ids, firsts, lasts, kinds) = processor.encode("The film's plot, in 1984, is GOOD.")
    words_read = [
        processor.tokenizer.decode(ids[a : b + 1]) for a, b in zip(firsts, lasts, strict=True)
    ]
    assert words_read[1:-1] == [word.text.lower() for word in words]
    assert ids[0] == ids[-1] == EOS and ids.dtype == kinds.dtype == "int32"
    assert (firsts[1:] == lasts[:-1] + 1).all() and lasts[-1] == len(ids) - 1
    names = [KINDS[kind - 1] for kind in kinds]
    assert names == [
        *("border", "capital", "lower", "mark", "lower", "mark", "lower", "number", "mark"),
        *("lower", "upper", "mark", "border"),
    ]


@pytest.mark.parametrize(
    "text", ["É, the café's naïve Élan.", "हिन्दी है।", "A 👨\u200d👩\u200d👧 in 🇪🇸!"]
)
def test_a_word_with_combining_marks_is_read_as_one(processor, text):
    words, arrays = processor.encode(unicodedata.normalize("NFC", text))
    decomposed, others = processor.encode(unicodedata.normalize("NFD", text))
    assert len(words) == len(decomposed) == len(arrays[3]) - 2
    for one, other in zip(arrays, others, strict=True):
        np.testing.assert_array_equal(one, other)


def test_attached_words_begin_as_they_do_in_running_text(processor):
    running = processor.tokenizer.encode(["The film is good, and dull."])[0]
    _, (ids, *_) = processor.encode("The film is good, and dull.")
    assert ids[1:-1].tolist() == running


def test_long_words_lose_their_middle(processor):
    _, (ids, firsts, lasts, _) = processor.encode("x" * 100_000 + " y")
    assert lasts[1] - firsts[1] + 1 == MAX_PIECES and len(ids) < 2 * MAX_PIECES + 2


def test_characters_that_vanish_still_have_a_sub_word(processor):
    _, (_, firsts, lasts, _) = processor.encode("a \u200b\u00ad b")
    assert (firsts <= lasts).all()


def test_long_texts_are_split_at_sentences_then_between_words(processor):
    assert processor.segments("One two. Three four.") == ["One two. Three four."]
    text = "One two three four five. Six seven!\nEight, nine and ten; eleven."
    assert processor.segments(text) == [
        *("One two three four five.", "Six seven!", "Eight, nine and ten; eleven.")
    ]
    parts = processor.segments("word " * 30)
    assert [len(part.split()) for part in parts] == [12, 12, 6]


def test_words_that_are_read_at_once():
    with pytest.raises(ValueError, match="max_words from 1 to 128. Received: 129"):
        CompressionProcessor(None, max_words=129)


def test_saved_and_loaded(processor, tmp_path):
    processor.save(tmp_path)
    loaded = CompressionProcessor.load(tmp_path)
    assert (loaded.max_words, loaded.bonus) == (12, 0.25)
    assert loaded.encode("The film.")[1][0].tolist() == processor.encode("The film.")[1][0].tolist()


def test_settings_of_another_task_are_refused(processor, tmp_path):
    processor.save(tmp_path)
    path = tmp_path / "processor.json"
    path.write_text(path.read_text().replace("sentences", "documents"))
    with pytest.raises(ValueError, match="kind 'sentences' in .* Received: kind='documents'"):
        CompressionProcessor.load(tmp_path)


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_a_text_without_words_has_no_segments(processor, text):
    assert processor.segments(text) == []
    assert len(processor.encode(text)[1][3]) == 2
