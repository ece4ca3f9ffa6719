"""Tempo maps, meters and bar lines; times are in quarter notes from the start."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np

Meter = tuple[int, int]  # upper and lower number of a time signature, such as (6, 8)
TempoChanges = tuple[tuple[float, float], ...]  # (beat, quarter notes a minute)
MeterChanges = tuple[tuple[float, Meter], ...]  # (beat, meter)

MIN_TEMPO, MAX_TEMPO = 4, 1_000  # quarter notes a minute; a file has three bytes for a tempo

Value = TypeVar("Value")

_NEAR = 1e-6  # beats that differ by less are one


def quarters(meter: Meter) -> float:
    """Quarter notes of a bar, such as 3.0 for 3/4 and for 6/8."""
    upper, lower = meter
    return 4 * upper / lower


def changes_from(
    events: Iterable[tuple[float, Value]], first: Value, start: float = 0.0
) -> tuple[Value, tuple[tuple[float, Value], ...]]:
    """The value that is in force at a beat, and its changes after that.

    Args:
        events: (beat, value) in the order of the file. Of several at one beat the last counts.
        first: value before all events.
        start: the beat. The beats of the changes are counted from it.

    Returns:
        The value at `start`, and the changes in ascending order, each to a different value.
    """
    current = first
    changes: list[tuple[float, Value]] = []
    for beat, value in sorted(events, key=lambda event: event[0]):
        if beat - start < _NEAR:
            current = value
            continue
        if changes and beat - start - changes[-1][0] < _NEAR:
            changes.pop()
        changes.append((beat - start, value))
    before = [current, *(value for _, value in changes)]
    different = (change for old, change in zip(before, changes, strict=False) if change[1] != old)
    return current, tuple(different)


def value_at(beat: float, first: Value, changes: Iterable[tuple[float, Value]]) -> Value:
    """The value that is in force at a beat."""
    return changes_from(changes, first, beat)[0]


class TempoMap:
    """Seconds of beats.

    Args:
        tempo: quarter notes a minute at the start.
        changes: later tempos, ascending.
    """

    def __init__(self, tempo: float, changes: TempoChanges = ()):
        self._beats = np.array([0.0, *(beat for beat, _ in changes)])
        self._tempos = np.array([tempo, *(value for _, value in changes)], float)
        passed = np.diff(self._beats) * 60 / self._tempos[:-1]
        self._seconds = np.concatenate([[0.0], np.cumsum(passed)])

    def seconds(self, beat: float) -> float:
        """Seconds from the start to a beat."""
        part = max(0, int(np.searchsorted(self._beats, beat, "right")) - 1)
        rest = (beat - self._beats[part]) * 60 / self._tempos[part]
        return float(self._seconds[part] + rest)


def bar_lines(beats: float, meter: Meter, changes: MeterChanges, pickup: float) -> list[float]:
    """Beats at which a bar starts, from 0 to `beats`.

    Args:
        beats: length of the music.
        meter: meter at the start.
        changes: later meters, ascending. A change starts a bar.
        pickup: quarter notes before the first bar line.
    """
    lines = []
    parts: Sequence[tuple[float, Meter]] = ((pickup, meter), *changes)
    for (start, value), (end, _) in zip(parts, (*parts[1:], (beats + _NEAR, meter)), strict=True):
        count = max(0, int(np.ceil((min(end, beats + _NEAR) - start) / quarters(value) - _NEAR)))
        lines += [start + bar * quarters(value) for bar in range(count)]
    return lines


def count_bars(beats: float, meter: Meter, changes: MeterChanges) -> float:
    """Length in bars; each part counts in bars of its own meter."""
    parts: Sequence[tuple[float, Meter]] = ((0.0, meter), *changes)
    return sum(
        max(0.0, min(end, beats) - start) / quarters(value)
        for (start, value), (end, _) in zip(parts, (*parts[1:], (beats, meter)), strict=True)
    )


def steps_of_bars(bars: float, meter: Meter, steps_per_beat: int) -> int:
    """Steps of a number of bars.

    Raises:
        ValueError: there is no step.
    """
    count = round(bars * quarters(meter) * steps_per_beat)
    if count < 1:
        raise ValueError(f"Expected bars above 0. Received: bars={bars!r}.")
    return count


def pickup_at(start: float, events: Iterable[tuple[float, Meter]]) -> float:
    """Quarter notes from a beat to the next bar line; 0 if it is on one.

    Args:
        start: the beat.
        events: (beat, meter) in the order of the file; 4/4 before the first.
    """
    events = sorted(events, key=lambda event: event[0])
    passed = [event for event in ((0.0, (4, 4)), *events) if event[0] - start < _NEAR]
    bar = quarters(passed[-1][1])
    pickup = -(start - passed[-1][0]) % bar
    following = [beat - start for beat, _ in events if beat - start >= _NEAR]
    pickup = 0.0 if min(pickup, bar - pickup) < _NEAR else min([pickup, *following[:1]])
    return round(pickup, 6)


def check_meter(meter: Meter) -> Meter:
    """The meter as a tuple; raises ValueError if it is none."""
    try:
        upper, lower = (int(number) for number in meter)
    except (TypeError, ValueError):
        upper = lower = 0
    if not 1 <= upper <= 255 or lower not in (1, 2, 4, 8, 16, 32, 64):
        raise ValueError(
            "Expected a meter such as (3, 4) or (6, 8), whose lower number is a power of two up to "
            f"64. Received: {meter!r}."
        )
    return upper, lower


def check_tempo(tempo: float) -> float:
    """The tempo; raises ValueError if it is out of range."""
    if not MIN_TEMPO <= tempo <= MAX_TEMPO:
        raise ValueError(f"Expected a tempo from 4 to 1,000. Received: tempo={tempo!r}.")
    return tempo


def check_pickup(pickup: float, meter: Meter) -> None:
    """Raises ValueError if a pickup is negative or as long as a bar."""
    if not 0 <= pickup < quarters(meter):
        raise ValueError(f"Expected a pickup shorter than a bar of {meter}. Received: {pickup!r}.")


def check_changes(
    changes: Iterable[tuple[float, Value]], first: Value, check: Callable[[Value], Value]
) -> tuple[tuple[float, Value], ...]:
    """The changes in ascending order, each to a different value.

    Args:
        changes: (beat, value); of several at one beat the last counts.
        first: value before all changes.
        check: returns the value, or raises ValueError.

    Raises:
        ValueError: a change is not after the start, or has a value that `check` refuses.
    """
    checked = [(float(beat), check(value)) for beat, value in changes]
    for beat, _ in checked:
        if not beat > 0:
            raise ValueError(f"Expected changes after the start. Received: one at beat {beat:g}.")
    return changes_from(checked, first)[1]
