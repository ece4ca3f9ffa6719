import numpy as np
import pytest

from gru_zoo.tasks.compression.batches import SENTENCE_LENGTHS, SentenceBatches, sentence_batches
from gru_zoo.tasks.compression.processor import MAX_PIECES, CompressionProcessor


@pytest.fixture
def processor(tokenizer):
    return CompressionProcessor(tokenizer, max_words=12, bonus=0.25)


def test_the_longest_text_fits_the_last_length():
    assert SENTENCE_LENGTHS[-1] == 128 * MAX_PIECES + 2


def test_batches(processor):
    sentences = [processor.encode(text)[1] for text in ("The film.", "Good.", "The plot is bad.")]
    labels = [np.arange(len(sentence[3]), dtype="int32") for sentence in sentences]
    batches = SentenceBatches(sentences, labels, batch_size=3, shuffle=False, lengths=(32, 64))
    (ids, firsts, lasts, kinds), targets = batches[0]
    assert ids.shape == firsts.shape == lasts.shape == kinds.shape == targets.shape == (3, 32)
    row = int(np.flatnonzero((kinds > 0).sum(axis=1) == 7)[0])
    np.testing.assert_array_equal(kinds[row, :7], sentences[2][3])
    np.testing.assert_array_equal(targets[row, :7], labels[2])


def test_no_batch_leaves_out_part_of_a_sentence(processor):
    _, sentence = processor.encode("The film. " * 12)
    labels = np.arange(len(sentence[3]), dtype="int32")
    with pytest.raises(ValueError, match="at most 16 ids. Received: one of"):
        SentenceBatches([sentence], [labels], batch_size=1, lengths=(8, 16))
    long = tuple(np.tile(array, 99) for array in sentence)
    with pytest.raises(ValueError, match="at most 1026 ids. Received: one of"):
        next(sentence_batches([long], 1))


def test_batches_for_prediction_have_rows_of_zeros(processor):
    sentences = [processor.encode(text)[1] for text in ("The film.", "Good.", "The plot is bad.")]
    ((rows, inputs),) = sentence_batches(sentences, 4)
    assert sorted(rows) == [0, 1, 2] and all(len(array) == 4 for array in inputs)
    assert not any(array[3].any() for array in inputs)
