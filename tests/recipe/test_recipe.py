import argparse
import csv
import dataclasses
import pathlib
import platform
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo.recipe.options import add_options, add_start_from, command, parse, parser, with_options
from gru_zoo.recipe.run import FASTEST, with_policy
from gru_zoo.recipe.start import earlier, fitted_tokenizer, go_on_from
from gru_zoo.recipe.table import read_columns
from gru_zoo.tasks.text_generation.model import Config, build
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.tasks.text_generation.task import TextGeneration
from gru_zoo.text.character_tokenizer import CharacterTokenizer
from tests.backends import only_on
from tests.tiny_card import tiny_card


@dataclasses.dataclass
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
    knobs = with_options(usual, parser.parse_args(["--epochs", "5", "--title", "My model"]))
    assert knobs == Settings("My model", ("test",), 5)
    expected = "python recipes/music/train.py folk --start-from old --title 'My model' --epochs 5"
    assert command("music", "folk", usual, knobs, ["runs/old"]) == expected
    of_two = command("music", "folk", usual, usual, ["runs/old", "runs/new"])
    assert of_two == "python recipes/music/train.py folk --start-from old new"


def test_help_names_the_options_there_are(capsys):
    options = parser("Train.", ["folk"], Settings)
    with pytest.raises(SystemExit):
        options.parse_args(["--help"])
    shown = capsys.readouterr().out
    assert "--learning-rate" in shown and "--splits" not in shown
    # What is no option is refused, not taken for the beginning of another one.
    with pytest.raises(SystemExit):
        options.parse_args(["folk", "--work", "runs", "--data", "mine"])


def test_a_vocabulary_is_kept_for_the_same_training_alone(tmp_path):
    texts = ["a cat sees two cats", "two dogs see a cat"] * 9
    first = fitted_tokenizer(tmp_path, texts, 272, resume=False)
    assert fitted_tokenizer(tmp_path, [], 280, resume=True).model == first.model
    assert fitted_tokenizer(tmp_path, texts, 270, resume=False).vocabulary_size == 270


def test_the_usual_settings_need_no_options():
    usual = Settings("A model")
    assert command("music", "folk", usual, usual) == "python recipes/music/train.py folk"


def _writer(**options):
    config = Config(**{"vocabulary_size": 9, "embedding_dim": 4, "units": 5, **options})
    card = tiny_card("text_generation", config)
    return TextGeneration(
        build(config), LanguageModelProcessor(CharacterTokenizer.train("abcd")), card
    )


def test_a_training_goes_on_from_layers_of_the_same_sizes():
    before, later = _writer(memory=3, key_dim=2), _writer()
    go_on_from(later, before)  # without the pointer
    for name in ("embedding", "gru_1", "gru_2", "projection"):
        for old, new in zip(
            *(t.model.get_layer(name).weights for t in (before, later)), strict=True
        ):
            assert keras.ops.all(old == new)
    with pytest.raises(SystemExit, match="settings with which 'tiny' was trained"):
        go_on_from(_writer(units=6), before)


def test_a_training_goes_on_from_the_mean_of_presets(tmp_path):
    for name, options in (("a", {}), ("b", {}), ("c", {"units": 6})):
        _writer(**options).save(tmp_path / name)
    one, other = (gru_zoo.load(tmp_path / name).model.get_weights() for name in "ab")
    folders = [str(tmp_path / name) for name in "abc"]
    found = earlier(folders[:2])
    assert found.card.name == "a"
    for mean, *parts in zip(found.model.get_weights(), one, other, strict=True):
        np.testing.assert_allclose(mean, np.mean(parts, axis=0), atol=1e-6)
    with pytest.raises(SystemExit, match="weights of other shapes in '.*c' than in '.*a'"):
        earlier(folders)


def test_no_training_goes_with_presets_to_start_from(monkeypatch, capsys):
    options = parser("Train.", ["folk"], Settings)
    add_start_from(options)
    arguments = ["train.py", "folk", "--work", "runs", "--epochs", "0"]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit):
        parse(options)
    assert "--epochs 0 goes with --start-from" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", [*arguments, "--start-from", "a", "b"])
    assert parse(options).start_from == ["a", "b"]


def test_checkpoints_and_presets_lie_apart(monkeypatch, capsys):
    parser = argparse.ArgumentParser()
    for option in ("--work", "--save-to"):
        parser.add_argument(option, type=pathlib.Path)
    monkeypatch.setattr(sys, "argv", ["train.py", "--work", "runs", "--save-to", "runs/a/.."])
    with pytest.raises(SystemExit):
        parse(parser)
    assert "must be two folders" in capsys.readouterr().err


def test_the_policy_is_the_one_asked_for_or_one_that_was_measured(tmp_path, monkeypatch):
    before = keras.mixed_precision.dtype_policy()
    try:
        for asked, policies in (
            (FASTEST, ("float32", "mixed_bfloat16")),
            ("float32", ("float32",)),
            ("mixed_bfloat16", ("mixed_bfloat16",)),
        ):
            knobs = with_policy(Settings("A model", policy=asked), tmp_path / asked)
            assert knobs.policy in policies
            assert keras.mixed_precision.dtype_policy().name == knobs.policy
        # A training goes on in the policy it began with, whatever is faster now.
        for now in ("float32", "mixed_bfloat16"):
            monkeypatch.setattr("gru_zoo.recipe.run.fastest_policy", lambda now=now: now)
            first = with_policy(Settings("A model", policy=FASTEST), tmp_path / now)
            monkeypatch.setattr("gru_zoo.recipe.run.fastest_policy", lambda: "float16")
            again = with_policy(Settings("A model", policy=FASTEST), tmp_path / now)
            assert first.policy == again.policy == now
    finally:
        keras.mixed_precision.set_global_policy(before)


# Faults of pages while large arrays are made and dropped again.
FAULTS = """
    import resource
    import numpy as np
    from gru_zoo.recipe import tune_malloc

    def faults():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(8):
            np.full(2_000_000, 1.0)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    usual = faults()
    assert tune_malloc()
    faults()
    print(usual, faults())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
@only_on("torch", "the C library keeps the memory")
def test_freed_memory_is_kept():
    script = [sys.executable, "-c", textwrap.dedent(FAULTS)]
    usual, kept = subprocess.run(script, capture_output=True, text=True, check=True).stdout.split()
    assert int(kept) < int(usual) / 4


def test_columns_of_a_table(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text('\ufeffbody,n,title\n"Two,\nlines",1,A\nB,2,C\n', encoding="utf-8")
    columns = {"--text": "body", "--summary": "title"}
    assert read_columns(path, columns) == [["Two,\nlines", "B"], ["A", "C"]]
    message = (
        r"columns 'text' and 'title' in .* Received: \['body', 'n', 'title'\]. Name yours with"
    )
    with pytest.raises(SystemExit, match=message):
        read_columns(path, columns | {"--text": "text"})
    path.write_text("body,title\n")
    with pytest.raises(SystemExit, match="Expected rows with .* below the header .*: none among 0"):
        read_columns(path, columns)


COLUMNS = {"--text": "text", "--label": "label"}


def test_rows_without_a_value_are_left_out(tmp_path, capsys):
    path = tmp_path / "mine.csv"
    path.write_text("text,label\nGood,yes\nBad, \n,no\nlonely\n")
    assert read_columns(path, COLUMNS) == [["Good"], ["yes"]]
    assert "3 of 4 rows lack 'text' or 'label': left out." in capsys.readouterr().out
    path.write_text("text,label\n,\n")
    with pytest.raises(SystemExit, match="Expected rows with 'text' and 'label' .* none among 1"):
        read_columns(path, COLUMNS)


def test_a_cell_may_be_long(tmp_path):
    path, limit = tmp_path / "mine.csv", csv.field_size_limit()
    path.write_text(f"text,label\n{'a' * (limit + 1)},yes\n")
    ((text,), _) = read_columns(path, COLUMNS)
    assert len(text) == limit + 1 and csv.field_size_limit() == limit


def test_a_table_is_a_file_of_utf_8(tmp_path):
    path = tmp_path / "mine.csv"
    with pytest.raises(SystemExit, match="Expected a CSV file. Received: '.*mine.csv': No such"):
        read_columns(path, COLUMNS)
    path.write_bytes("text,label\nsch\xf6n,yes\n".encode("latin-1"))
    with pytest.raises(SystemExit, match="mine.csv', of another encoding .* Save it as UTF-8"):
        read_columns(path, COLUMNS)
