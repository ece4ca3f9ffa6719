"""Read the texts and summaries, and split them into training and validation data."""

import pathlib

from gru_zoo import data, recipe, training
from recipes.summarization.settings import Settings

ROOT = pathlib.Path(__file__).resolve().parents[2]

Pairs = tuple[list[str], list[str]]


def examples(settings: Settings, root: str | None) -> tuple[dict[str, Pairs], Pairs]:
    """Training texts and summaries by data set, and those of validation of all sets."""
    train: dict[str, Pairs] = {}
    held_out: Pairs = ([], [])
    for name in settings.data:
        rows = data.load(name, "train", root)
        train[name] = [e.text for e in rows], [e.summary for e in rows]
        for example in data.load(name, "dev", root):
            held_out[0].append(example.text)
            held_out[1].append(example.summary)
    return train, held_out


def smoke_examples(settings: Settings) -> tuple[dict[str, Pairs], Pairs]:
    """The same of a table from the tests' fixtures."""
    return own_examples(ROOT / "tests" / "fixtures" / "releases.csv", "body", "headline", settings)


def own_examples(
    path: pathlib.Path, text: str, summary: str, settings: Settings
) -> tuple[dict[str, Pairs], Pairs]:
    """The same of a table without a validation split.

    Args:
        path: the table, a CSV file.
        text: column of the texts.
        summary: column of the summaries.
        settings: settings, of which `held_out` and `seed` are used.
    """
    columns = recipe.read_columns(path, {"--text": text, "--summary": summary})
    rest, held = training.split(len(columns[0]), settings.held_out, settings.seed, "rows")
    train, held_out = ([[c[i] for i in rows] for c in columns] for rows in (rest, held))
    return {"own table": tuple(train)}, tuple(held_out)
