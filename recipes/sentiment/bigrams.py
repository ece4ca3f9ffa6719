"""A bag of bigrams: the bar for every neural classifier of reviews, and a part of ours.

    KERAS_BACKEND=torch python recipes/sentiment/bigrams.py --data-dir DATA

Logistic regression on the presence of sub-words and of pairs of them, weighted by how differently
the classes use them (Wang & Manning 2012, Baselines and Bigrams). Run as a script, this measures
the bag by itself: the strength of its regularization is chosen on validation data, the test
splits are read once. It learns from reviews and phrases; the one that train.py puts beside the
network, from reviews alone.
"""

import argparse

import numpy as np

from gru_zoo import data, metrics
from gru_zoo.batching.padding import pad_batches
from gru_zoo.layers import HashedBigrams
from gru_zoo.tasks.sentiment.processor import SentimentProcessor
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

BUCKETS = 2**20  # with fewer, so many pairs collide that validation accuracy drops
STRENGTHS = (0.03, 0.1, 0.3)  # inverse regularization, of which the best on validation is taken


def bag(layer: HashedBigrams, sequences: list[np.ndarray]):
    """Which rows of the layer's kernel each text takes, a sparse 0/1 matrix (texts, buckets)."""
    import keras
    import scipy.sparse

    rows, columns = [], []
    for texts, ids in pad_batches(sequences, batch_size=256):
        features = keras.ops.convert_to_numpy(layer.features(ids))[: len(texts)]
        row, place = np.nonzero(features)
        rows.append(texts[row])
        columns.append(features[row, place])
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    ones = np.ones(len(rows), "float32")
    return scipy.sparse.csr_matrix((ones, (rows, columns)), (len(sequences), layer.buckets))


def log_count_ratio(counts, positive: np.ndarray) -> np.ndarray:
    """log of how much more often each feature occurs in positive texts, shape `(buckets,)`."""
    p, q = 1 + counts[positive].sum(axis=0), 1 + counts[~positive].sum(axis=0)
    return np.asarray(np.log(p / p.sum()) - np.log(q / q.sum())).ravel().astype("float32")


def fit(layer: HashedBigrams, train: tuple, held_out: tuple) -> np.ndarray:
    """The kernel of the layer that separates two classes best, shape `(buckets, 2)`.

    Args:
        layer: the layer, which stays as it is.
        train: sequences of token ids, and for each whether its class is the second.
        held_out: the same, to choose the strength of the regularization.
    """
    from sklearn.linear_model import LogisticRegression

    counts, truth = bag(layer, train[0]), np.asarray(train[1])
    ratio = log_count_ratio(counts, truth)
    held_counts = bag(layer, held_out[0])
    kernels, accuracies = [], {}
    for strength in STRENGTHS:
        model = LogisticRegression(C=strength, solver="liblinear", dual=True, random_state=0)
        model.fit(counts.multiply(ratio).tocsr(), truth)
        weights = ratio * model.coef_[0].astype("float32")
        kernels.append(np.stack([-weights / 2, weights / 2], axis=1))
        accuracies[strength] = float(np.mean((held_counts @ weights > 0) == held_out[1]))
    print("bag of bigrams, validation accuracy by strength:", accuracies)
    return kernels[int(np.argmax(list(accuracies.values())))]


def main() -> None:
    from train import PRESETS, PRETRAINED, examples

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-dir", help="folder of the data sets; else $GRU_ZOO_DATA")
    args = parser.parse_args()
    knobs = PRESETS["sentiment_reviews"]
    tokenizer = SubwordTokenizer((PRETRAINED / "tokenizer.model").read_bytes())
    processor = SentimentProcessor(tokenizer, knobs.max_length)
    layer = HashedBigrams(2, tokenizer.vocabulary_size, BUCKETS)

    def encoded(part):
        truth = np.array([e.label == knobs.labels[1] for e in part])
        return processor.encode([e.text for e in part]), truth

    train, held_out = examples(knobs, args.data_dir)
    train = [e for part in train.values() for e in part]
    kernel = fit(layer, encoded(train), encoded(held_out))
    for dataset, split in knobs.tests:
        sequences, truth = encoded(data.load(dataset, split, args.data_dir))
        row = metrics.accuracy(truth, (bag(layer, sequences) @ kernel).argmax(axis=1))
        print(f"| bag of bigrams | {dataset} | {split} | accuracy | {row.value:.4f} |")


if __name__ == "__main__":
    main()
