"""Ordinary input of music: MIDI files made for the purpose; see recipes/ordinary.py."""

import pathlib
import tempfile
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gru_zoo.tasks.music.key_finding import find_key
from gru_zoo.tasks.music.notes import Note
from gru_zoo.tasks.music.score import Score
from recipes.music.made_files import DAMAGED, MAKERS, midi, with_message
from recipes.ordinary import Case

if TYPE_CHECKING:
    from gru_zoo.tasks.music.task import Music

PRESETS = ("music_chorales", "music_folk", "music_piano")
KINDS = {
    "scales": "In quarters, eighths, triplets and sixteenths: each note stays and starts in time.",
    "off-beats": "Syncopated and dotted rhythms: each note stays and starts in time.",
    "repeated notes": "The same note two to four times: as many notes stay.",
    "tempos": "Several tempos: the length in seconds is right within a tenth.",
    "layouts": "Types 0 and 1, drums, channels, many tracks: the notes, without the drums.",
    "keys": "A cadence and a scale in each key: the key is found.",
    "metres": "3/4, 2/4, 5/4, 6/8 and others: the bars have as many beats.",
    "damaged": "One odd or damaged meta message, which players pass over: the notes.",
    "continued": "Two bars are added: tempo and notes of the file stay, and notes follow.",
    "harmonised": "Melodies of up to two octaves in any register: they stay the top line.",
}
COUNT = 24  # files of a kind
SLACK = 0.13  # quarter notes by which a start may be off: half a sixteenth


def cases() -> list[Case]:
    """Return the files; the expected answer is their notes, or what the kind asks for."""
    made = []
    for number, (kind, make) in enumerate(MAKERS.items()):
        for i in range(COUNT):
            tracks, expected = make(i, np.random.default_rng((number, i)))
            file = midi(f"{kind} {i}", *tracks)
            if kind == "damaged":
                file = file._replace(content=with_message(file.content, DAMAGED[i % len(DAMAGED)]))
            made.append(Case(kind, file, expected))
    return made


def judge(task: "Music", cases: Sequence[Case]) -> list[bool | None]:
    """Judge what a preset reads in each file, or makes of it."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of notes beside the grid, as meant
        path = pathlib.Path(folder) / "input.mid"
        right: list[bool | None] = []
        for case in cases:
            path.write_bytes(case.input.content)
            try:
                right.append(is_right(task, case, path))
            except (ValueError, EOFError):
                right.append(False)  # every player plays these files
    return right


def is_right(task: "Music", case: Case, path: pathlib.Path) -> bool | None:
    """Judge one file by the rule of its kind; None where the preset has no voices to harmonise."""
    if case.kind == "harmonised":
        if task.processor.voices is None:
            return None
        score = task.harmonise(path, seed=0)
        tops = [max(step) for step in score.steps if step]
        return len({top - note.pitch for top, note in zip(tops, case.expected, strict=True)}) == 1
    score = Score.load(path, task.processor.steps_per_beat)
    if case.kind == "tempos":
        return abs(score.seconds / case.expected - 1) < 0.1
    if case.kind == "keys":
        return find_key(score.steps) == case.expected
    if case.kind == "metres":
        return score.beats_per_bar == case.expected
    if case.kind == "continued":
        longer = task.continue_(path, bars=2, seed=0)
        new = longer.steps[len(score.steps) :]
        kept = longer.tempo == score.tempo and longer.steps[: len(score.steps)] == score.steps
        return kept and len(new) == 2 * task.processor.steps_per_bar and any(new)
    return same_notes(score.notes, case.expected)


def same_notes(found: Sequence[Note], expected: Sequence[Note]) -> bool:
    """Whether the notes are the same, and each starts in time."""
    return [note.pitch for note in found] == [note.pitch for note in expected] and all(
        abs(a.start - b.start) <= SLACK for a, b in zip(found, expected, strict=True)
    )
