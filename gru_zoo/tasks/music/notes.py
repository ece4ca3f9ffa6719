"""Notes, and their quantization to a grid of steps."""

import itertools
import warnings
from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

import numpy as np

MAX_SOUNDING = 5_000_000  # pitches over all steps; damaged files claim billions

Steps = tuple[tuple[int, ...], ...]  # MIDI pitches of each step, ascending


class Note(NamedTuple):
    """A note: MIDI pitch, start and length in quarter notes, velocity from 1 to 127."""

    pitch: int
    start: float
    length: float
    velocity: int


class Quantized(NamedTuple):
    """Notes in equal steps.

    Args:
        steps: pitches that sound in each step.
        struck: pitches that are struck in each step.
        left_out: number of notes that have no place, see `quantize_to_grid`.
    """

    steps: Steps
    struck: Steps
    left_out: int


def quantize_to_grid(
    notes: Sequence[Note], steps_per_beat: int, step_count: int | None = None
) -> Quantized:
    """Quantize notes to equal steps.

    A note starts at the step that is nearest to its start, and lasts one step or more. Where notes
    that follow each other have one nearest step, only the nearest of them is kept, with the notes
    that sound together with it: notes between the steps do not become chords.

    Args:
        notes: notes in any order.
        steps_per_beat: steps of a quarter note.
        step_count: number of steps. A note that would start later starts in the last step. None
            takes as many steps as the notes need.

    Raises:
        ValueError: the notes are too many and too long.
    """
    at_step: dict[int, list[Note]] = {}
    for note in notes:
        # Halves go up: round() would pull them to even steps.
        start = int(note.start * steps_per_beat + 0.5)
        start = start if step_count is None else min(start, step_count - 1)
        at_step.setdefault(start, []).append(note)
    kept = [
        (start, note)
        for start, group in at_step.items()
        for note in _together(group, start / steps_per_beat)
    ]
    spans = [
        (note.pitch, start, max(start + 1, int((note.start + note.length) * steps_per_beat + 0.5)))
        for start, note in kept
    ]
    if step_count is None:
        step_count = max((end for _, _, end in spans), default=0)
    sounding, struck = (np.zeros((step_count, 128), bool) for _ in range(2))
    for pitch, start, end in spans:
        sounding[start:end, pitch] = True
        struck[start, pitch] = True
    if sounding.sum() > MAX_SOUNDING:
        raise ValueError(
            f"Expected at most {MAX_SOUNDING:,} pitches over all steps. Received: "
            f"{sounding.sum():,} in {step_count:,} steps."
        )
    return Quantized(_pitches(sounding), _pitches(struck), len(notes) - len(kept))


def _together(notes: Sequence[Note], time: float) -> list[Note]:
    """Of notes with one nearest step, the nearest to its time and all that sound with them."""
    kept: dict[int, Note] = {}
    repeated: list[Note] = []
    for note in sorted(notes, key=lambda note: (abs(note.start - time), note.start)):
        if note.pitch in kept:
            if _overlap(note, kept[note.pitch]):
                repeated.append(note)  # the same note, in another voice
        elif all(_overlap(note, other) for other in kept.values()):
            kept[note.pitch] = note
    return [*kept.values(), *repeated]


def _overlap(a: Note, b: Note) -> bool:
    """Whether two notes sound together for half of the shorter one or more."""
    length_a, length_b = max(a.length, 1e-3), max(b.length, 1e-3)
    common = min(a.start + length_a, b.start + length_b) - max(a.start, b.start)
    return common >= min(length_a, length_b) / 2


def _pitches(roll: np.ndarray) -> Steps:
    """The columns that are True in each row."""
    rows, columns = np.nonzero(roll)
    bounds = np.searchsorted(rows, np.arange(len(roll) + 1))
    values = columns.tolist()
    return tuple(tuple(values[a:b]) for a, b in itertools.pairwise(bounds))


def checked_steps(steps: Iterable[Iterable[int]]) -> Steps:
    """Steps with their pitches as whole numbers in ascending order, each once.

    Raises:
        ValueError: a pitch is not from 0 to 127.
    """
    checked = tuple(tuple(sorted({int(pitch) for pitch in step})) for step in steps)
    pitches = [pitch for step in checked for pitch in step]
    if pitches and not 0 <= min(pitches) <= max(pitches) <= 127:
        raise ValueError(
            "Expected MIDI pitches from 0 to 127. Received: pitches from "
            f"{min(pitches)} to {max(pitches)}."
        )
    return checked


def struck_at_bars(steps: Steps, bars: Set[int]) -> Steps:
    """What is struck in each step if a pitch of consecutive steps is one note until the bar ends.

    Args:
        steps: pitches that sound in each step.
        bars: steps at which a bar starts.
    """
    return tuple(
        step if t in bars else tuple(pitch for pitch in step if pitch not in before)
        for t, (before, step) in enumerate(zip(((), *steps), steps, strict=False))
    )


def notes_of_steps(steps: Steps, struck: Steps, steps_per_beat: int, bars: Set[int]) -> list[Note]:
    """Notes of steps, sorted by start and pitch.

    The highest note of a step is a little louder, and so are notes at the start of a bar.

    Args:
        steps: pitches that sound in each step.
        struck: pitches that are struck in each step.
        steps_per_beat: steps of a quarter note.
        bars: steps at which a bar starts.
    """
    notes = []
    starts: dict[int, int] = {}
    for t, (step, new) in enumerate(zip((*steps, ()), (*struck, ()), strict=True)):
        for pitch in [p for p in starts if p in new or p not in step]:
            start = starts.pop(pitch)
            velocity = 72 + 8 * (pitch == steps[start][-1]) + 6 * (start in bars)
            beat, length = start / steps_per_beat, (t - start) / steps_per_beat
            notes.append(Note(pitch, beat, length, velocity))
        for pitch in step:
            starts.setdefault(pitch, t)
    return sorted(notes, key=lambda note: (note.start, note.pitch))


def warn_of_notes_left_out(left_out: int, total: int, name: str, steps_per_beat: int) -> None:
    """Warn of notes for which the grid has no place.

    Args:
        left_out: their number.
        total: number of all notes.
        name: where they are from.
        steps_per_beat: steps of a quarter note of the grid.
    """
    if left_out:
        warnings.warn(
            f"{left_out} of {total} notes of {name} are left out: they lie between the steps, of "
            f"which a quarter note has {steps_per_beat}.",
            stacklevel=4,
        )
