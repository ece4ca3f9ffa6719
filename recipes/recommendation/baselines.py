"""Baselines of recommendation, on the validation or the test split of a set:

    python recipes/recommendation/baselines.py amazon_beauty_seq --split validation --data-dir DATA

They are computed in seconds and ranked as the presets are: all items that a user has not seen, with
equal scores counted against the right one.
"""

import argparse
import pathlib
import sys

if not __package__:
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import numpy as np
import scipy.sparse

from gru_zoo import data
from gru_zoo.data.purchase_sequences import SOURCES
from gru_zoo.tasks.recommendation.metrics import ranking_metrics, ranks
from gru_zoo.tasks.recommendation.pair_counts import pair_counts

ROWS = 500  # users that are ranked at once
TIE = 1e-6  # share of the popularity that decides between equal counts

Matrix = scipy.sparse.csr_array


def faded(histories: list[np.ndarray], items: int, decay: float) -> Matrix:
    """Weights of the items of each history: 1 for the last, and less by a factor for each before.

    Returns:
        Shape `(histories, items + 1)`.
    """
    rows = np.repeat(np.arange(len(histories)), [len(ids) for ids in histories])
    weights = [decay ** np.arange(len(ids))[::-1] for ids in histories]
    shape = (len(histories), items + 1)
    entries = (rows, np.concatenate(histories))
    return scipy.sparse.coo_array((np.concatenate(weights), entries), shape).tocsr()


def measure(
    counts: Matrix | None,
    decay: float,
    popularity: np.ndarray,
    histories: list[np.ndarray],
    targets: np.ndarray,
) -> str:
    """Hit rate and gain of counts of successors, or of the popularity alone."""
    found = []
    for start in range(0, len(histories), ROWS):
        part = histories[start : start + ROWS]
        scores = np.tile(TIE * popularity / popularity.max(), (len(part), 1))
        if counts is not None:
            scores += (faded(part, len(popularity) - 1, decay) @ counts).toarray()
        found.append(ranks(scores, part, targets[start : start + ROWS]))
    metrics = ranking_metrics(np.concatenate(found), len(popularity) - 1)
    return " | ".join(f"{metric.value:.4f}" for metric in metrics)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", choices=SOURCES)
    parser.add_argument("--split", choices=("validation", "test"), default="validation")
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    args = parser.parse_args()

    train = [example.items for example in data.load(args.data, "train", args.data_dir)]
    held_out = data.load(args.data, args.split, args.data_dir)
    numbers: dict[str, int] = {}
    for items in train:
        for item in items:
            numbers.setdefault(item, len(numbers) + 1)

    def encode(items):
        return np.array([numbers[item] for item in items if item in numbers], "int32")

    sequences = [encode(items) for items in train]
    histories = [encode(example.items) for example in held_out]
    targets = np.array([numbers.get(example.next_item, 0) for example in held_out])
    popularity = np.bincount(np.concatenate(sequences), minlength=len(numbers) + 1).astype("float")

    following = pair_counts(sequences, len(numbers), decay=0.0)  # of neighbors alone
    near = pair_counts(sequences, len(numbers), decay=0.6)
    systems = {
        "popularity": None,
        "what followed directly, faded by 0.7 an item (Markov)": following,
        "co-occurrence in order, faded by 0.6 in the counts and 0.7 in the history": near,
    }
    print(f"| {args.data}, {args.split} | ndcg_10 | hit_rate_10 |\n|---|---|---|")
    for name, counts in systems.items():
        print(f"| {name} | {measure(counts, 0.7, popularity, histories, targets)} |", flush=True)


if __name__ == "__main__":
    main()
