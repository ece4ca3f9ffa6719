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
        *(
            "--smoke",
            "--work",
            work,
            "--pretrained",
            work,
            "--save-to",
            str(tmp_path),
            "--epochs",
            "1",
        ),
        *("--batch-size", "16"),
    )
    assert "bag of bigrams" in output and "scales" in output
    task = gru_zoo.load(tmp_path / "sentiment_reviews")
    assert task.predict("A fine film.").label in ("negative", "positive")
    assert task.card.training["epochs"] == 1


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
