"""Texts that are too long to be read at once."""

from collections.abc import Sequence


def windows(sizes: Sequence[int], limit: int) -> list[range]:
    """Neighbours that fit together: ranges of indices, each of sizes of at most `limit` in all.

    Args:
        sizes: none above `limit`.
        limit: see above.
    """
    starts, filled = [0], 0
    for i, size in enumerate(sizes):
        if filled + size > limit:
            starts.append(i)
            filled = 0
        filled += size
    return [range(*bounds) for bounds in zip(starts, [*starts[1:], len(sizes)], strict=True)]


def best_that_fit(scores: Sequence[float], sizes: Sequence[int], limit: int) -> list[int]:
    """Indices, ascending, of the best that fit into `limit` together, taken one by one."""
    chosen, filled = [], 0
    for i in sorted(range(len(scores)), key=lambda i: -scores[i]):
        if filled + sizes[i] <= limit:
            chosen.append(i)
            filled += sizes[i]
    return sorted(chosen)
