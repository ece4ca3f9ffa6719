"""Read the games, and describe every turn of them once."""

import pathlib
from collections.abc import Sequence

import numpy as np

from gru_zoo.data.examples import ChessGame
from gru_zoo.files import replacing_file
from gru_zoo.tasks.chess.rows import Rows, Turns, rows_of, turns_of

_RUY_LOPEZ = "e2e4 e7e5 g1f3 b8c6 f1b5 a7a6 b5a4 g8f6 e1g1 f8e7 f1e1 b7b5 a4b3 d7d6"
# Two short games, for runs in seconds.
SMOKE_GAMES = [
    ChessGame(tuple(_RUY_LOPEZ.split()), "1-0", 1600, 1500),
    ChessGame(tuple("f2f3 e7e5 g2g4 d8h4".split()), "0-1", 1200, 1400),
]


class Described(Sequence):
    """Games in parts, whose turns are described when a part is first asked for.

    Describing all turns takes minutes; each part is kept in a file.

    Args:
        games: the games.
        parts: number of parts.
        folder: folder of the files.
    """

    def __init__(self, games: list[ChessGame], parts: int, folder: pathlib.Path):
        self.games = [games[part::parts] for part in range(parts)]
        self.folder = folder

    def __len__(self) -> int:
        return len(self.games)

    def __getitem__(self, part: int) -> Rows:
        path = self.folder / f"turns-{part}-of-{len(self)}.npz"
        if not path.is_file():
            self.folder.mkdir(parents=True, exist_ok=True)
            turns, lengths = turns_of(self.games[part])
            with replacing_file(path) as new, open(new, "wb") as file:
                np.savez(file, lengths=lengths, **turns._asdict())
        with np.load(path, allow_pickle=False) as file:
            turns = Turns(*(file[field] for field in Turns._fields))
            return rows_of(self.games[part], described=(turns, file["lengths"]))
