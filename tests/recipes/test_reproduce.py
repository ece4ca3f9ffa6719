import argparse
import runpy
import shlex
import shutil
import sys

import pytest

import gru_zoo
from tests.backends import only_on
from tests.scripts import ROOT, run

SCRIPT = "recipes/reproduce.py"
SHIPPED = sorted(path.parent.name for path in (ROOT / "saved_models").glob("*/card.json"))
FOLDERS = {"--work", "--save-to", "--data-dir", "--pretrained", "--untested"}
on_torch = only_on("torch", "a dry run is the same on every backend")


@pytest.fixture
def names(monkeypatch):
    """Functions and constants of the script."""
    monkeypatch.syspath_prepend(str(ROOT / "recipes"))
    yield runpy.run_path(str(ROOT / SCRIPT))
    del sys.modules["chains"]


class Parsed(Exception):
    """Raised once a script has parsed its arguments."""


def commands(preset: str, *arguments: str) -> list[list[str]]:
    """Commands of a dry run, as words without `python`."""
    printed = run(SCRIPT, preset, "--work", "runs", "--dry-run", *arguments).splitlines()
    return [shlex.split(line)[1:] for line in printed if line.startswith("python ")]


def settings(words: list[str]) -> dict[str, list]:
    """Options of a training that a card records: names of folders in place of paths."""

    def value(word):
        try:
            return float(word)
        except ValueError:
            return word.split("/")[-1]

    starts = [i for i, word in enumerate(words) if word.startswith("--")] + [len(words)]
    pairs = zip(starts, starts[1:], strict=False)
    options = {words[i]: [value(word) for word in words[i + 1 : j]] for i, j in pairs}
    return {key: options[key] for key in options.keys() - FOLDERS}


@on_torch
def test_every_shipped_preset_has_a_chain(names):
    assert sorted(names["CHAINS"]) == SHIPPED
    required = names["REQUIRED"]
    assert required.keys() | set(required.values()) <= set(SHIPPED)
    assert not required.keys() & set(required.values()), "a chain runs one other at most"


@on_torch
@pytest.mark.parametrize("preset", SHIPPED)
def test_the_last_command_is_the_one_in_the_card(preset):
    last = commands(preset, "--data-dir", "DATA")[-1]
    recorded = shlex.split(gru_zoo.card(ROOT / "saved_models" / preset).training["command"])[1:]
    assert last[:2] == recorded[:2]
    assert settings(last) == settings(recorded)
    assert last[last.index("--save-to") + 1] == "runs/presets"


@on_torch
@pytest.mark.parametrize("preset", SHIPPED)
def test_every_script_takes_its_options(preset, names, monkeypatch):
    parse = argparse.ArgumentParser.parse_args

    def parse_and_stop(self, args=None, namespace=None):
        parse(self, args, namespace)
        raise Parsed

    for script, *words in commands(preset, "--data-dir", "DATA"):
        more = [] if script in names["PLAIN"] else ["--resume", "--smoke"]
        with monkeypatch.context() as patch, pytest.raises(Parsed):
            patch.setattr(argparse.ArgumentParser, "parse_args", parse_and_stop)
            run(script, *words, *more)


@on_torch
@pytest.mark.parametrize("preset", SHIPPED)
def test_every_input_is_an_earlier_output(preset, names):
    required = names["REQUIRED"].get(preset)
    written = {str(ROOT / "presets" / required)} if required else set()
    for words in names["chain_of"](preset):
        words = names["filled"](words, preset, ROOT / "runs", ROOT / "presets", smoke=False)
        inputs = settings(words).keys() & {"--start-from", "--teachers", "--beside", "--taught"}
        inputs |= {"--lessons", "--pretrained"} & set(words)
        for name in inputs:
            begin = words.index(name) + 1
            end = next((i for i in range(begin, len(words)) if words[i][:2] == "--"), len(words))
            assert set(words[begin:end]) <= written, (preset, name)
        output = names["output_of"](words)
        written |= {str(output), str(output.parent)}


@on_torch
def test_reproduce_in_a_smoke_run(tmp_path):
    arguments = ("music_chorales", "--smoke", "--work", str(tmp_path))
    printed = run(SCRIPT, *arguments)
    assert printed.startswith("python recipes/music/train.py music_chorales --work")
    assert gru_zoo.card(tmp_path / "presets" / "music_chorales").training["minutes"] == 0
    assert "skipped" not in printed and "skipped" in run(SCRIPT, *arguments)
    shutil.rmtree(tmp_path / "presets")  # so the command runs again and resumes its training
    assert "skipped" not in run(SCRIPT, *arguments)
    assert "minutes" not in gru_zoo.card(tmp_path / "presets" / "music_chorales").training


@on_torch
def test_a_failing_command_stops_the_chain(tmp_path):
    (tmp_path / "music_folk").mkdir()
    (tmp_path / "music_folk" / "last").write_text("a file where a folder is expected")
    with pytest.raises(SystemExit) as error:
        run(SCRIPT, "music_folk", "--smoke", "--work", str(tmp_path))
    assert error.value.code == 1
    assert not (tmp_path / "music_folk" / "finished.txt").exists()


@on_torch
def test_no_smoke_run_of_a_chain_that_cannot_have_one(capsys):
    with pytest.raises(SystemExit):
        run(SCRIPT, "translation_en_de_captions", "--smoke", "--dry-run")
    assert "recipes/translation/distil.py" in capsys.readouterr().err
