"""README.md and the pages in docs say what the code does."""

import csv
import pathlib
import re
import shutil

import matplotlib.pyplot as plt
import numpy as np
import pytest
import soundfile

from tests.backends import only_on
from tests.paths import FIXTURES, ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# A block is left out where the line before it says why: <!-- not run: needs the network -->
BLOCK = re.compile(r"(?P<skip><!-- not run: [^>]+ -->\n)?```python\n(?P<code>.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#)(?P<target>[^)#]+)")


def code_of(page):
    """The code of a page that is run, with its line numbers kept and every training cut short."""
    text = page.read_text(encoding="utf-8")
    lines = [""] * len(text.splitlines())
    for block in BLOCK.finditer(text):
        if not block["skip"]:
            start = text.count("\n", 0, block.start("code"))
            code = block["code"].splitlines()
            lines[start : start + len(code)] = code
    return re.sub(r"epochs=\d+", "epochs=1", "\n".join(lines))


def table(name):
    with open(FIXTURES / name, newline="", encoding="utf-8") as file:
        delimiter = "," if name.endswith(".csv") else "\t"
        return [list(column) for column in zip(*csv.reader(file, delimiter=delimiter), strict=True)]


@pytest.fixture
def names(tmp_path, monkeypatch):
    """What the pages call by name without making it, and a folder with their files."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(FIXTURES / "sounds", "my_words")
    shutil.copytree(FIXTURES / "midi", "my_midi_files")
    shutil.copy(FIXTURES / "games.pgn", "my_games.pgn")
    soundfile.write("recording.wav", np.zeros(20_000), 16_000)
    movement = np.random.default_rng(0).normal(size=(100, 6))
    header = "acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z"
    np.savetxt("movement.csv", movement, delimiter=",", header=header, comments="")
    for number in range(12):
        folder = pathlib.Path("my_actions", ("wave", "nod", "shrug")[number % 3])
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / f"{number}.npy", movement + number)
    days = np.datetime64("2024-01-01") + np.arange(90)
    lines = [f"{day},{np.sin(i):.3f}" for i, day in enumerate(days)]
    (tmp_path / "my.csv").write_text("\n".join(["date,sales", *lines]), encoding="utf-8")
    documents, summaries = (column[1:] for column in table("releases.csv"))
    sources, targets = table("pairs.tsv")
    sentences, shorter_sentences = table("shorter.tsv")
    return {
        "texts": [
            f"{text} {i}" for i in range(4) for text in ("It crashes.", "Please add a theme.")
        ],
        "labels": ["bug", "feature"] * 4,
        "abstract": documents[0],
        "documents": documents[:4],
        "summaries": summaries[:4],
        "sources": sources[:4],
        "targets": targets[:4],
        "sentences": sentences[:4],
        "shorter_sentences": shorter_sentences[:4],
        "text": (FIXTURES / "scene.txt").read_text(encoding="utf-8")[:1000],
    }


@only_on("torch", "what the pages call is tested on every backend")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_runs(page, names):
    exec(compile(code_of(page), page, "exec"), names)
    plt.close("all")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for link in LINK.finditer(text):
        assert (page.parent / link["target"]).exists(), link["target"]


def test_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150
