import argparse
import dataclasses
import pathlib
import sys
from typing import ClassVar

import pytest

from gru_zoo.recipe import options as module
from gru_zoo.recipe.options import (
    add_options,
    add_start_from,
    command,
    parse,
    parser,
    presets_folder,
    replace,
    with_options,
)
from tests.paths import ROOT


@dataclasses.dataclass(frozen=True)
class Settings:
    title: str
    splits: tuple[str, ...] = ()
    epochs: int = 3
    learning_rate: float = 1e-3
    policy: str = "float32"


def test_options_replace_settings_and_make_the_command():
    usual = Settings("A model", ("test",))
    parser = argparse.ArgumentParser()
    add_options(parser, Settings)
    settings = with_options(usual, parser.parse_args(["--epochs", "5", "--title", "My model"]))
    assert settings == Settings("My model", ("test",), 5)
    expected = "python recipes/music/train.py folk --start-from old --title 'My model' --epochs 5"
    assert command("music", "folk", usual, settings, ["runs/old"]) == expected
    of_two = command("music", "folk", usual, usual, ["runs/old", "runs/new"])
    assert of_two == "python recipes/music/train.py folk --start-from old new"


def test_the_usual_settings_need_no_options():
    usual = Settings("A model")
    assert command("music", "folk", usual, usual) == "python recipes/music/train.py folk"


def test_help_names_the_options_there_are(capsys):
    options = parser("Train.", ["folk"], Settings)
    with pytest.raises(SystemExit):
        options.parse_args(["--help"])
    shown = capsys.readouterr().out
    assert "--learning-rate" in shown and "--splits" not in shown
    # What is no option is refused, not taken for the beginning of another one.
    with pytest.raises(SystemExit):
        options.parse_args(["folk", "--work", "runs", "--data", "mine"])


def test_no_epochs_need_a_preset_to_start_from(monkeypatch, capsys):
    options = parser("Train.", ["folk"], Settings)
    add_start_from(options)
    arguments = ["train.py", "folk", "--work", "runs", "--epochs", "0"]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit):
        parse(options)
    assert "--epochs 0 is allowed with --start-from only" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", [*arguments, "--start-from", "a", "b"])
    assert parse(options).start_from == ["a", "b"]


def test_checkpoints_and_presets_must_lie_apart(monkeypatch, capsys):
    parser = argparse.ArgumentParser()
    for option in ("--work", "--save-to"):
        parser.add_argument(option, type=pathlib.Path)
    monkeypatch.setattr(sys, "argv", ["train.py", "--work", "runs", "--save-to", "runs/a/.."])
    with pytest.raises(SystemExit):
        parse(parser)
    assert "must be two folders" in capsys.readouterr().err


@dataclasses.dataclass(frozen=True)
class Config:
    units: int = 8
    joint: bool = True
    classes: int = 2


@dataclasses.dataclass(frozen=True)
class SettingsOfModel:
    NO_OPTIONS: ClassVar = ("classes",)

    title: str
    config: Config = Config()
    seed: int = 1


def test_the_fields_of_a_config_are_options():
    usual = SettingsOfModel("A model", Config(units=16))
    parser = argparse.ArgumentParser()
    add_options(parser, SettingsOfModel)
    args = parser.parse_args(["--units", "32", "--joint", "0", "--seed", "2"])
    settings = with_options(usual, args)
    assert settings == SettingsOfModel("A model", Config(units=32, joint=False), seed=2)
    expected = "python recipes/music/train.py folk --units 32 --joint 0 --seed 2"
    assert command("music", "folk", usual, settings) == expected
    assert with_options(usual, parser.parse_args([])) == usual


@pytest.mark.parametrize("words", [["--classes", "3"], ["--config", "3"], ["--joint", "no"]])
def test_options_that_do_not_exist_are_refused(words, capsys):
    parser = argparse.ArgumentParser()
    add_options(parser, SettingsOfModel)
    with pytest.raises(SystemExit):
        parser.parse_args(words)
    assert "unrecognized" in (err := capsys.readouterr().err) or "expected 0 or 1" in err


def test_only_fields_that_exist_are_replaced():
    usual = SettingsOfModel("A model")
    assert replace(usual, {"classes": 3, "seed": 2}).config == Config(classes=3)
    with pytest.raises(TypeError, match="fields of SettingsOfModel .* Received: layers, unit."):
        replace(usual, {"unit": 3, "layers": 2, "units": 4})


def test_presets_are_saved_in_the_checkout():
    assert presets_folder() == ROOT / "saved_models"
    assert parser("Train.", ["folk"], Settings).get_default("save_to") == ROOT / "saved_models"


def test_an_installed_package_has_no_folder_for_presets(tmp_path, monkeypatch, capsys):
    assert presets_folder(tmp_path) is None
    monkeypatch.setattr(module, "presets_folder", lambda: None)
    monkeypatch.setattr(sys, "argv", ["train.py", "folk", "--work", "runs"])
    with pytest.raises(SystemExit):
        parse(parser("Train.", ["folk"], Settings))
    assert "--save-to is required" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["train.py", "folk", "--work", "runs", "--save-to", "mine"])
    assert parse(parser("Train.", ["folk"], Settings)).save_to == pathlib.Path("mine")
