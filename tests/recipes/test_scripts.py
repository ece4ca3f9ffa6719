"""What holds for all scripts of recipes/."""

import importlib
import runpy
import shlex
import sys

import pytest

import gru_zoo
from gru_zoo import recipe
from gru_zoo.presets import store
from gru_zoo.registry import TASKS
from tests.paths import ROOT
from tests.scripts import on_torch

FILES = sorted((ROOT / "recipes").glob("*/*.py"))
SCRIPTS = [path for path in FILES if "__main__" in path.read_text(encoding="utf-8")]

pytestmark = on_torch


class ParsedError(Exception):
    """Carries the arguments of a script."""


def parse_and_stop(parser):
    raise ParsedError(parser.parse_args())


def module(path):
    return importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def test_all_recipes_are_imported_in_one_process():
    modules = [module(path) for path in FILES]
    assert len({one.__name__ for one in modules}) == len(FILES)
    presets = [importlib.import_module(f"recipes.{task}.settings").PRESETS for task in TASKS]
    names = [name for group in presets for name in group if name != "own"]
    assert len(set(names)) == len(names) > len(TASKS)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_script_runs_by_its_path(path, monkeypatch, capsys):
    # As Python does, where neither the checkout nor its environment has put the root on the path.
    monkeypatch.setattr(sys, "path", [str(path.parent), *(p for p in sys.path if not is_root(p))])
    monkeypatch.setattr(sys, "argv", [str(path), "--help"])
    for name in [name for name in sys.modules if name.split(".")[0] == "recipes"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(SystemExit) as raised:
        runpy.run_path(str(path), run_name="__main__")
    assert raised.value.code == 0 and "usage" in capsys.readouterr().out


def is_root(folder: str) -> bool:
    return folder in ("", str(ROOT))


@pytest.mark.parametrize("preset", sorted(store.presets()))
def test_the_command_of_a_card_has_options_that_exist(preset, monkeypatch):
    card = gru_zoo.card(preset)
    program, script, *arguments = shlex.split(card.training["command"])
    assert (program, script) == ("python", f"recipes/{card.task}/train.py")
    settings = importlib.import_module(f"recipes.{card.task}.settings")
    train = importlib.import_module(f"recipes.{card.task}.train")
    monkeypatch.setattr(sys, "argv", [script, *arguments, "--work", "runs"])
    monkeypatch.setattr("gru_zoo.recipe.parse", parse_and_stop)
    with pytest.raises(ParsedError) as raised:
        train.main()
    args = raised.value.args[0]
    used = recipe.with_options(settings.PRESETS[args.preset], args)
    assert recipe.command(card.task, args.preset, settings.PRESETS[args.preset], used)


@pytest.mark.parametrize("task", TASKS)
def test_a_recipe_has_a_page_and_a_test(task):
    assert (ROOT / "recipes" / task / "README.md").is_file()
    assert (ROOT / "tests" / "recipes" / f"test_{task}.py").is_file()
