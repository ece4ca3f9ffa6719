"""Results of recommendation."""

import dataclasses
import html
from collections.abc import Sequence

import numpy as np

from gru_zoo.tasks.recommendation.processor import RecommendationProcessor
from gru_zoo.tasks.recommendation.scoring import best


@dataclasses.dataclass(frozen=True)
class Recommended:
    """One item of a list.

    Args:
        item: id of the item, a text.
        score: probability that it is the next item, or the similarity of a `similar` one, up to 1.
        title: title of the item; None if it has none.
    """

    item: str
    score: float
    title: str | None = None

    def __str__(self) -> str:
        return f"{self.title or self.item} ({self.score:.3g})"


class Recommendations(tuple[Recommended, ...]):
    """Items for one user, the best first: a tuple of `Recommended` that prints as a line."""

    def __str__(self) -> str:
        return ", ".join(map(str, self))

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(one.item)}</td><td>{html.escape(one.title or '')}</td>"
            f"<td>{one.score:.4f}</td></tr>"
            for one in self
        )
        return f"<table><tr><th>item</th><th>title</th><th>score</th></tr>{rows}</table>"


def best_items(
    processor: RecommendationProcessor,
    scores: np.ndarray,
    seen: Sequence[np.ndarray] | None,
    n: int,
) -> list[Recommendations]:
    """The items with the highest scores of each row.

    Args:
        processor: the items.
        scores: shape `(rows, items + 1)`; column 0 is padding. Changed in place.
        seen: numbers of the items of each row that are left out; None leaves out none.
        n: number of items.

    Raises:
        ValueError: `n` is below 1.
    """
    check_count(n)
    scores[:, 0] = -np.inf
    for row, numbers in enumerate(seen or ()):
        scores[row, numbers] = -np.inf
    chosen = best(scores, min(n, scores.shape[1] - 1))
    return listed(processor, chosen, np.take_along_axis(scores, chosen, axis=1))


def check_count(n: int) -> None:
    """Raise a ValueError unless `n`, a number of items, is 1 or more."""
    if n < 1:
        raise ValueError(f"Expected n of 1 or more. Received: n={n}.")


def listed(
    processor: RecommendationProcessor, chosen: np.ndarray, scores: np.ndarray
) -> list[Recommendations]:
    """Items as results.

    Args:
        processor: the items.
        chosen: numbers of the items of each row, shape `(rows, count)`.
        scores: their scores; an item with -infinity is left out.
    """
    items, titles = processor.items, processor.titles
    return [
        Recommendations(
            Recommended(items[number - 1], value, titles.get(items[number - 1]))
            for number, value in zip(row, row_values, strict=True)
            if value > -np.inf
        )
        for row, row_values in zip(chosen.tolist(), scores.tolist(), strict=True)
    ]
