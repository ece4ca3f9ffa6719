import json

import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo.data.examples import AnsweredQuestion
from gru_zoo.tasks.question_answering.exchange import Exchange, Group
from gru_zoo.tasks.question_answering.model import Config
from gru_zoo.tasks.question_answering.processor import QuestionAnsweringProcessor
from gru_zoo.tasks.question_answering.results import Answer
from gru_zoo.tasks.question_answering.task import QuestionAnswering
from tests.tiny_card import tiny_card

PEOPLE, ROOMS = ("ann", "bob", "cem"), ("attic", "cellar", "yard")
WORDS = (*PEOPLE, *ROOMS, "is", "slept", "the", "to", "went", "where")
SWAPS = Exchange(tuple(Group(tuple((name,) for name in kind)) for kind in (PEOPLE, ROOMS)))


def rows():
    """Two go to rooms, one of them is asked for."""
    return [
        (
            f"Where is {(one, other)[asked]}?",
            f"{one} went to the {a}. {other} went to the {b}.",
            (a, b)[asked],
        )
        for one in PEOPLE
        for other in PEOPLE
        for a in ROOMS
        for b in ROOMS
        for asked in (0, 1)
        if one != other
    ]


def new_task(answers=ROOMS):
    config = Config("stories", 2 + len(WORDS), len(answers), 6, 16, 2, 2, 0.0)
    processor = QuestionAnsweringProcessor(WORDS, answers, 6, 16)
    card = tiny_card("question_answering", config)
    return QuestionAnswering(gru_zoo.build("question_answering", **vars(config)), processor, card)


@pytest.fixture(scope="module")
def task():
    """Learned to tell where somebody went; shared by tests that do not train it."""
    keras.utils.set_random_seed(1)
    task = new_task()
    task.fit(
        rows(),
        exchanges=[SWAPS] * len(rows()),
        epochs=12,
        batch_size=8,
        learning_rate=0.03,
        verbose=0,
    )
    return task


def test_it_learns_who_went_where(task):
    error, failed = task.evaluate([row[:2] for row in rows()], [row[2] for row in rows()])
    assert error.name == "mean_error" and error.value < 25 and failed.value in (0.0, 1.0)
    story = "Ann went to the attic. Bob went to the yard."
    answer = task.answer("Where is Ann?", story)
    assert answer.text == "attic" and answer.score > 0.5
    assert story[answer.start : answer.end] == "attic"
    assert answer.sentences == ("Ann went to the attic.", "Bob went to the yard.")
    assert "Ann went to the attic." in answer.evidence
    assert 0 < sum(answer.weights) <= 1 + 1e-5


def test_one_question_and_several(task):
    stories = ["Ann went to the attic.", "Bob went to the yard. Ann slept."]
    several = task.answer(["Where is Ann?", "Where is Bob?"], stories)
    for question, story, found in zip(
        ("Where is Ann?", "Where is Bob?"), stories, several, strict=True
    ):
        alone = task.answer(question, story)
        assert alone.text == found.text and alone.score == pytest.approx(found.score, abs=1e-5)
    assert (
        task.predict(("Where is Ann?", stories[0]))
        == task.predict([("Where is Ann?", stories[0])]).pop()
    )
    same = task.answer(["Where is Ann?", "Where is Ann?"], stories[0])
    assert same[0].text == same[1].text and task.answer([], "") == []


@pytest.mark.parametrize(
    ("question", "context"), [("", "Ann slept."), ("?!", "Ann slept."), ("Who?", ""), ("Who?", ".")]
)
def test_nothing_to_read_has_no_answer(task, question, context):
    assert task.answer(question, context) == Answer(None, 1.0)


def test_long_texts_and_other_scripts_are_read(task):
    story = "Bob slept. " * 10_000 + "Ann went to the attic."
    answer = task.answer("Where is Ann?", story)
    assert len(story) > 100_000 and len(answer.sentences) == 16
    assert answer.start is None or story[answer.start : answer.end] == answer.text
    assert task.answer("Где Анна?", "Анна пошла на чердак。安在阁楼。").text in ROOMS
    assert task.answer("x" * 100_000, "y" * 100_000).text in ROOMS


@pytest.mark.parametrize(
    ("question", "context", "error"),
    [
        (3, "Ann slept.", TypeError),
        ("Who?", None, TypeError),
        ("Who?", ["Ann slept."], TypeError),
        (["Who?", "Where?"], ["Ann slept."], ValueError),
    ],
)
def test_what_is_no_question_or_text_is_an_error(task, question, context, error):
    with pytest.raises(error, match="Expected"):
        task.answer(question, context)
    with pytest.raises(TypeError, match="Expected a tuple of a question and its text"):
        task.predict(["Where is Ann?"])


def test_padding_changes_nothing(task):
    short, long = "Ann went to the attic.", "Bob slept. " * 9
    alone = task.answer("Where is Ann?", short)
    beside = task.answer(["Where is Ann?"] * 2, [short, long])[0]
    assert alone.score == pytest.approx(beside.score, abs=1e-5)
    np.testing.assert_allclose(alone.weights, beside.weights, atol=1e-5)


def test_new_words_and_answers_and_none_are_learned(tmp_path):
    task = new_task()
    before = task.model.get_layer("embedding").get_weights()[0]
    own = [("Where is Dee?", "Dee went to the loft.", "Loft"), ("Where is Ann?", "Bob slept.", "")]
    path = tmp_path / "own.csv"
    lines = [",".join(row) for row in [("question", "context", "answer"), *own * 4]]
    path.write_text("\n".join(lines), encoding="utf-8")
    task.fit(path, validation=own, epochs=8, batch_size=4, learning_rate=0.03, verbose=0)
    assert task.processor.words == (*WORDS, "dee", "loft")
    assert task.processor.answers == (*ROOMS, "Loft", "")
    assert task.config.answers == 5 and task.model.get_layer("embedding").input_dim == 16
    assert before.shape == (14, 16)
    found = task.answer([row[0] for row in own], [row[1] for row in own])
    assert [answer.text for answer in found] == ["Loft", None]
    assert found[0].start == own[0][1].index("loft")
    loaded = gru_zoo.load(task.save(tmp_path / "own"))
    assert loaded.answer(*own[0][:2]).text == "Loft"


def test_squad_files_and_wrong_files(tmp_path):
    from gru_zoo.tasks.question_answering.rows import read_rows

    asked = [
        {"question": "Who?", "answers": [{"text": "Ann", "answer_start": 0}]},
        {"question": "Why?", "answers": [], "is_impossible": True},
    ]
    content = {"data": [{"paragraphs": [{"context": "Ann slept.", "qas": asked}]}]}
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert read_rows(path) == [("Who?", "Ann slept.", "Ann"), ("Why?", "Ann slept.", "")]
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match="Expected the JSON format of SQuAD"):
        read_rows(path)
    with pytest.raises(FileNotFoundError, match="Expected a file of questions"):
        read_rows(tmp_path / "missing.csv")
    with pytest.raises(TypeError, match="Expected rows of a question"):
        new_task().fit([("Who?", "Ann slept.")])
    with pytest.raises(ValueError, match="Expected one row or more"):
        new_task().fit([])


def test_evaluate_takes_the_mean_of_the_parts(task):
    inputs = [("Where is Ann?", "Ann went to the attic.")] * 3
    targets = ["attic", "attic", ("moon", "sun")]
    right = task.answer(*inputs[0]).text == "attic"
    error, _ = task.evaluate(inputs, targets, origins=["a", "a", "b"])
    assert error.value == pytest.approx(50.0 if right else 100.0)
    examples = [AnsweredQuestion(*inputs[0], ("attic",), origin="a")]
    assert task.examples(examples) == ([inputs[0]], [("attic",)])
    assert task.from_text("Where is Ann? Ann slept.") == ("Where is Ann?", "Ann slept.")
