import os
import pathlib
import subprocess
import sys

import gru_zoo

ROOT = pathlib.Path(__file__).resolve().parents[1]


def _run(*command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, cwd=ROOT, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_sentiment(tmp_path):
    work = str(tmp_path / "work")
    pretrain = ("recipes/sentiment/pretrain.py", "--smoke", "--work", work, "--save-to", work)
    _run(*pretrain, "--steps", "6")
    _run(*pretrain, "--resume")
    output = _run(
        "recipes/sentiment/train.py",
        "sentiment_reviews",
        *("--smoke", "--work", work, "--pretrained", work, "--save-to", str(tmp_path)),
        *("--epochs", "1", "--batch-size", "16", "--epsilon", "0.3"),
    )
    assert "bag of bigrams" in output and "scales" in output
    task = gru_zoo.load(tmp_path / "sentiment_reviews")
    assert task.predict("A fine film.").label in ("negative", "positive")
    assert task.card.training["epochs"] == 1


def test_translation(tmp_path):
    work, home = str(tmp_path / "work"), str(tmp_path)
    recipe = ("recipes/translation/train.py", "--smoke", "--work", work, "--save-to", home)
    output = _run(*recipe[:1], "translation_en_fr", *recipe[1:], "--epochs", "1")
    assert "validation BLEU by length penalty" in output
    task = gru_zoo.load(tmp_path / "translation_en_fr")
    assert isinstance(task.translate("I see the cat."), str)
    assert task.processor.languages == ("en", "fr")
    assert task.card.training["epochs"] == 1
    assert [row.examples for row in task.card.data] == [38]


def test_translation_of_own_files_says_what_is_missing(tmp_path):
    command = [sys.executable, "recipes/translation/train.py", "own", "--work", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 2
    assert "--source, --target and --languages go with the preset 'own'" in done.stderr


def test_finetune(preset, tmp_path):
    output = _run(
        *("recipes/finetune.py", "tiny", "--csv", "tests/data/reviews.csv"),
        *("--save-to", str(tmp_path / "mine"), "--epochs", "1"),
    )
    assert "32 texts, classes: negative, positive" in output
    assert gru_zoo.load(tmp_path / "mine").card.labels == ("negative", "positive")


def test_every_recipe_has_a_page_and_a_test():
    folders = {path.parent.name for path in (ROOT / "recipes").glob("*/train.py")}
    tested = {name for name in globals() if name.startswith("test_")}
    for folder in folders:
        assert (ROOT / "recipes" / folder / "README.md").is_file()
        assert f"test_{folder}" in tested
