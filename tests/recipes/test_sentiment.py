"""The recipe of the sentiment presets."""

import numpy as np

import gru_zoo
from recipes.sentiment.phrase_augmentation import exchange_phrases
from recipes.sentiment.prepare import in_runs
from tests.scripts import on_torch, run


@on_torch
def test_sentiment(tmp_path):
    work = str(tmp_path / "work")
    pretrain = ("recipes/sentiment/pretrain.py", "--smoke", "--work", work, "--save-to", work)
    run(*pretrain, "--steps", "6")
    run(*pretrain, "--resume")
    output = run(
        "recipes/sentiment/train.py",
        "sentiment_reviews",
        *("--smoke", "--work", work, "--pretrained", work, "--save-to", str(tmp_path)),
        *("--epochs", "1", "--batch-size", "16", "--epsilon", "0.3"),
    )
    assert "bag of bigrams" in output and "scales" in output
    task = gru_zoo.load(tmp_path / "sentiment_reviews")
    assert task.predict("A fine film.").label in ("negative", "positive")
    assert task.card.training["epochs"] == 1
    assert task.processor.max_length == 1024
    run(
        "recipes/sentiment/train.py",
        "sentiment_reviews",
        *("--smoke", "--work", work, "--save-to", str(tmp_path / "shorter")),
        *("--start-from", str(tmp_path / "sentiment_reviews"), "--epochs", "0"),
        *("--max-length", "300"),
    )
    shorter = gru_zoo.load(tmp_path / "shorter" / "sentiment_reviews")
    assert shorter.processor.max_length == 300
    assert "beyond 300 sub-words it reads the first 75 and the last 225" in shorter.card.limits


@on_torch
def test_three_labels_and_a_bag_that_comes_later(tmp_path):
    work = str(tmp_path / "encoder")
    pretrain = ("recipes/sentiment/pretrain.py", "--smoke", "--work", work, "--save-to", work)
    run(*pretrain, "--steps", "6")
    train = ("recipes/sentiment/train.py", "sentiment_general", "--smoke", "--untested")
    first = str(tmp_path / "first")
    run(*train, "--pretrained", work, "--buckets", "0", "--work", work, "--save-to", first)
    task = gru_zoo.load(tmp_path / "first" / "sentiment_general")
    assert task.labels == ("negative", "neutral", "positive") and task.config.buckets == 0
    assert task.processor.posts
    second = str(tmp_path / "second")
    start = ("--start-from", f"{first}/sentiment_general", "--epochs", "0")
    output = run(*train, *start, "--work", work, "--save-to", second)
    assert "bag of bigrams" in output
    later = gru_zoo.load(tmp_path / "second" / "sentiment_general")
    bag = later.model.get_layer("bigrams").get_weights()[0]
    assert bag.shape[1] == 3 and bag[:, 0].any() and not bag[:, 1].any()


@on_torch
def test_reviews_are_held_out_with_their_neighbors():
    held, rest = in_runs(25_000, 2_000, seed=1)
    assert sorted([*held, *rest]) == list(range(25_000)) and len(held) == 2_000
    alone = set(held) - {i + 1 for i in held} - {i - 1 for i in held}
    assert not alone and np.sum(np.diff(np.sort(held)) > 1) < 20


TREES = [
    [("a film", 2), ("of charm", 3), ("a film of charm", 4)],
    [("full", 2), ("of cliches", 1), ("full of cliches", 0)],
]


def test_phrases_are_exchanged():
    made = exchange_phrases(TREES, 20, seed=1)
    assert set(made) == {"a film of cliches", "full of charm"}
    assert made == exchange_phrases(TREES, 20, seed=1)
    assert exchange_phrases(TREES[:1], 20, seed=1) == []
