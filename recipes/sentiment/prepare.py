"""Read the labelled texts, and split them into training and validation data."""

import csv
import pathlib

import numpy as np

from gru_zoo import data
from gru_zoo.data.examples import LabelledText
from gru_zoo.data.normalize import normalize
from recipes.sentiment.settings import Settings

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUN = 100  # neighboring reviews that are held out together; a film has at most 30

Examples = list[LabelledText]


def smoke_examples() -> Examples:
    """A few sentences from the tests' fixtures."""
    with open(ROOT / "tests" / "fixtures" / "reviews.csv", newline="", encoding="utf-8") as file:
        return [LabelledText(**row) for row in csv.DictReader(file)]


def examples(settings: Settings, root: str | None) -> tuple[dict[str, Examples], Examples]:
    """Training examples by data set, and the validation examples of all sets."""
    classes = len(settings.labels)
    sentences = data.load(f"sst{classes}", "train", root)
    known = {e.text for e in sentences}
    phrases = [
        e
        for e in data.load(f"sst{classes}", "train_phrases", root)
        if len(e.text.split()) >= settings.min_phrase_words and e.text not in known
    ]
    train, held_out = {"sst": sentences + phrases}, data.load(f"sst{classes}", "dev", root)
    if settings.held_out_reviews:
        reviews = data.load("imdb", "train", root)
        test = {normalize(e.text) for e in data.load("imdb", "test", root)}
        held, rest = in_runs(len(reviews), settings.held_out_reviews, settings.seed)
        kept, train["imdb"] = (
            [reviews[i] for i in rows if normalize(reviews[i].text) not in test]
            for rows in (held, rest)
        )
        held_out = kept + held_out
    return train, held_out


def in_runs(count: int, held: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices to hold out and the others, in runs of neighbors.

    Reviews of one film stand next to each other. Were single reviews held out, validation would
    share its films with training, which the test split does not.

    Args:
        count: number of reviews.
        held: number of reviews to hold out.
        seed: seed of the random choice of runs.
    """
    runs = np.array_split(np.arange(count), max(2, count // RUN))
    order = np.random.default_rng(seed).permutation(len(runs))
    shuffled = np.concatenate([runs[i] for i in order])
    return shuffled[:held], shuffled[held:]
