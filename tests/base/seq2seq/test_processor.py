import numpy as np
import pytest

from gru_zoo.base.seq2seq.processor import Seq2SeqProcessor
from gru_zoo.text.special_tokens import EOS
from gru_zoo.text.subword_tokenizer import SubwordTokenizer


@pytest.fixture(scope="module")
def processor():
    texts = [f"Das Haus ist {n} Meter hoch. It is {n}!" for n in range(100)]
    tokenizer = SubwordTokenizer.train(texts, 290, case_sensitive=True, character_coverage=1.0)
    return Seq2SeqProcessor(tokenizer, max_length=30)


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


@pytest.mark.parametrize("max_length", [0, 256, 2_000])
def test_what_is_read_at_once_can_be_trained_on(processor, max_length):
    with pytest.raises(ValueError, match=f"max_length from 1 to 255. Received: {max_length}"):
        Seq2SeqProcessor(processor.tokenizer, max_length)


def test_a_text_that_fits_is_one_segment(processor):
    (segment,) = processor.segments("It is 3! It is 4!")
    assert processor.decode(segment[:-1]) == "It is 3! It is 4!"


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_a_text_without_words_has_no_segments(processor, text):
    assert processor.segments(text) == []


def test_a_long_text_is_split_after_sentences(processor):
    text = "Das Haus ist 3 Meter hoch. It is 4!\nIt is 5! " * 5
    segments = processor.segments(text)
    expected = ["Das Haus ist 3 Meter hoch.", "It is 4!", "It is 5!"] * 5
    assert [processor.decode(ids[:-1]) for ids in segments] == expected
    assert all(ids[-1] == EOS for ids in segments)


@pytest.mark.parametrize("text", ["Das Haus ist 3 Meter hoch " * 20, "x" * 300, "a bb " * 99])
def test_nothing_of_a_long_sentence_is_lost(processor, text):
    segments = processor.segments(text)
    assert max(map(len, segments)) <= processor.max_length + 1
    ids = np.concatenate([segment[:-1] for segment in segments])
    assert processor.decode(ids) == text.strip()
    if " " in text:
        for segment in segments:
            assert processor.tokenizer.pieces(segment[:1])[0].startswith("▁")


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
