import subprocess
import sys

import pytest

from gru_zoo.__main__ import main
from gru_zoo.cards import Card, MetricRow


def test_list(preset, capsys):
    assert main(["list"]) == 0
    line = next(s for s in capsys.readouterr().out.splitlines() if s.startswith("tiny "))
    assert "sentiment" in line and "a tiny model" in line


def test_card(preset, capsys):
    assert main(["card", "tiny"]) == 0
    assert "random weights" in capsys.readouterr().out


def test_predict_arguments(preset, capsys):
    assert main(["predict", "tiny", "The film is good.", "The plot is bad."]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("\tThe film is good.")


def test_predict_lines_of_standard_input(preset):
    done = subprocess.run(
        [sys.executable, "-m", "gru_zoo", "predict", "tiny"],
        input="one\ntwo\n",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert [line.split("\t")[1] for line in done.stdout.splitlines()] == ["one", "two"]


def test_demo(preset, capsys):
    assert main(["demo", "tiny"]) == 0
    assert "An absolute delight." in capsys.readouterr().out


def test_verify_finds_changed_outputs(preset, capsys, monkeypatch):
    assert main(["verify", "tiny"]) == 0
    monkeypatch.setattr("gru_zoo.task.GOLDEN_TOLERANCE", -1.0)
    assert main(["verify", "tiny"]) == 2
    assert "differs from the recorded one" in capsys.readouterr().err


@pytest.mark.parametrize(("stated", "status"), [(None, 0), (0.123, 1)])
def test_evaluate_compares_with_the_card(preset, capsys, monkeypatch, stated, status):
    from gru_zoo import data
    from gru_zoo.data.source import LabelledText

    examples = [LabelledText("good", "positive"), LabelledText("bad", "negative")]
    monkeypatch.setattr(data, "load", lambda *args, **kwargs: examples)
    import gru_zoo

    rows = gru_zoo.load("tiny").evaluate_split("imdb", "test")
    value = rows[0].value if stated is None else stated
    row = MetricRow("imdb", "test", "accuracy", value, "examples:2")
    card = Card.load(preset).replace(metrics=(row,))
    (preset / "card.json").write_text(card.to_json())
    assert main(["evaluate", "tiny"]) == status
    assert "accuracy" in capsys.readouterr().out


def test_errors_are_one_line(preset, capsys):
    assert main(["predict", "tinny", "x"]) == 2
    assert "Did you mean 'tiny'" in capsys.readouterr().err


def test_nothing_to_evaluate(preset, capsys):
    assert main(["evaluate", "tiny"]) == 1
    assert "no metrics to recompute" in capsys.readouterr().err
