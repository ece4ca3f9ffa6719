"""MIDI files to scores and back, on mido."""

import os
import pathlib
from collections.abc import Iterator

from gru_zoo.files import as_path, replacing_file
from gru_zoo.tasks.music.notes import Note, quantize_to_grid
from gru_zoo.tasks.music.score import Score

TICKS_PER_BEAT = 480
LARGEST_FILE = 4 * 2**20
MOST_BEATS = 20_000  # hours of music; damaged files claim years
_DRUMS = 9
_SUFFIXES = {".mid", ".midi"}


def files(folder: str | os.PathLike) -> list[pathlib.Path]:
    """The MIDI files in a folder and those below it, by name.

    Raises:
        FileNotFoundError: there is no such folder, or no MIDI file in it.
    """
    folder = as_path(folder)
    found = [p for p in folder.rglob("*") if p.suffix.lower() in _SUFFIXES and p.is_file()]
    if not found:
        raise FileNotFoundError(
            f"Expected a folder with .mid or .midi files. Received: '{folder}', which "
            f"{'has none' if folder.is_dir() else 'does not exist'}."
        )
    return sorted(found)


def read(path: str | os.PathLike, steps_per_beat: int = 4) -> Score:
    """The score of a MIDI file, all tracks and channels but drums in one.

    Silence before the first note and behind the last is left out. A note that is never released
    ends with its track.

    Args:
        path: of a file of format 0 or 1.
        steps_per_beat: steps of a quarter note, to which notes are moved.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a MIDI file, is damaged, or is of a kind that is not read.
    """
    path = as_path(path)
    file = _parsed(path)
    notes = [note for track in file.tracks for note in _notes(track, file.ticks_per_beat, path)]
    first = min((note.start for note in notes), default=0.0)
    first = int(first * steps_per_beat + 0.5) / steps_per_beat
    notes = [note._replace(start=max(0.0, note.start - first)) for note in notes]
    return Score(quantize_to_grid(notes, steps_per_beat), _tempo(file), steps_per_beat)


def _parsed(path: pathlib.Path):
    import mido

    if not path.is_file():
        raise FileNotFoundError(f"Expected a MIDI file. There is none at '{path}'.")
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(14)
    if head[:4] != b"MThd":
        raise ValueError(
            f"'{path}' is not a MIDI file. Expected it to begin with b'MThd'. Received: "
            f"{head[:4]!r}."
        )
    if size > LARGEST_FILE:
        raise ValueError(
            f"Expected a MIDI file of at most {LARGEST_FILE:,} bytes. Received: '{path}' with "
            f"{size:,}."
        )
    kind = int.from_bytes(head[8:10], "big")
    if len(head) == 14 and kind not in (0, 1):
        raise ValueError(
            f"Expected a MIDI file of format 0 or 1. Received: '{path}' of format {kind}, whose "
            "tracks are pieces of their own. Save them one by one."
        )
    if len(head) == 14 and not 1 <= int.from_bytes(head[12:], "big") < 0x8000:
        raise ValueError(
            f"Expected a MIDI file in ticks a quarter note. Received: '{path}' with the division "
            f"{head[12:]!r}, as files in seconds have it."
        )
    try:
        file = mido.MidiFile(path, clip=True)
    except Exception as error:  # mido raises whatever its parser meets
        raise ValueError(
            f"'{path}' is damaged: {type(error).__name__} {error}. Export it again."
        ) from error
    if not file.tracks:
        raise ValueError(f"Expected a MIDI file with a track or more. Received: '{path}', no one.")
    return file


def _notes(track, ticks_per_beat: int, path: pathlib.Path) -> Iterator[Note]:
    """The notes of a track, in quarter notes."""
    ticks = 0
    begun: dict[tuple[int, int], tuple[int, int]] = {}

    def append_eos(key):
        start, velocity = begun.pop(key)
        return Note(key[1], start / ticks_per_beat, (ticks - start) / ticks_per_beat, velocity)

    for message in track:
        ticks += message.time
        if ticks > MOST_BEATS * ticks_per_beat:
            raise ValueError(
                f"'{path}' is damaged: expected at most {MOST_BEATS:,} quarter notes. Received: "
                f"{ticks / ticks_per_beat:,.0f}."
            )
        if message.type not in ("note_on", "note_off") or message.channel == _DRUMS:
            continue
        key = message.channel, message.note
        if key in begun:
            yield append_eos(key)
        if message.type == "note_on" and message.velocity:
            begun[key] = ticks, message.velocity
    for key in list(begun):
        yield append_eos(key)


def _tempo(file) -> float:
    """Quarter notes a minute as first said in the file, 120 where nothing is said."""
    for track in file.tracks:
        for message in track:
            if message.type == "set_tempo":
                return min(max(60e6 / max(message.tempo, 1), 4), 1_000)
    return 120.0


def write(score: Score, path: str | os.PathLike) -> pathlib.Path:
    """Write a score as a MIDI file of format 0, every note released.

    Args:
        score: what to write.
        path: of the file; an existing one is replaced.

    Returns:
        The path.
    """
    import mido

    path = as_path(path)
    events = []
    for note in score.notes:
        start, end = (
            round(beat * TICKS_PER_BEAT) for beat in (note.start, note.start + note.length)
        )
        events.append((start, "note_on", note.pitch, note.velocity))
        events.append((end, "note_off", note.pitch, 0))
    # At one moment notes are released first, so that one struck anew is not cut off.
    events.sort(key=lambda event: (event[0], event[1] == "note_on", event[2]))

    track = mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=round(60e6 / score.tempo)))
    track.append(mido.MetaMessage("time_signature", numerator=score.beats_per_bar, denominator=4))
    now = 0
    for ticks, kind, pitch, velocity in events:
        track.append(mido.Message(kind, note=pitch, velocity=velocity, time=ticks - now))
        now = ticks
    total = round(len(score.steps) / score.steps_per_beat * TICKS_PER_BEAT)
    track.append(mido.MetaMessage("end_of_track", time=max(0, total - now)))
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_BEAT, tracks=[track])
    with replacing_file(path) as fresh:
        file.save(fresh)
    return path
