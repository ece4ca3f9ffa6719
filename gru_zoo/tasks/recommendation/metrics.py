"""Metrics of recommendation: where the item that followed stands among all items."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.metrics.metric import Metric

CUTOFF = 10  # length of the lists that are judged
MISS = np.iinfo("int64").max  # rank of an item that is not in the list


def ranks(scores: np.ndarray, histories: Sequence[np.ndarray], targets: np.ndarray) -> np.ndarray:
    """Rank of each target among all items that are not in the history.

    Of items with equal scores the target is the last, so that a model gains nothing by equal
    scores.

    Args:
        scores: shape `(rows, items + 1)`; column 0 is padding. Changed in place.
        histories: numbers of the items that each row has seen.
        targets: number of the item that followed, shape `(rows,)`; 0 is an unknown item.

    Returns:
        Ranks from 1, int64, shape `(rows,)`; `MISS` for a target that is unknown or was seen.
    """
    scores[:, 0] = -np.inf
    for row, seen in zip(scores, histories, strict=True):
        row[seen] = -np.inf
    own = scores[np.arange(len(targets)), targets]
    above = (scores >= own[:, None]).sum(axis=1)
    return np.where(own > -np.inf, above, MISS)


def ranking_metrics(found: np.ndarray, items: int) -> list[Metric]:
    """Hit rate and normalized discounted cumulative gain of lists of ten.

    With one right item, the gain of rank r is 1 / log2(r + 1) (Jarvelin & Kekalainen 2002).

    Args:
        found: ranks of the right items, from 1.
        items: number of items that were ranked.
    """
    hit = found <= CUTOFF
    gain = np.where(hit, 1 / np.log2(np.minimum(found, CUTOFF) + 1.0), 0.0)
    signature = (
        f"full ranking of {items:,} items | seen items left out | equal scores count against | "
        f"unknown items are misses | n = {len(found):,}"
    )
    return [
        Metric(f"ndcg_{CUTOFF}", float(gain.mean()), signature),
        Metric(f"hit_rate_{CUTOFF}", float(hit.mean()), signature),
    ]
