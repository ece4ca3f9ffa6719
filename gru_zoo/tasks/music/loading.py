"""The arguments of a score, read from a MIDI file."""

import os
import warnings
from typing import Any

from gru_zoo.tasks.music import midi, timing
from gru_zoo.tasks.music.grid import SIXTEENTHS, find_steps_per_beat, straightened
from gru_zoo.tasks.music.notes import quantize_to_grid, warn_of_notes_left_out

_TEMPO, _METER = 120.0, (4, 4)  # of a file that sets none, by the standard


def score_arguments(path: str | os.PathLike, steps_per_beat: int | None) -> dict[str, Any]:
    """Arguments of `Score` for a MIDI file; see `Score.load`."""
    notes, tempos, meters = midi.read(path)
    if steps_per_beat is None:
        steps_per_beat = find_steps_per_beat(notes, [meter for _, meter in meters])
        even = straightened(notes) if steps_per_beat not in (1, 2) else None
        if even:
            message = f"'{path}' has swung eighths, which are read as even ones."
            warnings.warn(message, stacklevel=3)
            notes, steps_per_beat = even, 2
    grid = steps_per_beat or SIXTEENTHS
    first = min((note.start for note in notes), default=0.0)
    # Whole steps are removed, so that the others stay where they are in the beat.
    first = int(first * grid + 0.5) / grid
    shifted = [note._replace(start=max(0.0, note.start - first)) for note in notes]
    try:
        steps, struck, left_out = quantize_to_grid(shifted, grid)
    except ValueError as error:
        raise ValueError(f"'{path}' is damaged. {error}") from None
    warn_of_notes_left_out(left_out, len(notes), f"'{path}'", grid)
    tempo, tempo_changes = timing.changes_from(tempos, _TEMPO, first)
    meter, meter_changes = timing.changes_from(meters, _METER, first)
    end = len(steps) / grid
    return {
        "steps": steps,
        "tempo": tempo,
        "steps_per_beat": grid,
        "meter": meter,
        "tempo_changes": [change for change in tempo_changes if change[0] < end],
        "meter_changes": [change for change in meter_changes if change[0] < end],
        "pickup": timing.pickup_at(first, meters),
        "struck": struck,
    }
