"""Read the pieces, and split them into training and validation data."""

import pathlib

from gru_zoo import data
from gru_zoo.tasks.music import midi
from gru_zoo.tasks.music.processor import Piece
from gru_zoo.tasks.music.score import Score
from gru_zoo.tasks.music.training import split
from recipes.music.settings import Settings

ROOT = pathlib.Path(__file__).resolve().parents[2]


def examples(settings: Settings, root: str | None) -> tuple[list[Piece], list[Piece]]:
    """Pieces to train on, and pieces to validate with."""
    return tuple(data.load(settings.data, part, root) for part in ("train", "valid"))


def smoke_examples(settings: Settings) -> tuple[list[Piece], list[Piece]]:
    """The same of a few MIDI files from the tests' fixtures."""
    return own_examples(ROOT / "tests" / "fixtures" / "midi", settings)


def own_examples(folder: pathlib.Path, settings: Settings) -> tuple[list[Piece], list[Piece]]:
    """The same of a folder of MIDI files.

    Raises:
        SystemExit: a file has no notes of a piano.
    """
    paths = midi.files(folder)
    scores = [Score.load(path, settings.steps_per_beat).in_c().within(21, 108) for path in paths]
    silent = [str(path) for path, score in zip(paths, scores, strict=True) if not score.notes]
    if silent:
        raise SystemExit(
            "Expected files with notes in the range of a piano, drums not counted. Received: "
            f"{', '.join(silent)} without such notes. Remove these from the folder."
        )
    return split([score.steps for score in scores], settings.held_out, settings.seed)
