import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_zoo.base.seq2seq.batches import (
    FINE_LENGTHS,
    Seq2SeqBatches,
    shift_right,
    with_shifted_targets,
)
from gru_zoo.base.seq2seq.processor import Seq2SeqProcessor
from gru_zoo.text.sentences import SENTENCE_ENDS
from gru_zoo.text.special_tokens import BOS, EOS
from gru_zoo.text.subword_tokenizer import SubwordTokenizer


@pytest.fixture(scope="module")
def processor():
    texts = [f"Das Haus ist {n} Meter hoch. It is {n}!" for n in range(100)]
    tokenizer = SubwordTokenizer.train(texts, 290, case_sensitive=True, character_coverage=1.0)
    return Seq2SeqProcessor(tokenizer, ("de", "en"), max_length=30)


def pairs(count, longest=60, seed=0):
    """Ids of random lengths that end with EOS, the first of which says which pair it is."""
    random = np.random.default_rng(seed)
    return [
        [[100 + i, *random.integers(4, 99, n), EOS] for i, n in enumerate(lengths)]
        for lengths in random.integers(0, longest - 1, (2, count))
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Das Haus ist 3 Meter hoch.",
        "Große ÄRGER, naïve façade — “quoted” 😀",
        "https://example.org/a?b=1&c=%20#d",
        "3,141.59 € (50%)",
        "これは本です",
    ],
)
def test_every_character_survives(processor, text):
    (ids,) = processor.encode([text])
    assert ids[-1] == EOS and ids.dtype == "int32"
    assert processor.decode(ids[:-1]) == text


@given(st.text("a.! \n\r\t…\u3000", max_size=20))
def test_sentences_end_at_marks_and_lines(text):
    assert SENTENCE_ENDS.split(text) == re.split(r"(?<=[.!?…])\s+|\s*\n\s*", text)


def test_a_run_of_blanks_is_looked_through_once():
    began = time.perf_counter()
    for blanks in (" " * 200_000, "\t \r" * 70_000):
        assert SENTENCE_ENDS.split(f"a{blanks}b.{blanks}c{blanks}\n{blanks}d") == [
            *(f"a{blanks}b.", "c", "d")
        ]
    assert time.perf_counter() - began < 2  # it takes milliseconds; from every blank, minutes


@pytest.mark.parametrize("max_length", [0, 256, 2_000])
def test_what_is_read_at_once_can_be_trained_on(processor, max_length):
    with pytest.raises(ValueError, match=f"max_length from 1 to 255. Received: {max_length}"):
        Seq2SeqProcessor(processor.tokenizer, ("de", "en"), max_length)


def test_a_text_that_fits_is_one_piece(processor):
    (piece,) = processor.pieces("It is 3! It is 4!")
    assert processor.decode(piece[:-1]) == "It is 3! It is 4!"


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_a_text_without_words_has_no_pieces(processor, text):
    assert processor.pieces(text) == []


def test_a_long_text_is_cut_behind_sentences(processor):
    text = "Das Haus ist 3 Meter hoch. It is 4!\nIt is 5! " * 5
    pieces = processor.pieces(text)
    expected = ["Das Haus ist 3 Meter hoch.", "It is 4!", "It is 5!"] * 5
    assert [processor.decode(ids[:-1]) for ids in pieces] == expected
    assert all(ids[-1] == EOS for ids in pieces)


@pytest.mark.parametrize("text", ["Das Haus ist 3 Meter hoch " * 20, "x" * 300, "a bb " * 99])
def test_nothing_of_a_long_sentence_is_lost(processor, text):
    pieces = processor.pieces(text)
    assert max(map(len, pieces)) <= processor.max_length + 1
    ids = np.concatenate([piece[:-1] for piece in pieces])
    assert processor.decode(ids) == text.strip()
    if " " in text:
        for piece in pieces:
            assert processor.tokenizer.pieces(piece[:1])[0].startswith("▁")


def test_save_and_load(processor, tmp_path):
    processor.length_penalty = 0.5
    processor.save(tmp_path)
    again = Seq2SeqProcessor.load(tmp_path)
    assert (again.languages, again.max_length, again.length_penalty) == (("de", "en"), 30, 0.5)
    assert again.encode(["Haus"])[0].tolist() == processor.encode(["Haus"])[0].tolist()


def test_sampled_segmentations_spell_the_same(processor):
    texts = ["Das Haus ist 3 Meter hoch."] * 20
    drawn = processor.sample(texts, 0.1, seed=1)
    assert {processor.decode(ids[:-1]) for ids in drawn} == set(texts)
    assert len({tuple(ids) for ids in drawn}) > 1
    same, other = (processor.sample(texts, 0.1, seed=seed) for seed in (1, 2))
    assert [ids.tolist() for ids in same] == [ids.tolist() for ids in drawn]
    assert [ids.tolist() for ids in other] != [ids.tolist() for ids in drawn]


@pytest.mark.parametrize("text, read", [("a \ud83d b", "a \ufffd b"), ("\ud83d\ude00", "😀")])
def test_half_of_a_surrogate_pair_is_no_character(processor, text, read):
    tokenizer = processor.tokenizer
    assert tokenizer.encode([text, "Das Haus"]) == tokenizer.encode([read, "Das Haus"])
    assert tokenizer.sample([text], 0.1, seed=1) == tokenizer.sample([read], 0.1, seed=1)
    with pytest.raises(TypeError, match="Expected a string or a list of strings. Received at pos"):
        tokenizer.encode([3])


@pytest.mark.parametrize("shuffle", [True, False])
def test_every_pair_occurs_once_an_epoch(shuffle):
    sources, targets = pairs(200)
    batches = Seq2SeqBatches(sources, targets, tokens=256, shuffle=shuffle, seed=1)
    for _ in range(2):
        seen = []
        for (source, read), target in (batches[i] for i in range(len(batches))):
            assert source.dtype == read.dtype == target.dtype == "int32"
            assert target.size <= 256 and target.shape == read.shape
            assert {source.shape[1], target.shape[1]} <= set(FINE_LENGTHS)
            for row in range(len(target)):
                pair = target[row, 0] - 100
                assert source[row][source[row] != 0].tolist() == sources[pair]
                assert target[row][target[row] != 0].tolist() == targets[pair]
                seen.append(pair)
        assert sorted(seen) == list(range(200))
        batches.epoch += 1


def test_batches_are_full():
    sources, targets = pairs(2000, longest=30)
    batches = Seq2SeqBatches(sources, targets, tokens=512)
    filled = np.mean([np.count_nonzero(batches[i][1]) for i in range(len(batches))])
    assert filled > 0.75 * 512


def test_sources_can_be_counted_and_targets_read_whole():
    sources, targets = pairs(200)
    batches = Seq2SeqBatches(
        sources, targets, tokens=256, batch_by="source", make_inputs=with_shifted_targets
    )
    seen = 0
    for (source, asked), target in (batches[i] for i in range(len(batches))):
        assert source.size <= 256
        np.testing.assert_array_equal(asked, target)
        seen += len(source)
    assert seen == 200
    filled = np.mean([np.count_nonzero(batches[i][0][0]) for i in range(len(batches))])
    assert filled > 0.7 * 256


def test_the_order_follows_from_seed_and_epoch():
    def order(seed, epoch):
        batches = Seq2SeqBatches(*pairs(100), tokens=256, seed=seed)
        batches.epoch = epoch
        return [batches[i][1][:, 0].tolist() for i in range(len(batches))]

    assert order(1, 3) == order(1, 3)
    assert order(1, 3) != order(1, 4)
    assert order(1, 3) != order(2, 3)


def test_begun_is_one_step_behind():
    np.testing.assert_array_equal(
        shift_right(np.array([[7, 8, EOS, 0], [9, EOS, 0, 0]])),
        [[BOS, 7, 8, EOS], [BOS, 9, EOS, 0]],
    )


def test_pairs_can_be_drawn_anew():
    sources, targets = pairs(100)
    calls = []

    def draw(rows, seed):
        calls.append(seed)
        return [[5, *sources[i]] for i in rows], [[6, *targets[i]] for i in rows]

    batches = Seq2SeqBatches(sources, targets, tokens=256, resample=draw, seed=1)
    planned, drawn = batches[1], batches[2]
    assert (planned[0][0][:, 0] >= 100).all() and (drawn[0][0][:, 0] == 5).all()
    assert (drawn[1][:, 0] == 6).all() and (drawn[0][1][:, 1] == 6).all()
    first = calls[-1]
    assert batches[2] and calls[-1] == first  # the same again
    batches.epoch += 1
    assert batches[2] and calls[-1] != first


@pytest.mark.parametrize("length, tokens, bound", [(300, 1000, 256), (50, 40, 40)])
def test_pairs_that_do_not_fit_are_refused(length, tokens, bound):
    with pytest.raises(ValueError, match=f"at most {bound} tokens. Received: one of {length}"):
        Seq2SeqBatches([[5] * length], [[5, EOS]], tokens=tokens)
