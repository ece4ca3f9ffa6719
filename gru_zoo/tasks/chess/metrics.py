"""Metrics of move prediction."""

import numpy as np

from gru_zoo.metrics.metric import Metric
from gru_zoo.tasks.chess.scoring import Judged

OPENING = 10  # plies that are left out of `top_1_after_ply_10`, since many know them by heart


def move_metrics(judged: Judged) -> list[Metric]:
    """Shares of moves that were predicted, of legal moves without the mask, and of results.

    Args:
        judged: turns of games, one or more.
    """
    late, known = judged.ply >= OPENING, judged.result >= 0
    signature = f"all plies | masked to legal moves | n = {len(judged.rank):,}"
    metrics = [
        Metric("top_1", _share(judged.rank == 1), signature),
        Metric("top_5", _share(judged.rank <= 5), signature),
        Metric("nats", float(judged.nats.mean()), signature),
        Metric(
            "unmasked_legal",
            _share(judged.legal),
            f"best of all moves by number, nothing masked | n = {len(judged.rank):,}",
        ),
    ]
    if late.any():
        after = f"plies after {OPENING} | masked to legal moves | n = {late.sum():,}"
        metrics.insert(2, Metric("top_1_after_ply_10", _share(judged.rank[late] == 1), after))
    if known.any():
        hit = judged.guess[known] == judged.result[known]
        metrics.append(Metric("result_accuracy", _share(hit), f"all plies | n = {known.sum():,}"))
    return metrics


def _share(hits: np.ndarray) -> float:
    return float(hits.mean())
