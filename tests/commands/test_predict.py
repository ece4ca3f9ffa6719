import io
import json
import os
import subprocess
import sys

import pytest

import gru_zoo
from gru_zoo.__main__ import main
from gru_zoo.data.tables import Table
from gru_zoo.tasks.sentiment.task import Sentiment
from tests.backends import only_on
from tests.paths import FIXTURES


def test_arguments(preset, capsys):
    assert main(["predict", "tiny", "The film is good.", "The plot is bad."]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("\tThe film is good.")


def test_lines_of_standard_input(preset, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{i}\n" for i in range(100))))
    assert main(["predict", "tiny"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[1] for line in lines] == [*map(str, range(100))]


@only_on("torch", "the lines are read alike on every backend")
def test_a_line_is_answered_before_the_next_one_comes(preset):
    command = [sys.executable, "-m", "gru_zoo", "predict", "tiny"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        for line in ("one", "two"):
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
            assert process.stdout.readline().endswith(f"\t{line}\n")
        process.stdin.close()
    assert process.returncode == 0


def test_objects_of_json(preset, capsys):
    assert main(["predict", "tiny", "--json", "Schön", "b"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "Schön" in first
    label = gru_zoo.load("tiny").predict("b")
    expected = {"input": "b", "prediction": label.label, "score": label.score}
    assert json.loads(second) == expected


def test_one_bad_input_of_many_is_reported(tmp_path, capsys):
    bad, good = tmp_path / "bad.wav", str(FIXTURES / "sounds" / "rising" / "1.flac")
    bad.write_text("no sound")
    assert main(["predict", "speech_digits", good, str(bad), "none.wav", good]) == 1
    output, errors = capsys.readouterr()
    assert [line.split("\t")[1] for line in output.splitlines()] == [good, good]
    assert "bad.wav'" in errors and "'none.wav': Expected" in errors


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "mine.csv"
    rows = "".join(f'{i};"Fine, {i}"\n' for i in range(150))
    path.write_text(f"id;body\n{rows}")
    return path


def test_a_table_gets_the_predictions(preset, table, tmp_path, capsys):
    out = tmp_path / "out.csv"
    arguments = ["--csv", str(table), "--column", "body", "--out", str(out)]
    assert main(["predict", "tiny", *arguments]) == 0
    assert f"150 rows in '{out}'" in capsys.readouterr().out
    rows = [*Table(out).rows()]
    assert [row["id"] for row in rows] == [*map(str, range(150))]
    label = gru_zoo.load("tiny").predict("Fine, 149")
    assert rows[-1] == {
        "id": "149",
        "body": "Fine, 149",
        "prediction": label.label,
        "score": str(label.score),
    }
    assert main(["predict", "tiny", *arguments[:1], str(out), *arguments[2:]]) == 2
    assert "without the columns ['prediction', 'score']" in capsys.readouterr().err


def test_a_failed_table_leaves_the_old_one(preset, table, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out.csv"
    out.write_text("old")

    def fail(self, inputs):
        raise RuntimeError

    monkeypatch.setattr(Sentiment, "predict", fail)
    with pytest.raises(RuntimeError):
        main(["predict", "tiny", "--csv", str(table), "--column", "body", "--out", str(out)])
    assert out.read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["mine.csv", "out.csv", "tiny"]


def test_options_that_do_not_fit(preset, table, capsys):
    csv = ["--csv", str(table)]
    for arguments in (csv, [*csv, "--column", "x", "--out", "o", "an input"]):
        assert main(["predict", "tiny", *arguments]) == 2
        assert "Expected --csv with --column and --out" in capsys.readouterr().err
    assert main(["predict", "tiny", "--csv", str(table), "--column", "text", "--out", "o"]) == 2
    assert "Expected one column 'text'" in capsys.readouterr().err


def test_iter_predict_reads_no_more_than_a_batch_ahead(preset):
    task, read = gru_zoo.load("tiny"), []

    def texts():
        for i in range(100):
            read.append(i)
            yield f"text {i}"

    results = task.iter_predict(texts(), batch_size=8)
    assert next(results) == task.predict("text 0") and len(read) == 8
    assert len([*results]) == 99
    with pytest.raises(TypeError, match="an iterable of inputs. Received: 'abc'"):
        next(task.iter_predict("abc"))
    with pytest.raises(ValueError, match="batches of 1 item or more. Received: 0"):
        next(task.iter_predict(["a"], batch_size=0))
