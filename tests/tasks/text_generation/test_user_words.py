import pytest

from gru_zoo.tasks.text_generation.user_words import UserWords

KNOWN = {"i", "met", "the", "cat", "dog"}


@pytest.fixture
def user():
    return UserWords(lambda word: word.lower() in KNOWN)


def test_nothing_learned_changes_nothing(user):
    words = {"cat": 0.5, "dog": 0.25}
    assert user.mix(words, ["the"]) == words


def test_new_words_and_followers_are_mixed_in(user):
    user.learn("I met Bruxo.\nI met the cat.")
    mixed = user.mix({"the": 0.5, "cat": 0.1}, ["I", "met"])
    # The new word has 0.02; "met" was followed by 2 different words in 2 places, share 2 / (2 + 8).
    p = {"the": 0.98 * 0.5, "cat": 0.98 * 0.1, "Bruxo": 0.02}
    for _ in range(2):  # after "met", then after "I met"
        p = {word: 0.8 * value + (0.1 if word != "cat" else 0) for word, value in p.items()}
    assert mixed == pytest.approx(p)


def test_typed_letters_leave_the_words_that_begin_with_them(user):
    user.learn("Bruxo met Brahms")
    assert set(user.mix({}, [], "bru")) == {"Bruxo"}
    assert set(user.mix({}, ["met"], "br")) == {"Bruxo", "Brahms"}


def test_case_and_usual_writing(user):
    user.learn("iPod iPod IPOD")
    assert set(user.mix({}, [])) == {"iPod"}
    assert set(user.mix({"IPod": 0.1}, [])) == {"IPod"}


def test_lines_are_apart_and_all_is_forgotten(user):
    user.learn("the\nBruxo")
    assert user.mix({}, ["the"])["Bruxo"] == pytest.approx(0.02)
    user.forget()
    assert user.mix({"cat": 0.5}, ["the"]) == {"cat": 0.5}
