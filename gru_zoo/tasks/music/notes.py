"""Notes, and their quantization to a grid of steps."""

from collections.abc import Sequence
from typing import NamedTuple


class Note(NamedTuple):
    """A note: MIDI pitch, start and length in quarter notes, velocity from 1 to 127."""

    pitch: int
    start: float
    length: float
    velocity: int


def quantize_to_grid(
    notes: Sequence[Note], steps_per_beat: int, step_count: int | None = None
) -> tuple[tuple[int, ...], ...]:
    """Quantize notes to equal steps.

    A note starts at the step that is nearest to its start, and lasts one step or more.

    Args:
        notes: notes in any order.
        steps_per_beat: steps of a quarter note.
        step_count: number of steps. A note that would start later starts in the last step. None
            takes as many steps as the notes need.

    Returns:
        The MIDI pitches of each step, ascending.
    """
    spans = []
    for note in notes:
        # Halves go up: round() would pull them to even steps.
        start = int(note.start * steps_per_beat + 0.5)
        start = start if step_count is None else min(start, step_count - 1)
        end = max(start + 1, int((note.start + note.length) * steps_per_beat + 0.5))
        spans.append((note.pitch, start, end))
    if step_count is None:
        step_count = max((end for _, _, end in spans), default=0)
    steps: list[set[int]] = [set() for _ in range(step_count)]
    for pitch, start, end in spans:
        for step in steps[start:end]:
            step.add(pitch)
    return tuple(tuple(sorted(step)) for step in steps)
