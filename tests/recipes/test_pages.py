"""The pages of the recipes and the prose of the cards."""

import runpy

import pytest

import gru_zoo
from gru_zoo.files import read_json
from tests.backends import only_on
from tests.paths import ROOT

SECTIONS = ["What it does", "Results", "Use", "Model", "Data", "Reproduce", "Limits"]
RECIPES = sorted(path.parent.name for path in (ROOT / "recipes").glob("*/train.py"))
SHIPPED = sorted(path.parent.name for path in (ROOT / "saved_models").glob("*/card.json"))
on_torch = only_on("torch", "texts are the same on every backend")


@on_torch
@pytest.mark.parametrize("recipe", RECIPES)
def test_pages_have_equal_sections(recipe):
    folder = ROOT / "recipes" / recipe
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == SECTIONS
    assert text.count("\n") <= 125, "what was tried belongs into HISTORY.md"
    assert (folder / "HISTORY.md").is_file() and "HISTORY.md" in text


@on_torch
@pytest.mark.parametrize("name", SHIPPED)
def test_pages_say_how_to_reproduce_each_preset(name):
    recipe = gru_zoo.card(ROOT / "saved_models" / name).task
    text = (ROOT / "recipes" / recipe / "README.md").read_text(encoding="utf-8")
    section = text.split("\n## Reproduce\n")[1].split("\n## ")[0]
    assert "python recipes/reproduce.py" in section and name in section


@on_torch
@pytest.mark.parametrize("name", SHIPPED)
def test_cards_have_the_texts_of_their_recipe(name):
    folder = ROOT / "saved_models" / name
    card = gru_zoo.card(folder)
    module = runpy.run_path(str(ROOT / "recipes" / card.task / "card_texts.py"))
    if card.task == "sentiment":
        texts = module["texts_of"](name, read_json(folder / "processor.json")["max_length"])
    else:
        texts = module["TEXTS"][name]
    assert {key: getattr(card, key) for key in texts} == texts
