"""Draw the pictures of README.md into docs/images: python tools/pictures.py.

Each shows what a preset does on an input.
"""

import pathlib
import sys

import matplotlib
import matplotlib.figure

matplotlib.use("agg")

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import gru_zoo  # noqa: E402

FOLDER = ROOT / "docs" / "images"
MAX_BYTES = 80_000


def explain() -> matplotlib.figure.Figure:
    sentiment = gru_zoo.load("sentiment")
    axes = gru_zoo.plot.explain(
        sentiment.explain("The music is lovely, but the ending ruins everything.")
    )
    axes.figure.set_size_inches(6, 3.2)
    return axes.figure


def attention() -> matplotlib.figure.Figure:
    translator = gru_zoo.load("translation_en_fr")
    axes = gru_zoo.plot.attention(translator.attention("A black dog jumps over a small fence."))
    axes.set_xlabel("English source")
    axes.set_ylabel("French translation")
    axes.figure.set_size_inches(6, 4)
    return axes.figure


def piano_roll() -> matplotlib.figure.Figure:
    axes = gru_zoo.plot.piano_roll(gru_zoo.load("music").compose(bars=8, key="G", seed=1))
    axes.figure.set_size_inches(7, 2.4)
    return axes.figure


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for draw in (explain, attention, piano_roll):
        path = FOLDER / f"{draw.__name__}.png"
        # The version of matplotlib stays out of the file, so that it changes with the picture.
        draw().savefig(path, dpi=110, metadata={"Software": None})
        size = path.stat().st_size
        print(f"{path.relative_to(ROOT)}: {size:,} bytes")
        if size > MAX_BYTES:
            raise SystemExit(f"Expected a picture of at most {MAX_BYTES:,} bytes.")


if __name__ == "__main__":
    main()
