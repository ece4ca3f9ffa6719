"""The recipe of the question answering presets."""

import gru_zoo
from gru_zoo import data
from gru_zoo.data.examples import AnsweredQuestion
from recipes.question_answering.baselines import overlap_answer
from recipes.question_answering.passages import start_from_vectors, unanswered
from tests.scripts import finetune, on_torch, run


@on_torch
def test_stories(tmp_path, monkeypatch):
    output = run(
        *("recipes/question_answering/train.py", "question_answering_stories", "--smoke"),
        *("--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home")),
    )
    assert "22 questions, 2 to validate, 1,193 weights" in output and "validation: loss" in output
    folder = tmp_path / "home" / "question_answering_stories"
    task = gru_zoo.load(folder)
    assert task.card.training["epochs"] == 2 and task.card.data[0].examples == 22
    assert "sandra" in task.processor.words and task.processor.answers[0] == "kitchen"

    told = "Mary went to the office."
    asked = AnsweredQuestion("Where is Mary?", told, ("office",), origin="qa1")
    fresh = AnsweredQuestion("Where did Mary go?", told, ("garden",), origin="qa1")
    other = AnsweredQuestion("Who is in the office?", told, ("Mary",), origin="qa2")
    taught = AnsweredQuestion("Who went?", told, ("Mary",), origin="qa2")
    splits = {"en_1k_train": [asked, taught], "en_1k_test": [asked] * 10 + [fresh, other]}
    monkeypatch.setattr(data, "load", lambda name, split, root: splits[split])
    table = run("recipes/question_answering/measure_stories.py", str(folder)).splitlines()
    assert table[0].endswith("| without repeated items | majority | repeated items |")
    assert table[2].startswith("| qa1* |") and table[2].endswith("| 9.1 | 10 |")
    assert table[3].startswith("| qa2 |") and table[3].endswith("| 0.0 | 0 |")
    assert table[5].endswith("| 0.00 | 1 tasks |")

    path = tmp_path / "mine.csv"
    rows = [f"Where is Eve?,{day} Eve ran to the pier.,pier" for day in ("On Monday", "Today")]
    path.write_text("\n".join(["question,context,answer", *rows * 2]), encoding="utf-8")
    output = finetune(
        *(str(folder), "--data", str(path), "--epochs", "1", "--validation", "0.3"),
        *("--save-to", str(tmp_path / "own")),
    )
    assert "held-out accuracy" in output
    assert gru_zoo.load(tmp_path / "own").processor.id_of("eve") > 1


@on_torch
def test_passages(tmp_path):
    output = run(
        *("recipes/question_answering/train.py", "question_answering_passages", "--smoke"),
        *("--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home")),
    )
    assert "22 questions, 2 to validate, " in output
    task = gru_zoo.load(tmp_path / "home" / "question_answering_passages")
    assert task.card.data[0].name == "extractive-qa" and task.card.training["epochs"] == 2
    assert {"mary", "kitchen", "."} < set(task.processor.words)
    start_from_vectors(task)
    words, _ = task.model.get_layer("words"), task.model.get_layer("affixes")
    assert words.get_weights()[0][task.processor.id_of("kitchen")].std() > 0.05


def test_questions_are_asked_about_other_passages():
    long = {name: f"{name} " * 90 for name in ("tea", "coffee", "milk")}
    asked = [
        AnsweredQuestion("What?", text, (name,), group="drinks") for name, text in long.items()
    ] * 20
    single = [AnsweredQuestion("What?", "A short one.", ("one",), group="short")] * 20
    found = unanswered([*asked, *single], seed=0)
    assert 3 <= len(found) <= 20 and not any(row.answer for row in found)
    assert {row.context for row in found} <= set(long.values())


def test_word_overlap_answers_from_the_nearest_sentence():
    context = "Ann baked a cake. The old mill by the river was built of red stone. It rained."
    assert overlap_answer("What was the mill built of?", context) == "red stone"
    assert overlap_answer("What?", "Why not?") == "Why not"
