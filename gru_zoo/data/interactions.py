"""Logs of what users bought, played or read, as one sequence of items for each user."""

import array
import datetime
import math
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, overload

from gru_zoo.data.tables import Table

if TYPE_CHECKING:
    import numpy as np


class Interactions(Sequence[tuple[str, ...]]):
    """The items of each user, the oldest first: a sequence of tuples of ids.

    Users stand in the order in which the log names them first. A tuple is made when it is asked
    for; an interaction takes four bytes of memory.

    Args:
        users: number of the user of each interaction, from 0, shape `(interactions,)`.
        items: number of its item, from 0, of the same shape.
        times: its time; None where the log is in order. Equal times keep the order of the log.
        names: id of each item.
        titles: title by id of the items that have one.
        skipped: rows of the log that lacked a user, an item or a time.

    Attributes:
        titles, skipped: as given.
        interactions: number of interactions.
    """

    def __init__(
        self,
        users: "np.ndarray",
        items: "np.ndarray",
        times: "np.ndarray | None",
        names: Sequence[str],
        titles: Mapping[str, str],
        skipped: int = 0,
    ):
        import numpy as np

        order = np.argsort(users, kind="stable") if times is None else np.lexsort((times, users))
        self._items = np.asarray(items)[order]
        count = int(users.max()) + 1 if len(users) else 0
        self._starts = np.searchsorted(np.asarray(users)[order], np.arange(count + 1))
        self._names, self.titles, self.skipped = names, titles, skipped
        self.interactions = len(self._items)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, index: int) -> tuple[str, ...]: ...

    @overload
    def __getitem__(self, index: slice) -> list[tuple[str, ...]]: ...

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"Expected a user below {len(self)}. Received: {index}.")
        start, end = self._starts[index % len(self)], self._starts[index % len(self) + 1]
        return tuple(self._names[number] for number in self._items[start:end])


def read_interactions(
    path: str | os.PathLike,
    user: str = "user",
    item: str = "item",
    time: str | None = None,
    title: str | None = None,
) -> Interactions:
    r"""Read a log row by row: a table with a row for each interaction.

    Memory does not grow with the size of the file, but with the number of interactions (16 bytes
    each) and of different users and items.

    Args:
        path: the file, see `gru_zoo.data.tables.Table`.
        user: name of the column of the users.
        item: name of the column of the items.
        time: name of the column of the times: numbers, or dates as in ISO 8601. None where the rows
            are in order.
        title: name of the column of the items' titles, of which the last counts; None for none.

    Returns:
        The items of each user. Rows that lack a user, an item or a time are skipped.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it cannot be read, lacks a column, has no complete row, or a time is none.

    Example:

        >>> import pathlib
        >>> _ = pathlib.Path("log.csv").write_text("user,item,day\nann,b,2\nann,a,1\nbob,a,1\n")
        >>> [*read_interactions("log.csv", time="day")]
        [('a', 'b'), ('a',)]
    """
    import numpy as np

    table = Table(path)
    table.check_columns([name for name in (user, item, time, title) if name is not None])
    users, items = array.array("i"), array.array("i")
    times = array.array("d")
    user_numbers: dict[str, int] = {}
    item_numbers: dict[str, int] = {}
    titles: dict[str, str] = {}
    rows = 0
    for rows, row in enumerate(table.rows(), 1):
        who, what, when = row[user].strip(), row[item].strip(), row[time].strip() if time else "0"
        if not (who and what and when):
            continue
        users.append(user_numbers.setdefault(who, len(user_numbers)))
        items.append(item_numbers.setdefault(what, len(item_numbers)))
        if time:
            times.append(_seconds(when, rows, path))
        if title and row[title].strip():
            titles[what] = row[title].strip()
    if not len(items):
        wanted = " and ".join(repr(name) for name in (user, item, time) if name)
        raise ValueError(
            f"Expected rows with {wanted} below the header of '{path}'. Received: none among "
            f"{rows}."
        )
    return Interactions(
        np.frombuffer(users, "int32"),
        np.frombuffer(items, "int32"),
        np.frombuffer(times, "float64") if time else None,
        list(item_numbers),
        titles,
        rows - len(items),
    )


def _seconds(cell: str, row: int, path: str | os.PathLike) -> float:
    """A time as a number, by which it can be compared with the others of its column."""
    try:
        number = float(cell)
        if math.isfinite(number):
            return number
    except ValueError:
        pass
    try:
        moment = datetime.datetime.fromisoformat(cell)
    except ValueError:
        raise ValueError(
            f"Expected times as numbers, or as dates like 2026-03-01 or 2026-03-01T12:30:00. "
            f"Received: {cell!r:.60} in row {row} of '{path}'."
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return moment.timestamp()
