from gru_zoo.text.character_tokenizer import CharacterTokenizer
from gru_zoo.text.special_tokens import EOS, UNK


def test_characters_and_ids():
    tokenizer = CharacterTokenizer.train("ba\r\nab c")
    assert tokenizer.characters == " abc" and tokenizer.vocabulary_size == EOS + 1 + 4
    (ids,) = tokenizer.encode(["ca?"])
    assert ids == [EOS + 4, EOS + 2, UNK]
    assert tokenizer.decode(ids) == "ca\ufffd"
    assert tokenizer.pieces([EOS, EOS + 1]) == ["\ufffd", " "]
