import numpy as np
import pytest

from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.tasks.text_generation.spelling import Spelling
from gru_zoo.text.character_tokenizer import CharacterTokenizer
from gru_zoo.text.word_tokenizer import WordTokenizer


def names(processor, rest):
    (ids,) = np.nonzero(Spelling(processor).can_spell(rest))
    return set(processor.pieces(ids))


def test_words():
    words = LanguageModelProcessor(WordTokenizer(["like", "Lion", "li", "l", "to", "."]))
    assert names(words, "li") == {"like", "Lion", "li"}
    assert names(words, "x") == set()
    assert Spelling(words).can_spell("").all()
    (like,) = words.encode("like")
    assert Spelling(words).after("li", like) == ""


def test_characters():
    letters = LanguageModelProcessor(CharacterTokenizer("liLk"))
    assert names(letters, "lik") == {"l", "L"}
    (letter,) = letters.encode("l")
    assert Spelling(letters).after("lik", letter) == "ik"


def test_subwords_are_those_that_agree_as_far_as_they_go(subwords):
    tokenizer = subwords.processor.tokenizer
    for name in names(subwords.processor, "the"):
        text = name.removeprefix("▁").lower()
        assert text.startswith("the") or "the".startswith(text)
    (the,) = tokenizer.encode(["the"])
    assert Spelling(subwords.processor).can_spell("th")[the[0]]


@pytest.mark.parametrize("kind", ["task", "subwords", "words"])
def test_completions_begin_with_what_is_typed(kind, request):
    task = request.getfixturevalue(kind)
    assert [word.word for word in task.suggest("the cat xq")] == [
        word.word for word in task.suggest("the cat xq ")
    ]
    found = task.suggester._words("the cat ", 8, 16, "s")
    assert found and all(word.word.lower().startswith("s") for word in found)
