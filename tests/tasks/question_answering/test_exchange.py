"""Exchanged words, and the rows of one story on one side of a split."""

import numpy as np

from gru_zoo.tasks.question_answering.exchange import Exchange, Group
from gru_zoo.tasks.question_answering.reading import last_mention, sentences_of, words_of
from gru_zoo.tasks.question_answering.training import Row, split_by_context, usual_answers
from recipes.question_answering.kinds import COMPASS, exchange_of


def test_members_take_each_others_place_in_all_forms():
    group = Group((("cat", "cats"), ("mouse", "mice")))
    drawn = [group.draw(np.random.default_rng(seed)) for seed in range(20)]
    kept = {"cat": "cat", "cats": "cats", "mouse": "mouse", "mice": "mice"}
    turned = {"cat": "mouse", "cats": "mice", "mouse": "cat", "mice": "cats"}
    assert all(one in (kept, turned) for one in drawn) and kept in drawn and turned in drawn
    assert group.others("mice") == ("cats", "mice") and group.others("dog") == ()


def test_a_compass_turns_or_is_mirrored():
    steps = {"north": (0, 1), "east": (1, 0), "south": (0, -1), "west": (-1, 0)}
    found = set()
    for seed in range(60):
        drawn = COMPASS.draw(np.random.default_rng(seed))
        found.add(drawn["north"] + drawn["east"])
        for one, other in (("north", "south"), ("east", "west")):  # opposites stay opposites
            assert np.add(steps[drawn[one]], steps[drawn[other]]).tolist() == [0, 0]
        assert all(drawn[name[0]] == drawn[name][0] for name in steps)
    assert len(found) == 8


def test_answers_of_an_exchange():
    exchange = Exchange((Group((("milk",), ("apple",), ("ball",))),))
    assert set(exchange.answers(("milk",))) == {("milk",), ("apple",), ("ball",)}
    assert len(set(exchange.answers(("milk", "ball")))) == 6
    assert list(exchange.answers(("yes",))) == [("yes",)]
    rows = [Row("What?", "Ann has milk.", "Milk"), Row("What?", "Ann slept.", "nothing")]
    assert usual_answers(rows, [exchange] * 2) == ["Milk", "apple", "ball", "nothing"]


def test_only_words_of_the_task_are_exchanged():
    row = Row("Where is he?", "Mary met John and Daniel in the kitchen.", "kitchen")
    groups = {frozenset(sum(group.members, ())) for group in exchange_of("qa1", [row]).groups}
    assert groups == {frozenset({"john", "daniel"})}
    plain = row._replace(question="Where is John?")
    groups = {frozenset(sum(group.members, ())) for group in exchange_of("qa1", [plain]).groups}
    assert groups == {frozenset({"john", "daniel", "mary"})}


def test_questions_about_one_story_stay_together():
    rows = [
        Row("Q", f"{story} one.{' Two.' * asked}", "a") for story in "ABCDEF" for asked in range(3)
    ]
    train, held_out = split_by_context(rows, 0.3, seed=1)
    assert sorted(train + held_out) == list(range(18)) and len(held_out) == 6
    assert not {rows[i].context[0] for i in train} & {rows[i].context[0] for i in held_out}


def test_sentences_have_their_places():
    text = "  Ann slept.\nBob's cat ran!  ... The end"
    sentences = sentences_of(text)
    assert [s.text for s in sentences] == ["Ann slept.", "Bob's cat ran!", "The end"]
    assert all(text[s.start : s.end] == s.text for s in sentences)
    assert words_of("Bob’s CAT, 3!") == ["bob's", "cat", "3"]
    place = last_mention("ann", sentences[0])
    assert text[slice(*place)] == "Ann" and last_mention("an", sentences[0]) is None
