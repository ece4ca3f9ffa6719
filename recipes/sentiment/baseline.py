"""The bar that every neural classifier of long reviews should clear: a bag of bigrams.

    python recipes/sentiment/baseline.py --data-dir DATA

Logistic regression on the presence of words and pairs of words, weighted by how differently the
classes use them (Wang & Manning 2012, Baselines and Bigrams). The strength of the
regularization is chosen on validation data; the test split is read once.
"""

import argparse

import numpy as np
from train import PRESETS, examples

from gru_zoo import data, metrics

STRENGTHS = (0.01, 0.1, 1.0)  # inverse regularization, of which the best on validation is taken


def log_count_ratio(counts, positive: np.ndarray) -> np.ndarray:
    """log of how much more often each feature occurs in positive texts, shape `(features,)`."""
    p, q = 1 + counts[positive].sum(axis=0), 1 + counts[~positive].sum(axis=0)
    return np.asarray(np.log(p / p.sum()) - np.log(q / q.sum())).ravel()


def main() -> None:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-dir", help="folder of the data sets; else $GRU_ZOO_DATA")
    args = parser.parse_args()
    train, held_out = examples(PRESETS["sentiment_reviews"], args.data_dir)
    train = [e for part in train.values() for e in part]
    vectorizer = CountVectorizer(
        binary=True, ngram_range=(1, 2), min_df=2, token_pattern=r"\w+|[^\w\s]", dtype=np.float32
    )
    counts = vectorizer.fit_transform([e.text for e in train])
    truth = np.array([e.label == "positive" for e in train])
    ratio = log_count_ratio(counts, truth)

    def features(texts):
        return vectorizer.transform(texts).multiply(ratio).tocsr()

    def accuracy(model, part):
        labels = [e.label == "positive" for e in part]
        return metrics.accuracy(labels, model.predict(features([e.text for e in part])))

    weighted = counts.multiply(ratio).tocsr()
    models = [
        LogisticRegression(C=strength, solver="liblinear").fit(weighted, truth)
        for strength in STRENGTHS
    ]
    held = [accuracy(model, held_out).value for model in models]
    print("validation accuracy by strength:", dict(zip(STRENGTHS, held, strict=True)))
    best = models[int(np.argmax(held))]
    for dataset, split in PRESETS["sentiment_reviews"].tests:
        row = accuracy(best, data.load(dataset, split, args.data_dir))
        print(f"| bag of bigrams | {dataset} | {split} | accuracy | {row.value:.4f} |")


if __name__ == "__main__":
    main()
