"""A bag of bigrams: the baseline of the sentiment presets, and a part of `sentiment_reviews`.

    KERAS_BACKEND=torch python recipes/sentiment/bigrams.py --data-dir DATA

Logistic regression on the presence of sub-words and of pairs of them, weighted by how differently
the classes use them (Wang & Manning 2012, Baselines and Bigrams). Run as a script, this file
measures the bag by itself: the strength of its regularization is chosen on validation data, and the
test splits are read once. That bag learns from reviews and phrases. The bag that train.py puts
beside the network learns from reviews alone.
"""

import argparse
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import numpy as np

from gru_zoo import data, metrics
from gru_zoo.batching.padding import pad_batches
from gru_zoo.layers import HashedBigrams
from gru_zoo.tasks.sentiment.processor import SentimentProcessor
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from recipes.sentiment.prepare import examples
from recipes.sentiment.settings import BUCKETS, PRESETS, PRETRAINED

STRENGTHS = (0.03, 0.1, 0.3)  # inverse regularization; validation data choose


def bag(layer: HashedBigrams, sequences: list[np.ndarray]):
    """Rows of the layer's kernel that each text reads: sparse 0/1 matrix `(texts, buckets)`."""
    import keras
    import scipy.sparse

    rows, columns = [], []
    for texts, ids in pad_batches(sequences, batch_size=256):
        features = keras.ops.convert_to_numpy(layer.features(ids))[: len(texts)]
        row, column = np.nonzero(features)
        rows.append(texts[row])
        columns.append(features[row, column])
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    ones = np.ones(len(rows), "float32")
    return scipy.sparse.csr_matrix((ones, (rows, columns)), (len(sequences), layer.buckets))


def log_count_ratio(counts, positive: np.ndarray) -> np.ndarray:
    """Logarithm of the ratio of a feature's frequencies in both classes, shape `(buckets,)`.

    Args:
        counts: from `bag`, shape `(texts, buckets)`.
        positive: whether each text is positive, boolean, shape `(texts,)`.
    """
    p, q = 1 + counts[positive].sum(axis=0), 1 + counts[~positive].sum(axis=0)
    return np.asarray(np.log(p / p.sum()) - np.log(q / q.sum())).ravel().astype("float32")


def fit(layer: HashedBigrams, train: tuple, held_out: tuple) -> np.ndarray:
    """Fit the kernel that separates two classes best.

    Args:
        layer: the layer, whose weights are not changed.
        train: sequences of token ids, and whether each belongs to the second class.
        held_out: the same for validation, which chooses the strength of the regularization.

    Returns:
        The kernel, float32, shape `(buckets, 2)`.
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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    args = parser.parse_args()
    settings = PRESETS["sentiment_reviews"]
    tokenizer = SubwordTokenizer((PRETRAINED / "tokenizer.model").read_bytes())
    processor = SentimentProcessor(tokenizer, settings.max_length)
    layer = HashedBigrams(2, tokenizer.vocabulary_size, BUCKETS)

    def encoded(part):
        truth = np.array([e.label == settings.labels[1] for e in part])
        return processor.encode([e.text for e in part]), truth

    train, held_out = examples(settings, args.data_dir)
    train = [e for part in train.values() for e in part]
    kernel = fit(layer, encoded(train), encoded(held_out))
    for dataset, split in settings.tests:
        sequences, truth = encoded(data.load(dataset, split, args.data_dir))
        row = metrics.accuracy(truth, (bag(layer, sequences) @ kernel).argmax(axis=1))
        print(f"| bag of bigrams | {dataset} | {split} | accuracy | {row.value:.4f} |")


if __name__ == "__main__":
    main()
