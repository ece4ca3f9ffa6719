"""Rated games of chess from lichess.org, most of them one-minute bullet.

They are no random sample of lichess: in every game one of two people sits on one side, Magnus
Carlsen under two other accounts (about a quarter of the games, mostly rated 2,700 to 3,200) or an
amateur (mostly 1,600 to 2,150). The split follows the SHA-1 of the game's id, and no list of moves
is in two splits.
"""

import os

from gru_zoo.data import plain_text
from gru_zoo.data.examples import ChessGame
from gru_zoo.data.source import Source, check_count, check_split

SOURCE = Source(
    name="lichess_rated_games",
    homepage="https://database.lichess.org/",
    licence="CC0 1.0",
    citation="lichess.org open database",
    files={
        "train.tsv.xz": "e5de1bf277965abb7af891f78b579de0a297b3e11ae5d6cc265c129b60a909c5",
        "val.tsv.xz": "e9efb82d4d879879129f6869f430260be1c0336b25983f9f9eadcc5a58fe7609",
        "test.tsv.xz": "9b4301d8920350c349eb5a2f33fa3310500223e5edd7839858e989ec80466712",
    },
    url="",
    sha256="",
)
COUNTS = {"train": 34_246, "validation": 1_880, "test": 1_920}
_FILES = {"train": "train.tsv", "validation": "val.tsv", "test": "test.tsv"}


def load(split: str, root: str | os.PathLike | None = None) -> list[ChessGame]:
    """Load a split.

    Args:
        split: "train" (34,246 games), "validation" (1,880) or "test" (1,920).
        root: data folder with a folder `lichess_rated_games`. Default: `$GRU_ZOO_DATA`. The set
            cannot be downloaded, since lichess has all games of a month in one file of gigabytes.

    Raises:
        FileNotFoundError: there is no data folder, or it lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of games.
    """
    check_split(SOURCE.name, split, COUNTS)
    if SOURCE.folder(root) is None:
        raise FileNotFoundError(
            f"Data set {SOURCE.name!r} cannot be downloaded. Put {', '.join(SOURCE.files)} into a "
            f"folder {SOURCE.name}/ and set $GRU_ZOO_DATA or root to the folder above it."
        )
    text = plain_text.published(SOURCE, _FILES[split], "", root)
    games = [_game(line) for line in text.splitlines()[1:]]
    check_count(SOURCE.name, split, len(games), COUNTS[split])
    return games


def _game(line: str) -> ChessGame:
    """A game from the columns id, result, ratings, time control, month, ECO, termination, moves."""
    _, result, white, black, control, month, _, _, moves = line.split("\t")
    seconds, increment = map(int, control.split("+"))
    return ChessGame(
        tuple(moves.split()), result, int(white), int(black), seconds, increment, month
    )
