import io
import subprocess
import sys

import gru_zoo
from gru_zoo import data
from gru_zoo.__main__ import main
from gru_zoo.cards import Card, MetricRow
from gru_zoo.data.source import LabelledText


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


def test_predict_lines_of_standard_input(preset, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("one\ntwo\n"))
    assert main(["predict", "tiny"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[1] for line in lines] == ["one", "two"]


def test_the_module_is_a_command(preset):
    command = [sys.executable, "-m", "gru_zoo", "card"]
    done = subprocess.run([*command, "tiny"], capture_output=True, text=True)
    assert done.returncode == 0 and "random weights" in done.stdout, done.stderr
    done = subprocess.run([*command, "tinny"], capture_output=True, text=True)
    assert done.returncode == 2 and "Did you mean 'tiny'" in done.stderr


def test_demo(preset, capsys):
    assert main(["demo", "tiny"]) == 0
    assert "An absolute delight." in capsys.readouterr().out


def test_verify_finds_changed_outputs(preset, capsys, monkeypatch):
    assert main(["verify", "tiny"]) == 0
    monkeypatch.setattr("gru_zoo.task.GOLDEN_TOLERANCE", -1.0)
    assert main(["verify", "tiny"]) == 2
    assert "differs from the recorded one" in capsys.readouterr().err


def test_evaluate_compares_with_the_card(preset, capsys, monkeypatch):
    examples = [LabelledText("good", "positive"), LabelledText("bad", "negative")]
    monkeypatch.setattr(data, "load", lambda *args, **kwargs: examples)
    rows = gru_zoo.load("tiny").evaluate_split("imdb", "test")
    for stated, status in ((rows[0].value, 0), (0.123, 1)):
        row = MetricRow("imdb", "test", "accuracy", stated, "examples:2")
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
