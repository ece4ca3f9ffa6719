import io
import os
import subprocess
import sys

import pytest

import gru_zoo
from gru_zoo import data
from gru_zoo.__main__ import main
from gru_zoo.commands.loading import stderr_of_errors
from gru_zoo.data.examples import LabelledText
from gru_zoo.presets.card import Card, MetricRow
from tests.backends import only_on


def test_list(preset, capsys):
    assert main(["list"]) == 0
    line = next(s for s in capsys.readouterr().out.splitlines() if s.startswith("tiny "))
    assert "sentiment" in line and "a tiny model" in line


def test_card(preset, capsys):
    assert main(["card", "tiny"]) == 0
    assert "random weights" in capsys.readouterr().out


def test_version(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"gru-zoo {gru_zoo.__version__}\n"


def test_the_module_is_a_command(preset):
    command = [sys.executable, "-m", "gru_zoo", "card"]
    done = subprocess.run([*command, "tiny"], capture_output=True, text=True)
    assert done.returncode == 0 and "random weights" in done.stdout, done.stderr
    done = subprocess.run([*command, "tinny"], capture_output=True, text=True)
    assert done.returncode == 2 and "Did you mean 'tiny'" in done.stderr


def command_line(*arguments, **env):
    clean = {key: value for key, value in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    command = [sys.executable, "-m", "gru_zoo", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=clean | env)


def test_no_library_logs_between_the_results(preset):
    done = command_line("predict", "tiny", "The film is good.")
    assert done.returncode == 0 and done.stdout.endswith("\tThe film is good.\n")
    assert done.stderr == ""


@only_on("tensorflow", "only TensorFlow logs while it is loaded")
def test_the_log_level_of_the_user_counts(preset):
    done = command_line("predict", "tiny", "The film is good.", TF_CPP_MIN_LOG_LEVEL="0")
    assert done.returncode == 0 and "absl::InitializeLog" in done.stderr


def test_standard_error_is_shown_after_an_error(capfd):
    with stderr_of_errors():
        os.write(2, b"a log line\n")
    assert capfd.readouterr().err == ""
    with pytest.raises(ImportError), stderr_of_errors():
        os.write(2, b"undefined symbol\n")
        raise ImportError
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "undefined symbol\nafterwards\n"


def test_demo(preset, capsys):
    assert main(["demo", "tiny"]) == 0
    assert "An absolute delight." in capsys.readouterr().out


def test_verify_finds_changed_outputs(preset, capsys, monkeypatch):
    assert main(["verify", "tiny"]) == 0
    monkeypatch.setattr("gru_zoo.base.golden.TOLERANCE", -1.0)
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


def test_metrics_that_are_not_recomputed_are_named(preset, capsys, monkeypatch):
    examples = [LabelledText("good", "positive"), LabelledText("bad", "negative")]
    monkeypatch.setattr(data, "load", lambda *args, **kwargs: examples)
    row = MetricRow("imdb", "test", "rightness", 0.5, "examples:2")
    (preset / "card.json").write_text(Card.load(preset).replace(metrics=(row,)).to_json())
    assert main(["evaluate", "tiny"]) == 1
    assert "Not recomputed: rightness on imdb, test." in capsys.readouterr().err


def test_a_card_that_cannot_be_read_is_left_out(preset, capsys):
    other = preset.parent / "newer"
    other.mkdir()
    (other / "card.json").write_text(
        Card.load(preset).to_json().replace('"schema": 1', '"schema": 9')
    )
    with pytest.warns(UserWarning, match="Preset 'newer' is left out: .*schema"):
        assert main(["list"]) == 0
    found = capsys.readouterr().out
    assert "\ntiny " in f"\n{found}" and "newer" not in found
    with pytest.warns(UserWarning, match="Preset 'newer' is left out"):
        assert "tiny" in gru_zoo.list_models("sentiment")


@only_on("torch", "a closed pipe has no part in a backend")
def test_a_reader_may_have_enough(preset):
    command = f"{sys.executable} -m gru_zoo predict tiny {'x ' * 20_000} | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "gru-zoo:" not in done.stderr and "Traceback" not in done.stderr


def test_a_name_of_no_home_is_a_file_like_any_other(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["predict", "speech_digits", "~nobody.wav"]) == 1
    assert "Received: '~nobody.wav', which is no file" in capsys.readouterr().err


def test_errors_are_one_line(preset, capsys):
    assert main(["predict", "tinny", "x"]) == 2
    assert "Did you mean 'tiny'" in capsys.readouterr().err


def test_nothing_to_evaluate(preset, capsys):
    assert main(["evaluate", "tiny"]) == 1
    assert "no metrics to recompute" in capsys.readouterr().err


def test_characters_that_a_terminal_lacks_are_escaped(preset, monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert main(["predict", "tiny", "Ça va 😀"]) == 0
    assert written.getvalue().decode("ascii").strip().endswith("\\xc7a va \\U0001f600")


def test_a_preset_without_its_package_is_passed_over(preset, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "chess", None)
    for module in [name for name in sys.modules if name.startswith("gru_zoo.tasks.chess")]:
        monkeypatch.delitem(sys.modules, module)
    for command in ("demo", "verify"):
        assert main([command, "chess_moves", "tiny"]) == 1
        output = capsys.readouterr()
        assert "tiny" in output.out and "chess_moves" not in output.out
        assert "gru-zoo: chess_moves:" in output.err and "gru-zoo[chess]" in output.err
