"""The recipe of the question answering presets."""

import gru_zoo
from gru_zoo import data
from gru_zoo.data.examples import AnsweredQuestion
from tests.scripts import finetune, on_torch, run


@on_torch
def test_stories(tmp_path, monkeypatch):
    output = run(
        *("recipes/question_answering/train.py", "question_answering_stories", "--smoke"),
        *("--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home")),
    )
    assert "22 questions, 2 to validate, 3 answers" in output and "validation: accuracy" in output
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
    table = run("recipes/question_answering/measure.py", str(folder)).splitlines()
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
