"""Read the sequences of items, and what to validate with."""

import pathlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gru_zoo import data
from gru_zoo.data.interactions import read_interactions
from recipes.recommendation.settings import Settings

ROOT = pathlib.Path(__file__).resolve().parents[2]
SMOKE_LOG = ROOT / "tests" / "fixtures" / "interactions.csv"

Items = tuple[str, ...]


class Prepared(NamedTuple):
    """What a training takes.

    Args:
        sequences: items of each user, the oldest first.
        validation: histories and the item that followed each, or the share of the users whose last
            item is held out.
        titles: title by item.
    """

    sequences: Sequence[Items]
    validation: tuple[list[Items], list[str]] | float
    titles: Mapping[str, str] = {}


def examples(name: str, root: str | None) -> Prepared:
    """The training and the validation split of a published set."""
    train, held_out = (data.load(name, split, root) for split in ("train", "validation"))
    pairs = [(example.items, example.next_item) for example in held_out]
    histories, targets = zip(*pairs, strict=True)
    return Prepared([example.items for example in train], (list(histories), list(targets)))


def smoke_examples(settings: Settings) -> Prepared:
    """The purchases of a small shop from the tests' fixtures."""
    return own_examples(SMOKE_LOG, settings, time="day", title="title")


def own_examples(path: pathlib.Path, settings: Settings, **columns: str | None) -> Prepared:
    """Sequences of a table of one's own.

    Args:
        path: the table.
        settings: settings of the training.
        **columns: names of the columns, see `gru_zoo.data.interactions.read_interactions`.

    Raises:
        SystemExit: the table cannot be read.
    """
    try:
        log = read_interactions(path, **columns)
    except OSError as error:
        raise SystemExit(f"Expected a table. Received: '{path}': {error.strerror}.") from None
    except ValueError as error:
        raise SystemExit(str(error)) from None
    if log.skipped:
        print(f"Skipped {log.skipped:,} rows, which lack a value.")
    return Prepared(log, settings.validation, log.titles)
