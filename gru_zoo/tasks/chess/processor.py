"""Positions and games as arrays. There is nothing to fit and little to save."""

import json
import pathlib

from gru_zoo.files import read_settings, write_atomically
from gru_zoo.tasks.chess.move_encoding import COUNT
from gru_zoo.tasks.chess.move_features import FEATURES

KIND = "chess"  # "kind" of the settings in `processor.json`


class ChessProcessor:
    """What the numbers of moves and the features mean, as far as a preset depends on it."""

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json` into a folder."""
        settings = {"kind": KIND, "moves": COUNT, "features": FEATURES}
        write_atomically(folder / "processor.json", json.dumps(settings) + "\n")

    @classmethod
    def load(cls, folder: pathlib.Path) -> "ChessProcessor":
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: the file is missing.
            ValueError: it is damaged, or was made for other features.
        """
        path = folder / "processor.json"
        settings = read_settings(path, KIND, ("moves", "features"))
        if (settings["moves"], settings["features"]) != (COUNT, FEATURES):
            raise ValueError(
                f"Expected {COUNT} moves and {FEATURES} features in '{path}'. Received: "
                f"{settings}. It was made by another version of gru_zoo."
            )
        return cls()
