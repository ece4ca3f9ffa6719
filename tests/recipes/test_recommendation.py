"""The recipe of the recommendation presets."""

import pytest

import gru_zoo
from gru_zoo.data import purchase_sequences
from recipes.recommendation.prepare import SMOKE_LOG
from tests.scripts import finetune, on_torch, run

pytestmark = on_torch
TRAIN = "recipes/recommendation/train.py"


def folders(tmp_path):
    return "--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home")


def test_a_preset_in_a_smoke_run(tmp_path):
    output = run(TRAIN, "recommendation_beauty", "--smoke", "--untested", *folders(tmp_path))
    assert "90 users, 487 interactions, 22 items" in output and "validation: ndcg_10" in output
    task = gru_zoo.load(tmp_path / "home" / "recommendation_beauty")
    assert task.card.training["epochs"] == 2 and task.card.data[0].examples == 90


def test_a_table_of_ones_own(tmp_path):
    columns = ("--time", "day", "--item-title", "title", "--csv", str(SMOKE_LOG))
    run(TRAIN, "own", "--smoke", *columns, *folders(tmp_path))
    task = gru_zoo.load(tmp_path / "home" / "own")
    found = task.recommend(["P201"], n=3)  # a kettle
    assert "Pour-over dripper" in [one.title for one in found]
    assert task.card.data[0].name == "own table"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--csv", "missing.csv"), "Expected a table. Received: 'missing.csv'"),
        (("--csv", str(SMOKE_LOG), "--user", "who"), "Expected one column 'who'"),
        (("--csv", str(SMOKE_LOG), "--time", "title"), "Expected times as numbers"),
    ],
)
def test_tables_that_cannot_be_read(options, message, tmp_path):
    with pytest.raises(SystemExit, match=message):
        run(TRAIN, "own", "--smoke", *options, *folders(tmp_path))


def test_a_table_belongs_to_own_alone(tmp_path, capsys):
    with pytest.raises(SystemExit):
        run(TRAIN, "own", *folders(tmp_path))
    assert "--csv is for the preset 'own' alone" in capsys.readouterr().err


def test_baselines(monkeypatch):
    """Of a user who goes on as all others do, the counts know the next item."""
    circle = [f"i{number}" for number in range(30)]
    content = "".join(
        f"{user} {circle[(user + place) % 30]}\n" for user in range(30) for place in range(6)
    )
    monkeypatch.setattr("gru_zoo.data.plain_text.published", lambda *given: content)
    name = "amazon_games_seq"
    counts = {"train": 30, "validation": 30, "test": 30}
    monkeypatch.setitem(purchase_sequences.COUNTS, name, counts)
    monkeypatch.setitem(purchase_sequences.INTERACTIONS, name, 180)
    output = run("recipes/recommendation/baselines.py", name, "--split", "test").splitlines()
    assert output[0] == f"| {name}, test | ndcg_10 | hit_rate_10 |"
    assert output[3].endswith("| 1.0000 | 1.0000 |") and output[4].endswith("| 1.0000 | 1.0000 |")
    assert not output[2].endswith("1.0000 |")


def test_finetune_on_a_table(tmp_path):
    run(TRAIN, "recommendation_beauty", "--smoke", "--untested", *folders(tmp_path))
    log = tmp_path / "log.csv"
    log.write_text("user,item\n" + "".join(f"{u},P101\n{u},new\n{u},P102\n" for u in range(9)))
    output = finetune(
        *(str(tmp_path / "home" / "recommendation_beauty"), "--data", str(log), "--epochs", "1"),
        *("--save-to", str(tmp_path / "mine"), "--validation", "0.5"),
    )
    assert "27 interactions of 9 users" in output and "held-out ndcg_10" in output
    assert gru_zoo.load(tmp_path / "mine").processor.number("new") == 23
