import pytest

from gru_zoo.text.special_tokens import BOS, EOS, PAD, UNK
from gru_zoo.text.subword_tokenizer import SubwordTokenizer


def test_texts_come_back(tokenizer, tmp_path):
    (ids,) = tokenizer.encode(["The FILM is zq 漢."])
    assert tokenizer.decode(ids) == "the film is zq 漢." and UNK not in ids
    assert tokenizer.pieces(ids)[0].startswith("▁") and max(ids) < tokenizer.vocabulary_size
    tokenizer.save(tmp_path)
    assert SubwordTokenizer.load(tmp_path).encode(["The FILM is zq 漢."]) == [ids]
    assert tokenizer.decode([BOS, *ids, EOS, PAD]) == tokenizer.decode(ids)


def test_half_a_surrogate_pair_is_read_as_a_replacement(tokenizer):
    assert tokenizer.encode(["good \ud800"]) == tokenizer.encode(["good \ufffd"])


def test_attached_words_begin_without_the_mark_of_a_start(tokenizer):
    words = tokenizer.encode_words(["good", "good", ""], [False, True, False])
    assert all(words) and words[2] == [UNK]
    assert tokenizer.pieces(words[0])[0].startswith("▁")
    assert not tokenizer.pieces(words[1])[0].startswith("▁")


def test_too_large_a_vocabulary_is_refused():
    with pytest.raises(ValueError, match="vocabulary size that the texts allow. Received: 9000"):
        SubwordTokenizer.train(["good film"], 9_000)


def test_a_model_with_other_special_tokens_is_refused():
    import io

    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["good film"]), model_writer=model, vocab_size=11, minloglevel=2
    )
    with pytest.raises(
        ValueError, match="with padding at id 0. Received: one with padding at id -1"
    ):
        SubwordTokenizer(model.getvalue())


def test_symbols_have_ids_that_no_text_is_encoded_as():
    texts = ["The cat sees two books.", "Le chat voit deux livres."] * 5
    tokenizer = SubwordTokenizer.train(texts, 285, True, 1.0, symbols=["<2de>", "<2fr>"])
    ids = [tokenizer.symbol_id(symbol) for symbol in ("<2de>", "<2fr>")]
    assert None not in ids and len(set(ids)) == 2
    assert tokenizer.symbol_id("<2xx>") is None and tokenizer.symbol_id("▁the") is None
    assert not set(ids) & set(tokenizer.encode(["<2de> The cat <2fr>"])[0])
    assert tokenizer.decode(ids) == ""
