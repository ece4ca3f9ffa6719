import functools

import numpy as np
import pytest

import gru_zoo
from gru_zoo import training
from tests.tasks.text_generation.toy import TEXT, first_logits, new_task


# The pointer does not reach tokens of the word itself.
@pytest.mark.parametrize("kind, tolerance", [("task", 1e-3), ("pointing", 0.02)])
def test_suggestions_are_the_most_likely_words(kind, tolerance, request):
    """Compared with the exact probability of every word of one letter."""
    task = request.getfixturevalue(kind)
    prompt = "the cat "
    can_start, can_continue = task.processor.word_tokens()

    def after(text):
        logits = first_logits(task, text)
        return np.exp(logits - np.logaddexp.reduce(logits))

    first = after(prompt)
    names = {i: task.processor.decode([i]) for i in np.flatnonzero(can_start)}
    words = {}
    for i, a in names.items():
        second = after(prompt + a)
        share = first[i] / first[can_start].sum()
        words[a] = share * second[~can_continue].sum()
    found = {s.word: s.probability for s in task.suggest(prompt, n=16, beam_size=64)}
    singles = {word: p for word, p in found.items() if len(word) == 1}
    assert singles
    for word, probability in singles.items():
        assert probability == pytest.approx(words[word], rel=tolerance)
    assert list(found.values()) == sorted(found.values(), reverse=True)


@pytest.mark.parametrize("kind", ["task", "pointing", "words"])
def test_a_growing_text_is_not_read_again(kind, request, monkeypatch):
    task = request.getfixturevalue(kind)
    texts = ("the ", "the cat sat ", "the cat sat ", "a dog ", "the ")
    texts += ("the cat sat on a mat with a hat in a hut by a lake at noon and a dog ran ",)
    alone = {}
    for text in texts:
        task.suggester.reset()
        alone[text] = task.suggest(text)
    search, read = task.suggester.search(8), []

    def counted(function, ids, *rest):
        read.append(len(ids))
        return function(ids, *rest)

    for owner, name in ((search, "search"), (task.reader, "states_after")):
        monkeypatch.setattr(owner, name, functools.partial(counted, getattr(owner, name)))
    task.suggester.reset()
    for text in texts:
        for now, then in zip(task.suggest(text), alone[text], strict=True):
            assert now.word == then.word
            assert now.probability == pytest.approx(then.probability, rel=1e-4)
    # The last token always; of long texts, all but the last sixteen tokens first.
    if kind == "words":
        assert read == [2, 3, 1, 2, 2, 5, 16]
    else:
        assert read[:5] == [5, 9, 1, 7, 5] and read[-1] == 16
    read.clear()
    task.suggest("the ca")
    task.suggest("the cat")
    task.suggest("the cats")
    assert all(count <= 9 for count in read), "two texts are known at a time"


def fresh_suggestions(task, text):
    task.suggester.reset()
    return task.suggest(text)


def halve(model):
    model.set_weights([weight / 2 for weight in model.get_weights()])


def test_an_interrupted_training_clears_the_cache(task, monkeypatch):
    learner = new_task(task.processor)

    def broken_off(model, *args, **kwargs):
        halve(learner.model)
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "fit", broken_off)
    learner.suggest("the")
    with pytest.raises(KeyboardInterrupt):
        learner.fit(TEXT)
    assert learner.suggest("the cat") == fresh_suggestions(learner, "the cat")


def test_an_empty_text_clears_the_cache(task):
    learner = new_task(task.processor)
    learner.suggest("the")
    halve(learner.model)
    learner.suggest("")
    assert learner.suggest("the cat") == fresh_suggestions(learner, "the cat")


def test_suggest_joins_subwords(subwords):
    for suggestion in subwords.suggest("the cat", n=5):
        assert suggestion.word and " " not in suggestion.word
        assert 0 < suggestion.probability < 1


@pytest.mark.parametrize("kind", ["task", "subwords", "pointing"])
def test_completions_are_the_most_likely_words_of_that_beginning(kind, request):
    task = request.getfixturevalue(kind)
    every = {s.word: s.probability for s in task.suggest("the ", n=64, beam_size=64)}
    for letter in "cdm":
        found = {s.word: s.probability for s in task.suggester._words("the ", 64, 64, letter)}
        assert all(word.lower().startswith(letter) for word in found)
        for word, probability in every.items():
            if word.lower().startswith(letter) and probability > 1e-3:
                assert found[word] == pytest.approx(probability, rel=0.02)


def test_a_word_is_completed_where_a_longer_one_is_clearly_more_likely(words):
    texts = [s.word for s in words.suggest("the d")]
    assert texts == ["dog"]
    assert [s.word for s in words.suggest("The D")] == ["Dog"]
    whole = words.suggest("the cat")
    assert whole == words.suggest("the cat ")


def test_words_of_the_user(words):
    task = new_task(words.processor)
    before = task.suggest("a dog called ")
    task.learn("A dog called Bruxo.\nBruxo sat.")
    assert "Bruxo" in [s.word for s in task.suggest("a dog called ")]
    assert task.suggest("I met Bru")[0].word == "Bruxo"
    task.forget()
    assert task.suggest("a dog called ") == before
    assert task.suggest("I met Bru") == task.suggest("I met Bru ")
    # A text teaches its own words.
    assert task.suggest("Bruxo sat. I met Bru")[0].word == "Bruxo"


def test_words_of_the_user_with_characters(task):
    learner = new_task(task.processor)
    learner.learn("the cat met Bruxo")
    assert "Bruxo" in [s.word for s in learner.suggest("the cat met ", n=5)]
    before = [s.word for s in learner.suggest("the cat met ", n=5)]
    learner.forget()
    assert "Bruxo" not in [s.word for s in learner.suggest("the cat met ", n=5)] != before


def test_sentences_start_with_capitals(words):
    for text in ("", "the cat sat. ", "the cat\n"):
        assert all(s.word[0].isupper() for s in words.suggest(text))
    assert not any(s.word[0].isupper() for s in words.suggest("the cat, "))


def test_the_shipped_keyboard():
    keyboard = gru_zoo.load("text_generation_everyday")
    for text, word in {
        "I would li": "like",
        "I would like": "to",
        "see you tomor": "tomorrow",
        "Thank you so ": "much",
        "i don’": "don't",
        "HOW MU": "Much",
    }.items():
        assert keyboard.suggest(text)[0].word == word, text
    assert keyboard.suggest("My sister is called Zofia. Ask Zo")[0].word == "Zofia"
