"""The grid of a piece: how many steps of a quarter note its notes start on."""

from collections.abc import Iterable, Sequence

import numpy as np

from gru_zoo.tasks.music.notes import Note
from gru_zoo.tasks.music.timing import Meter, quarters

COUNTS = (1, 2, 3, 4, 6, 8)  # quarters, eighths, triplets, sixteenths and so on
SIXTEENTHS = 4  # of music that fits no grid, such as free playing
_SHARE = 0.98  # of the starts that lie on the grid; ornaments may lie beside it
_NEAR = 0.04  # quarter notes; 20 ms at a tempo of 120
_SWING = 0.55, 0.72  # where in a quarter note swung eighths start


def find_steps_per_beat(notes: Sequence[Note], meters: Iterable[Meter] = ()) -> int | None:
    """The smallest number of steps of a quarter note on which the notes start.

    Bars of all meters have a whole number of steps.

    Args:
        notes: notes in any order.
        meters: meters of the piece.

    Returns:
        1, 2, 3, 4, 6 or 8; None if the starts are irregular.
    """
    starts = _distinct_starts(notes)
    bars = np.array([quarters(meter) for meter in meters])
    for count in COUNTS:
        near = min(_NEAR, 0.15 / count)
        on_grid = np.abs(starts - np.round(starts * count) / count) <= near
        if on_grid.sum() >= _SHARE * len(starts) and not (bars * count % 1).any():
            return count
    return None


def straightened(notes: Sequence[Note]) -> list[Note] | None:
    """Swung eighths as even ones; None if the eighths are not swung.

    Eighths are swung if those between the quarters all start late, and by the same share: about
    two thirds into the quarter.
    """
    starts = _distinct_starts(notes)
    inside = starts % 1
    between = inside[np.abs(inside - np.round(inside)) > _NEAR]
    if len(between) < 3:
        return None
    late = float(np.median(between))
    same = np.abs(between - late) <= _NEAR
    if not _SWING[0] < late < _SWING[1] or same.mean() < _SHARE:
        return None

    def even(time: float) -> float:
        whole, part = divmod(time, 1)
        return float(whole + np.interp(part, [0, late, 1], [0, 0.5, 1]))

    return [
        note._replace(
            start=even(note.start), length=even(note.start + note.length) - even(note.start)
        )
        for note in notes
    ]


def _distinct_starts(notes: Sequence[Note]) -> np.ndarray:
    """Starts in quarter notes; those of a chord count once."""
    return np.unique(np.round([note.start for note in notes], 3))
