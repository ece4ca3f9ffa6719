"""Notes, and their rounding to a grid."""

from typing import NamedTuple


class Note(NamedTuple):
    """A note: MIDI pitch, start and length in quarter notes, velocity from 1 to 127."""

    pitch: int
    start: float
    length: float
    velocity: int


def quantize_to_grid(
    notes: list[Note], steps_per_beat: int, size: int | None = None
) -> tuple[tuple[int, ...], ...]:
    """Steps in which notes sound: each at least one step, from the nearest to its start.

    Args:
        notes: in any order.
        steps_per_beat: steps of a quarter note.
        size: number of steps, in the last of which notes start at the latest; None for as many as
            the notes need.
    """
    spans = []
    for note in notes:
        # Halves go up: round() would pull them to even steps.
        start = int(note.start * steps_per_beat + 0.5)
        start = start if size is None else min(start, size - 1)
        end = max(start + 1, int((note.start + note.length) * steps_per_beat + 0.5))
        spans.append((note.pitch, start, end))
    if size is None:
        size = max((end for _, _, end in spans), default=0)
    steps: list[set[int]] = [set() for _ in range(size)]
    for pitch, start, end in spans:
        for step in steps[start:end]:
            step.add(pitch)
    return tuple(tuple(sorted(step)) for step in steps)
