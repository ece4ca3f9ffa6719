"""Read the pieces, and split them into training and validation data."""

import os
import pathlib

from gru_zoo import data
from gru_zoo.tasks.music import midi
from gru_zoo.tasks.music.processor import MusicProcessor, Piece
from gru_zoo.tasks.music.prompts import in_range, pieces_of, read_prompt
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
    """The same of a folder of MIDI files. Files without notes of a piano are left out.

    Raises:
        SystemExit: no file is left.
    """
    keyboard = MusicProcessor(slots=1, steps_per_beat=settings.steps_per_beat)

    def read(path: str | os.PathLike) -> Score:
        return in_range(read_prompt(path, keyboard).in_c(), keyboard)

    try:
        pieces = pieces_of(midi.files(folder), read)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    return split(pieces, settings.held_out, settings.seed)
