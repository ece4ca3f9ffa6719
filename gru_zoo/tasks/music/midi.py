"""Reading and writing of MIDI files."""

import os
import pathlib
import warnings
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gru_zoo.files import as_path, find_files, replacing_file
from gru_zoo.tasks.music import midi_events, suffix
from gru_zoo.tasks.music.midi_events import Damaged, Event
from gru_zoo.tasks.music.notes import Note
from gru_zoo.tasks.music.timing import MAX_TEMPO, MIN_TEMPO, Meter, MeterChanges, TempoChanges

TICKS_PER_BEAT = 480
MAX_FILE_SIZE = 4 * 2**20  # bytes
MAX_BEATS = 20_000  # hours of music; damaged files claim years
MAX_NOTES = 200_000  # as many as a player strikes in a day
_DRUM_CHANNEL = 9


class Content(NamedTuple):
    """What is read from a MIDI file; times are in quarter notes.

    Args:
        notes: notes, track by track.
        tempos: (beat, quarter notes a minute) in the order of the file.
        meters: (beat, meter) in the order of the file.
    """

    notes: list[Note]
    tempos: list[tuple[float, float]]
    meters: list[tuple[float, Meter]]


def files(folder: str | os.PathLike) -> list[pathlib.Path]:
    """Paths of the MIDI files in a folder and its sub-folders, sorted by name.

    Hidden and system files are passed over, and files with other suffixes with a warning.

    Raises:
        FileNotFoundError: the folder does not exist or has no MIDI file.
    """
    return find_files(folder, "**/*", suffix.MIDI, "a folder with MIDI files")


def read(path: str | os.PathLike) -> Content:
    """Read a MIDI file.

    All tracks and channels are merged, except drums. A note without a release ends with its track.
    Damaged meta messages are skipped with a warning. Tempos outside of 4 to 1,000 are moved to the
    end of this range, with a warning too.

    Args:
        path: file of format 0 or 1.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not a MIDI file, is damaged, or has an unsupported format.
    """
    path = as_path(path)
    if not path.is_file():
        raise FileNotFoundError(f"Expected a MIDI file. There is none at '{path}'.")
    content = _checked(path)
    per_beat = int.from_bytes(content[12:14], "big")
    music, found = Content([], [], []), False
    damaged: list[str] = []
    try:
        for track in midi_events.chunks_of_tracks(content, damaged):
            found = True
            for item in _notes(midi_events.events_of(track, damaged), per_beat, music):
                music.notes.append(item)
                if len(music.notes) > MAX_NOTES:
                    raise Damaged(f"expected at most {MAX_NOTES:,} notes")
    except Damaged as error:
        raise ValueError(f"'{path}' is damaged: {error}. Export it again.") from None
    if not found:
        raise ValueError(
            f"Expected a MIDI file with at least one track. Received: '{path}' without tracks."
        )
    if damaged:
        names = ", ".join(sorted({*damaged}))
        warnings.warn(f"'{path}' is damaged. It is read without: {names}.", stacklevel=4)
    return music._replace(tempos=_in_range(music.tempos, path))


def _checked(path: pathlib.Path) -> bytes:
    """Bytes of a file whose header is supported."""
    with path.open("rb") as file:
        content = file.read(MAX_FILE_SIZE + 1)
    if content[:4] != b"MThd":
        raise ValueError(
            f"'{path}' is not a MIDI file. Expected it to begin with b'MThd'. Received: "
            f"{content[:4]!r}."
        )
    if len(content) > MAX_FILE_SIZE:
        raise ValueError(
            f"Expected a MIDI file of at most {MAX_FILE_SIZE:,} bytes. Received: '{path}' with "
            f"{path.stat().st_size:,}."
        )
    if len(content) < 14:
        return content  # where it is cut off is said when its tracks are read
    format_ = int.from_bytes(content[8:10], "big")
    if format_ not in (0, 1):
        raise ValueError(
            f"Expected a MIDI file of format 0 or 1. Received: '{path}' of format {format_}, "
            "whose tracks are separate pieces. Save each as its own file."
        )
    if not 1 <= int.from_bytes(content[12:14], "big") < 0x8000:
        raise ValueError(
            "Expected a MIDI file that measures time in ticks per quarter note. Received: "
            f"'{path}' with the division {content[12:14]!r}, which measures seconds."
        )
    return content


def _notes(events: Iterator[Event], per_beat: int, music: Content) -> Iterator[Note]:
    """The notes of a track, each when it is released; tempos and meters are added to `music`."""
    ticks = 0
    sounding: dict[tuple[int, int], tuple[int, int]] = {}  # (channel, pitch): (start, velocity)

    def release(key: tuple[int, int]) -> Note:
        start, velocity = sounding.pop(key)
        return Note(key[1], start / per_beat, (ticks - start) / per_beat, velocity)

    for event in events:
        if event.kind == midi_events.TEMPO:
            tempo = _rounded_tempo(int.from_bytes(event.data, "big"))
            music.tempos.append((event.ticks / per_beat, tempo))
        elif event.kind == midi_events.METER:
            meter = event.data[0], 2 ** event.data[1]
            music.meters.append((event.ticks / per_beat, meter))
        elif event.kind == midi_events.END_OF_TRACK:
            ticks = min(event.ticks, MAX_BEATS * per_beat)
        elif event.channel != _DRUM_CHANNEL:
            ticks, key = event.ticks, (event.channel, event.data[0])
            if ticks > MAX_BEATS * per_beat:
                raise Damaged(
                    f"expected at most {MAX_BEATS:,} quarter notes. Received: "
                    f"{ticks / per_beat:,.0f}"
                )
            if key in sounding:
                yield release(key)
            if event.kind == midi_events.NOTE_ON and event.data[1]:
                sounding[key] = ticks, event.data[1]
    for key in list(sounding):
        yield release(key)


def _rounded_tempo(microseconds: int) -> float:
    """Quarter notes a minute: of all that a file keeps as these microseconds, the shortest one.

    A file has no fractions of a microsecond: 90 becomes 666,667, which would be 89.99995.
    """
    tempo = 60e6 / microseconds
    for digits in range(6):
        rounded = round(tempo, digits)
        if rounded and abs(60e6 / rounded - microseconds) < 1:
            return rounded
    return tempo


def _in_range(tempos: list[tuple[float, float]], path: pathlib.Path) -> list[tuple[float, float]]:
    """The tempos, those out of the range moved to its end."""
    extreme = sorted({tempo for _, tempo in tempos if not MIN_TEMPO <= tempo <= MAX_TEMPO})
    if extreme:
        warnings.warn(
            f"Expected tempos from {MIN_TEMPO} to {MAX_TEMPO:,}. Received: '{path}' with "
            f"{extreme[0]:,g}. The nearest of these is taken.",
            stacklevel=5,
        )
    return [(beat, min(max(tempo, MIN_TEMPO), MAX_TEMPO)) for beat, tempo in tempos]


def write(
    path: str | os.PathLike,
    notes: Sequence[Note],
    tempo: float,
    beats: float = 0.0,
    meter: Meter = (4, 4),
    tempo_changes: TempoChanges = (),
    meter_changes: MeterChanges = (),
    rest: float = 0.0,
) -> pathlib.Path:
    """Write notes as a MIDI file of format 0.

    Args:
        path: path of the file; an existing file is replaced.
        notes: notes in any order. Every note is released.
        tempo: quarter notes a minute at the start.
        beats: length of the track in quarter notes, at least the end of the last note.
        meter: meter at the start.
        tempo_changes, meter_changes: later tempos and meters, by quarter notes from the start.
        rest: quarter notes of silence before all that.

    Returns:
        The path.
    """
    import mido

    path = as_path(path)
    # (tick, rank, message): a release comes before a start at the same tick, or it would end the
    # new note.
    messages = [
        (0, 0, mido.MetaMessage("set_tempo", tempo=round(60e6 / tempo))),
        (0, 0, mido.MetaMessage("time_signature", numerator=meter[0], denominator=meter[1])),
    ]
    for beat, value in tempo_changes:
        message = mido.MetaMessage("set_tempo", tempo=round(60e6 / value))
        messages.append((_ticks(beat + rest), 0, message))
    for beat, (upper, lower) in meter_changes:
        message = mido.MetaMessage("time_signature", numerator=upper, denominator=lower)
        messages.append((_ticks(beat + rest), 0, message))
    for note in notes:
        on = mido.Message("note_on", note=note.pitch, velocity=note.velocity)
        off = mido.Message("note_off", note=note.pitch, velocity=0)
        messages.append((_ticks(note.start + rest), 200 + note.pitch, on))
        messages.append((_ticks(note.start + note.length + rest), 1 + note.pitch, off))
    messages.sort(key=lambda item: item[:2])

    track = mido.MidiTrack()
    previous = 0
    for ticks, _, message in messages:
        track.append(message.copy(time=ticks - previous))
        previous = ticks
    end = max(0, _ticks(beats + rest) - previous)
    track.append(mido.MetaMessage("end_of_track", time=end))
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_BEAT, tracks=[track])
    with replacing_file(path) as temporary:
        file.save(temporary)
    return path


def _ticks(beats: float) -> int:
    return round(beats * TICKS_PER_BEAT)
