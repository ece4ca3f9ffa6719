"""Read the texts and summaries, and split them into training and validation data."""

import pathlib
import random
from collections.abc import Sequence

from gru_zoo import data, recipe, training
from gru_zoo.tasks.summarization.source_words import Inflections, words_outside
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
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


# Of each set in `general_examples` the number of pairs, and the number of words of a summary that
# its text may lack.
GENERAL = {
    "congress-press-headlines": (8_000, 1),
    "google-sentence-compression-10k": (8_000, 0),
    "arxiv-cs-titles": (3_000, 0),
}
NEWS = "google-sentence-compression-10k"


def general_examples(
    tokenizer: SubwordTokenizer, root: str | None, seed: int
) -> tuple[dict[str, Pairs], Pairs]:
    """Pairs of several kinds of text whose summaries use the words of their texts.

    Args:
        tokenizer: the tokenizer of the model, in whose vocabulary inflections are looked up.
        root: folder of the data sets.
        seed: seed of the choice of the pairs.

    Returns:
        As `examples`.
    """
    inflections = Inflections.of_vocabulary(tokenizer)
    train, held_out = {}, ([], [])
    for name, (count, outside) in GENERAL.items():
        rows = list(data.load(name, "train", root))
        random.Random(seed).shuffle(rows)
        pairs = [
            (e.text, e.summary)
            for e in rows[: 6 * count]  # enough of them pass
            if len(words_outside(e.summary, e.text, inflections)) <= outside
        ][:count]
        pairs = with_contexts(pairs, seed) if name == NEWS else pairs
        train[name] = tuple(map(list, zip(*pairs, strict=True)))
    for name in ("congress-press-headlines", NEWS):
        for example in data.load(name, "dev", root):
            held_out[0].append(example.text)
            held_out[1].append(example.summary)
    return train, held_out


def with_contexts(pairs: Sequence[tuple[str, str]], seed: int) -> list[tuple[str, str]]:
    """Append up to four sentences of other pairs to every second sentence, as news have more.

    A headline has no full stop, so the one of the summary is removed.
    """
    draw, sentences = random.Random(seed), [text for text, _ in pairs]
    return [
        (
            " ".join([text, *draw.sample(sentences, draw.randint(1, 4))]) if i % 2 else text,
            summary.rstrip(". "),
        )
        for i, (text, summary) in enumerate(pairs)
    ]


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
