"""Items by their ids to numbers and back, with their titles."""

import json
import numbers
import pathlib
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gru_zoo.files import read_settings, write_atomically

_SHOWN = 3  # unknown items that a warning names
KIND = "items"  # "kind" of the settings in `processor.json`

Item = str | int
History = Sequence[Item]


class RecommendationProcessor:
    """The catalog of items. Ids are texts or whole numbers; 17 and "17" are the same item.

    Args:
        items: ids of the items, each once. Item i has the number i + 1; 0 is padding.
        titles: title by id of those items that have one.

    Raises:
        TypeError: an id is neither a text nor a whole number.
        ValueError: there is no item, one is listed twice, or a title belongs to none of them.
    """

    def __init__(self, items: Iterable[Item], titles: Mapping[str, str] | None = None):
        self.items = tuple(map(as_id, items))
        self.titles = {as_id(item): str(title) for item, title in (titles or {}).items()}
        self._numbers = {item: number for number, item in enumerate(self.items, 1)}
        if len(self._numbers) != len(self.items) or not self.items:
            raise ValueError(
                f"Expected one item or more, each once. Received: {len(self.items)} items, of "
                f"which {len(self._numbers)} differ."
            )
        strangers = [item for item in self.titles if item not in self._numbers]
        if strangers:
            raise ValueError(
                f"Expected titles of known items. Received: {len(strangers)} others, such as "
                f"{strangers[0]!r}."
            )

    def __contains__(self, item: Item) -> bool:
        return as_id(item) in self._numbers

    def number(self, item: Item) -> int:
        """Number of an item, from 1; 0 if it is unknown."""
        return self._numbers.get(as_id(item), 0)

    def title(self, number: int) -> str | None:
        """Title of the item with this number, or None."""
        return self.titles.get(self.items[number - 1])

    def encode(self, history: History) -> tuple[np.ndarray, list[str]]:
        """Numbers of the known items of a history, and the unknown items.

        Returns:
            Int32, shape `(known,)`, and ids in the order of the history.

        Raises:
            TypeError: the history is one text, or an id is neither a text nor a whole number.
        """
        if isinstance(history, (str, bytes)) or not isinstance(history, Iterable):
            raise TypeError(
                "Expected a history, a list of item ids, the oldest first. Received: "
                f"{history!r:.80}. Put a single item into a list."
            )
        ids = [as_id(item) for item in history]
        numbers_ = [self._numbers.get(item, 0) for item in ids]
        unknown = [item for item, number in zip(ids, numbers_, strict=True) if not number]
        return np.array([number for number in numbers_ if number], "int32"), unknown

    def encode_all(self, histories: Iterable[History]) -> list[np.ndarray]:
        """Numbers of the known items of each history.

        Warns:
            UserWarning: some items are unknown and skipped.
        """
        encoded, unknown, total = [], [], 0
        for history in histories:
            ids, strangers = self.encode(history)
            encoded.append(ids)
            unknown += strangers
            total += len(ids) + len(strangers)
        if unknown:
            names = ", ".join(map(repr, list(dict.fromkeys(unknown))[:_SHOWN]))
            warnings.warn(
                f"{len(unknown):,} of {total:,} items are unknown and skipped, such as {names}. "
                "Add new items with fit.",
                stacklevel=3,
            )
        return encoded

    def extended(
        self, items: Iterable[Item], titles: Mapping[str, str] | None = None
    ) -> "RecommendationProcessor":
        """A processor with further items behind those it has; known ones are passed over."""
        fresh = {item: None for item in map(as_id, items) if item not in self._numbers}
        more = {as_id(item): title for item, title in (titles or {}).items()}
        return RecommendationProcessor((*self.items, *fresh), {**self.titles, **more})

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` into a folder."""
        settings = {"kind": KIND, "items": self.items, "titles": self.titles}
        text = json.dumps(settings, ensure_ascii=False, separators=(",", ":"))
        write_atomically(folder / "processor.json", text + "\n")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "RecommendationProcessor":
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: a file is missing.
            ValueError: a file is damaged or belongs to another processor.
        """
        settings = read_settings(folder / "processor.json", KIND, ("items", "titles"))
        return cls(settings["items"], settings["titles"])


def as_id(item: Any) -> str:
    """An id as text.

    Raises:
        TypeError: it is neither a text nor a whole number.
    """
    if isinstance(item, str):
        return item
    if type(item) is not bool and isinstance(item, numbers.Integral):
        return str(int(item))
    raise TypeError(
        f"Expected an item id, a text or a whole number. Received: {item!r:.80}, of type "
        f"{type(item).__name__}. Histories are lists of ids; several histories are a list of lists."
    )


def as_histories(inputs: Any) -> tuple[list, bool]:
    """One history or several as a list of histories, and whether it was one.

    A list whose first member is a list, tuple or array is several histories. An empty list is one
    history without items.
    """
    if isinstance(inputs, (str, bytes)) or not hasattr(inputs, "__len__"):
        raise TypeError(
            "Expected a history, a list of item ids, or a list of histories. Received: "
            f"{inputs!r:.80}."
        )
    several = len(inputs) > 0 and isinstance(inputs[0], (list, tuple, np.ndarray))
    return (list(inputs), False) if several else ([inputs], True)
