"""Cutting of a stream of items into lists of limited length."""

import itertools
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of `size` items, the last one of fewer, as the items are read.

    Args:
        items: the items; an iterator without end is fine.
        size: items of a list, 1 or more.

    Raises:
        ValueError: `size` is below 1.

    Example:

        >>> [*chunks("abcde", 2)]
        [['a', 'b'], ['c', 'd'], ['e']]
    """
    if size < 1:
        raise ValueError(f"Expected batches of 1 item or more. Received: {size!r}.")
    iterator = iter(items)
    while chunk := [*itertools.islice(iterator, size)]:
        yield chunk
