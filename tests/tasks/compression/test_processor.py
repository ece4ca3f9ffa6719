import unicodedata

import numpy as np
import pytest

from gru_zoo.tasks.compression.batches import SENTENCE_LENGTHS, SentenceBatches, sentence_batches
from gru_zoo.tasks.compression.processor import KINDS, MOST_PIECES, CompressionProcessor
from gru_zoo.text.special_tokens import EOS


@pytest.fixture
def processor(tokenizer):
    return CompressionProcessor(tokenizer, max_words=12, bonus=0.25)


def test_places_find_the_sub_words_of_each_word(processor):
    words, (ids, firsts, lasts, kinds) = processor.encode("The film's plot, in 1984, is GOOD.")
    pieces = [
        processor.tokenizer.decode(ids[a : b + 1]) for a, b in zip(firsts, lasts, strict=True)
    ]
    assert pieces[1:-1] == [word.text.lower() for word in words]
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
    assert lasts[1] - firsts[1] + 1 == MOST_PIECES and len(ids) < 2 * MOST_PIECES + 2


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_a_text_without_words_has_no_pieces(processor, text):
    assert processor.split(text) == []
    assert len(processor.encode(text)[1][3]) == 2


def test_characters_that_vanish_still_have_a_sub_word(processor):
    _, (_, firsts, lasts, _) = processor.encode("a \u200b\u00ad b")
    assert (firsts <= lasts).all()


def test_long_texts_are_cut_at_sentences_then_between_words(processor):
    assert processor.split("One two. Three four.") == ["One two. Three four."]
    text = "One two three four five. Six seven!\nEight, nine and ten; eleven."
    assert processor.split(text) == [
        *("One two three four five.", "Six seven!", "Eight, nine and ten; eleven.")
    ]
    parts = processor.split("word " * 30)
    assert [len(part.split()) for part in parts] == [12, 12, 6]


def test_the_longest_piece_fits_the_last_length():
    assert SENTENCE_LENGTHS[-1] == 128 * MOST_PIECES + 2
    with pytest.raises(ValueError, match="max_words from 1 to 128. Received: 129"):
        CompressionProcessor(None, max_words=129)


def test_batches(processor):
    sentences = [processor.encode(text)[1] for text in ("The film.", "Good.", "The plot is bad.")]
    froms = [np.arange(len(sentence[3]), dtype="int32") for sentence in sentences]
    batches = SentenceBatches(sentences, froms, batch_size=3, shuffle=False, lengths=(32, 64))
    (ids, firsts, lasts, kinds), targets = batches[0]
    assert ids.shape == firsts.shape == lasts.shape == kinds.shape == targets.shape == (3, 32)
    row = int(np.flatnonzero((kinds > 0).sum(axis=1) == 7)[0])
    np.testing.assert_array_equal(kinds[row, :7], sentences[2][3])
    np.testing.assert_array_equal(targets[row, :7], froms[2])


def test_no_batch_leaves_out_part_of_a_sentence(processor):
    _, sentence = processor.encode("The film. " * 12)
    froms = np.arange(len(sentence[3]), dtype="int32")
    with pytest.raises(ValueError, match="at most 16 ids. Received: one of"):
        SentenceBatches([sentence], [froms], batch_size=1, lengths=(8, 16))
    long = tuple(np.tile(array, 99) for array in sentence)
    with pytest.raises(ValueError, match="at most 1026 ids. Received: one of"):
        next(sentence_batches([long], 1))


def test_batches_for_prediction_have_rows_of_zeros(processor):
    sentences = [processor.encode(text)[1] for text in ("The film.", "Good.", "The plot is bad.")]
    ((rows, inputs),) = sentence_batches(sentences, 4)
    assert sorted(rows) == [0, 1, 2] and all(len(array) == 4 for array in inputs)
    assert not any(array[3].any() for array in inputs)


def test_saved_and_loaded(processor, tmp_path):
    processor.save(tmp_path)
    loaded = CompressionProcessor.load(tmp_path)
    assert (loaded.max_words, loaded.bonus) == (12, 0.25)
    assert loaded.encode("The film.")[1][0].tolist() == processor.encode("The film.")[1][0].tolist()
