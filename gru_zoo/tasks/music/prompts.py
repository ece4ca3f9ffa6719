"""Music that is given to a model, in the steps and the range of the model."""

import dataclasses
import os
from collections.abc import Callable, Iterable, Sequence

from gru_zoo.files import read_each
from gru_zoo.tasks.music.processor import MusicProcessor, Piece
from gru_zoo.tasks.music.score import Score

Prompt = Score | str | os.PathLike  # a score, or the path of a MIDI file


def read_prompt(prompt: Prompt, processor: MusicProcessor) -> Score:
    """A prompt as a score with the steps of the model, or shorter ones if its notes need them.

    A model hears steps and no note values. So music whose shortest regular notes are shorter than
    a step of the model is given to it in steps of these notes, and keeps its tempo.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file cannot be read, or there are no notes in the range of the model.
    """
    score = prompt if isinstance(prompt, Score) else Score.load(prompt)
    score = in_range(score.on_grid(processor.steps_per_beat), processor)
    if not any(score.steps):
        where = "none" if isinstance(prompt, Score) else f"'{prompt}', which has none"
        raise ValueError(
            f"Expected music with notes among the {processor.keys} keys from pitch "
            f"{processor.lowest} up, besides drums. Received: {where}."
        )
    return score


def in_range(score: Score, processor: MusicProcessor) -> Score:
    """The notes of a score that are among the keys of the model."""
    return score.within(processor.lowest, processor.lowest + processor.keys - 1)


def highest_notes(score: Score) -> Score:
    """The highest note of each step."""
    steps = tuple(step[-1:] for step in score.steps)
    struck = score.struck and tuple(
        tuple(pitch for pitch in new if pitch in step)
        for step, new in zip(steps, score.struck, strict=True)
    )
    return dataclasses.replace(score, steps=steps, struck=struck)


def pieces_of(
    music: Iterable[Piece | str | os.PathLike], read: Callable[[str | os.PathLike], Score]
) -> list[Piece]:
    """Pieces to learn from. Files that cannot be read are left out with a warning.

    Args:
        music: pieces as lists of steps, and paths of MIDI files.
        read: reads a file.

    Raises:
        ValueError: no piece is left.
    """

    def content(item: Piece | str | os.PathLike) -> Piece:
        return read(item).steps if isinstance(item, (str, os.PathLike)) else item

    return read_each(list(music), content, "pieces")[0]


def check_melody(score: Score) -> None:
    """Raises ValueError if notes of a score sound together."""
    most = max(map(len, score.steps))
    if most > 1:
        raise ValueError(
            f"Expected a melody, one note at a time. Received: up to {most} together. Pass "
            "top_line=True to harmonize the highest ones."
        )


def harmonized(tune: Score, steps: Sequence[tuple[int, ...]], shift: int) -> Score:
    """A melody with all its voices, at the pitch of the melody.

    The melody is struck as it was, the other voices where their pitch changes and at bars.

    Args:
        tune: the melody.
        steps: steps of all voices, the melody as their highest notes.
        shift: semitones by which they lie above the melody's own pitch.
    """
    score = dataclasses.replace(tune, steps=tuple(steps), struck=None).transposed(-shift)
    struck = tune.struck and tuple(
        (*(pitch for pitch in step if pitch not in own), *new)
        for step, own, new in zip(score.struck_at_bars(), tune.steps, tune.struck, strict=True)
    )
    moved = f"{abs(shift)} semitones {'higher' if shift > 0 else 'lower'}"
    remark = f"The melody was harmonized {f'{moved}, in C, and moved back' if shift else 'in C'}."
    return dataclasses.replace(score, struck=struck, remark=remark)
