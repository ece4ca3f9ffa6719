"""Reading and writing of MIDI files, with mido."""

import os
import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

from gru_zoo.files import as_path, replacing_file
from gru_zoo.tasks.music.notes import Note

TICKS_PER_BEAT = 480
MAX_FILE_SIZE = 4 * 2**20  # bytes
MAX_BEATS = 20_000  # hours of music; damaged files claim years
MIN_TEMPO, MAX_TEMPO = 4, 1_000  # quarter notes a minute; a file has three bytes for a tempo
_DEFAULT_TEMPO = 120.0  # of a file that sets none, by the standard
_DRUM_CHANNEL = 9
_SUFFIXES = {".mid", ".midi"}


def files(folder: str | os.PathLike) -> list[pathlib.Path]:
    """Paths of the MIDI files in a folder and its sub-folders, sorted by name.

    Raises:
        FileNotFoundError: the folder does not exist or has no MIDI file.
    """
    folder = as_path(folder)
    paths = [p for p in folder.rglob("*") if p.suffix.lower() in _SUFFIXES and p.is_file()]
    if not paths:
        raise FileNotFoundError(
            f"Expected a folder with .mid or .midi files. Received: '{folder}', which "
            f"{'has none' if folder.is_dir() else 'does not exist'}."
        )
    return sorted(paths)


def read(path: str | os.PathLike) -> tuple[list[Note], float]:
    """Read the notes and the tempo of a MIDI file.

    All tracks and channels are merged, except drums. A note without a release ends with its track.

    Args:
        path: file of format 0 or 1.

    Returns:
        The notes, track by track, and the first tempo of the file in quarter notes a minute,
        clipped to the range from 4 to 1,000; 120 if the file sets no tempo.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not a MIDI file, is damaged, or has an unsupported format.
    """
    path = as_path(path)
    file = _parse(path)
    notes = [note for track in file.tracks for note in _notes(track, file.ticks_per_beat, path)]
    return notes, _first_tempo(file)


def _parse(path: pathlib.Path) -> Any:
    """A file as `mido.MidiFile`, after checks of its header."""
    import mido

    if not path.is_file():
        raise FileNotFoundError(f"Expected a MIDI file. There is none at '{path}'.")
    _check_header(path)
    try:
        file = mido.MidiFile(path, clip=True)
    except Exception as error:  # mido passes on every error of its parser
        raise ValueError(
            f"'{path}' is damaged: {type(error).__name__} {error}. Export it again."
        ) from error
    if not file.tracks:
        raise ValueError(
            f"Expected a MIDI file with at least one track. Received: '{path}' without tracks."
        )
    return file


def _check_header(path: pathlib.Path) -> None:
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(14)
    if header[:4] != b"MThd":
        raise ValueError(
            f"'{path}' is not a MIDI file. Expected it to begin with b'MThd'. Received: "
            f"{header[:4]!r}."
        )
    if size > MAX_FILE_SIZE:
        raise ValueError(
            f"Expected a MIDI file of at most {MAX_FILE_SIZE:,} bytes. Received: '{path}' with "
            f"{size:,}."
        )
    if len(header) < 14:
        return  # mido says where a file is cut off
    format_ = int.from_bytes(header[8:10], "big")
    if format_ not in (0, 1):
        raise ValueError(
            f"Expected a MIDI file of format 0 or 1. Received: '{path}' of format {format_}, "
            "whose tracks are separate pieces. Save each as its own file."
        )
    if not 1 <= int.from_bytes(header[12:], "big") < 0x8000:
        raise ValueError(
            "Expected a MIDI file that measures time in ticks per quarter note. Received: "
            f"'{path}' with the division {header[12:]!r}, which measures seconds."
        )


def _notes(track: Any, ticks_per_beat: int, path: pathlib.Path) -> Iterator[Note]:
    """The notes of a track, each when it is released."""
    ticks = 0
    sounding: dict[tuple[int, int], tuple[int, int]] = {}  # (channel, pitch): (start, velocity)

    def release(key: tuple[int, int]) -> Note:
        start, velocity = sounding.pop(key)
        return Note(key[1], start / ticks_per_beat, (ticks - start) / ticks_per_beat, velocity)

    for message in track:
        ticks += message.time
        if ticks > MAX_BEATS * ticks_per_beat:
            raise ValueError(
                f"'{path}' is damaged: expected at most {MAX_BEATS:,} quarter notes. Received: "
                f"{ticks / ticks_per_beat:,.0f}."
            )
        if message.type not in ("note_on", "note_off") or message.channel == _DRUM_CHANNEL:
            continue
        key = message.channel, message.note
        if key in sounding:
            yield release(key)
        if message.type == "note_on" and message.velocity:
            sounding[key] = ticks, message.velocity
    for key in list(sounding):
        yield release(key)


def _first_tempo(file: Any) -> float:
    for track in file.tracks:
        for message in track:
            if message.type == "set_tempo":
                return min(max(60e6 / max(message.tempo, 1), MIN_TEMPO), MAX_TEMPO)
    return _DEFAULT_TEMPO


def write(
    path: str | os.PathLike,
    notes: Sequence[Note],
    tempo: float,
    beats: float = 0.0,
    beats_per_bar: int = 4,
) -> pathlib.Path:
    """Write notes as a MIDI file of format 0.

    Args:
        path: path of the file; an existing file is replaced.
        notes: notes in any order. Every note is released.
        tempo: quarter notes a minute.
        beats: length of the track in quarter notes, at least the end of the last note.
        beats_per_bar: quarter notes of a bar.

    Returns:
        The path.
    """
    import mido

    path = as_path(path)
    events = []
    for note in notes:
        start, end = (
            round(beat * TICKS_PER_BEAT) for beat in (note.start, note.start + note.length)
        )
        events.append((start, "note_on", note.pitch, note.velocity))
        events.append((end, "note_off", note.pitch, 0))
    # A release comes before a start at the same tick: otherwise it would end the new note.
    events.sort(key=lambda event: (event[0], event[1] == "note_on", event[2]))

    track = mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=round(60e6 / tempo)))
    track.append(mido.MetaMessage("time_signature", numerator=beats_per_bar, denominator=4))
    previous = 0
    for ticks, kind, pitch, velocity in events:
        track.append(mido.Message(kind, note=pitch, velocity=velocity, time=ticks - previous))
        previous = ticks
    end = round(beats * TICKS_PER_BEAT)
    track.append(mido.MetaMessage("end_of_track", time=max(0, end - previous)))
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_BEAT, tracks=[track])
    with replacing_file(path) as temporary:
        file.save(temporary)
    return path
