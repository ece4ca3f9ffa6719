"""MIDI files as programs and players make them, for the suite of ordinary input.

Each function of `MAKERS` takes a number and a generator of random numbers, and returns the tracks
of a file and what a reader must find in it: the notes, unless the function says otherwise.
"""

import io
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import mido
import numpy as np

from gru_zoo.tasks.music.key_finding import TONICS
from gru_zoo.tasks.music.notes import Note

Made = tuple[Sequence[mido.MidiTrack], Any]

TICKS = 480
MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 11)
RHYTHMS = (1, 0.5, 1 / 3, 0.25)
OFF_BEATS = (
    ((0, 1.5), (1.5, 0.5), (2, 1.5), (3.5, 0.5)),
    ((0, 0.5), (0.5, 0.5), (1.5, 0.5), (2.5, 0.5), (3.5, 0.5)),
    ((0, 0.75), (0.75, 0.25), (1, 0.75), (1.75, 0.25), (2, 2)),
    ((0, 1), (1, 0.5), (1.5, 1), (2.5, 0.5), (3, 1)),
)
METRES = ((3, 4), (2, 4), (5, 4), (6, 8), (9, 8), (12, 8), (2, 2), (3, 8))
# Meta messages that players pass over.
DAMAGED = (
    b"\xff\x59\x02\x09\x00",  # a key of nine sharps
    b"\xff\x51\x02\x07\xa1",  # a tempo of two bytes
    b"\xff\x58\x03\x04\x02\x18",  # a metre of three bytes
    b"\xff\x01\x02\xc3\x28",  # text that is no UTF-8
    b"\xff\x60\x01\x00",  # an unknown type
    b"\xff\x54\x01\x00",  # an offset of one byte
)


class Midi(NamedTuple):
    """A MIDI file with a name, which is printed in its place."""

    name: str
    content: bytes

    def __repr__(self) -> str:
        return self.name


def track(notes: Sequence[Note], *head: Any, channel: int = 0) -> mido.MidiTrack:
    """Make a track of messages at its start and of notes."""
    events = [(note.start, "note_on", note) for note in notes]
    events += [(note.start + note.length, "note_off", note) for note in notes]
    made, before = mido.MidiTrack(head), sum(message.time for message in head)
    for beat, kind, note in sorted(events, key=lambda event: (round(event[0], 6), event[1])):
        now = round(beat * TICKS)
        made.append(mido.Message(kind, channel=channel, note=note.pitch, time=now - before))
        before = now
    return made


def midi(name: str, *tracks: mido.MidiTrack) -> Midi:
    """Make a file, of type 0 if it has one track."""
    content = io.BytesIO()
    kind = 0 if len(tracks) == 1 else 1
    mido.MidiFile(type=kind, ticks_per_beat=TICKS, tracks=list(tracks)).save(file=content)
    return Midi(name, content.getvalue())


def tempo(quarters: float, wait: float = 0) -> mido.MetaMessage:
    """Make a message that sets quarter notes a minute after so many quarter notes."""
    return mido.MetaMessage("set_tempo", tempo=round(60e6 / quarters), time=round(wait * TICKS))


def in_row(pitches: Sequence[int], length: float = 1.0) -> list[Note]:
    """Notes of equal length, one after the other."""
    return [Note(pitch, i * length, length, 64) for i, pitch in enumerate(pitches)]


def melody(rng: np.random.Generator, count: int, tonic: int = 67, span: int = 8) -> list[int]:
    """Walk over `span` steps of a major scale, from its tonic to its tonic, never in place."""
    places = [0]
    while len(places) < count - 1:
        place = places[-1] + int(rng.choice([-2, -1, 1, 2]))
        places += [place] if 0 <= place < span else []
    places.append(0 if places[-1] else 1)
    return [tonic + 12 * (place // 7) + MAJOR[place % 7] for place in places]


def scale(i: int, rng: np.random.Generator) -> Made:
    """A scale up and down, in one of four note lengths."""
    up = [55 + i + step for step in (*MAJOR, 12)]
    notes = in_row(up + up[-2::-1], RHYTHMS[i % 4])
    return [track(notes)], notes


def off_beat(i: int, rng: np.random.Generator) -> Made:
    """A melody in one of four rhythms that leave the beat."""
    pattern = [(start + bar, length) for bar in (0, 4) for start, length in OFF_BEATS[i % 4]]
    pitches = melody(rng, len(pattern))
    notes = [Note(p, *time, 64) for p, time in zip(pitches, pattern, strict=True)]
    return [track(notes)], notes


def repeated(i: int, rng: np.random.Generator) -> Made:
    """A melody of which each note comes two to four times."""
    pitches = np.repeat(melody(rng, 5), rng.integers(2, 5, 5)).tolist()
    notes = in_row(pitches, RHYTHMS[i % 2])
    return [track(notes)], notes


def tempos(i: int, rng: np.random.Generator) -> Made:
    """A melody in two to four tempos; to find is its length in seconds."""
    values = rng.uniform(50, 180, 2 + i % 3)
    changes = [tempo(value, 0 if k == 0 else 4) for k, value in enumerate(values)]
    # Some files begin with a tempo that holds for no time at all.
    head = [tempo(20)] if i % 2 else []
    notes = in_row(melody(rng, 4 * len(values)))
    parts = [track([], *head, *changes), track(notes)]
    return parts, float(sum(4 * 60 / value for value in values))


def layout(i: int, rng: np.random.Generator) -> Made:
    """One to three voices in tracks and channels of their own, or merged, some with drums."""
    name = mido.MetaMessage("track_name", name="Lead")
    parts = [in_row(melody(rng, 8, tonic)) for tonic in (74, 60, 46)[: 1 + i % 3]]
    drums = in_row([36, 42, 38, 42] * 2)
    tracks = [track(part, name, channel=k) for k, part in enumerate(parts)]
    tracks += [track(drums, channel=9)] if i % 4 > 1 else []
    if i % 2:
        tracks = [track([], tempo(100), mido.MetaMessage("copyright", text="me")), *tracks]
    elif i % 5 == 0:
        tracks = [mido.merge_tracks(tracks)]
    return tracks, sorted((n for part in parts for n in part), key=lambda n: (n.start, n.pitch))


def key(i: int, rng: np.random.Generator) -> Made:
    """A scale and a cadence in one of the 24 keys; to find is its name."""
    degrees = MAJOR if i < 12 else MINOR
    chords = [[degrees[(root + k) % 7] for k in (0, 2, 4)] for root in (0, 3, 4, 0)]
    notes = in_row([60 + i % 12 + step for step in (*degrees, 12)])
    notes += [Note(48 + i % 12 + p, 8 + k, 1, 64) for k, chord in enumerate(chords) for p in chord]
    return [track(notes)], f"{TONICS[i % 12]} {'major' if i < 12 else 'minor'}"


def metre(i: int, rng: np.random.Generator) -> Made:
    """A melody with a time signature; to find is the length of its bars in quarter notes."""
    above, below = METRES[i % len(METRES)]
    message = mido.MetaMessage("time_signature", numerator=above, denominator=below)
    beats = above * 4 / below
    return [track(in_row(melody(rng, 8), beats / 2), message)], beats


def plain(i: int, rng: np.random.Generator) -> Made:
    """A melody in quarter notes with a tempo."""
    notes = in_row(melody(rng, 12))
    return [track(notes, tempo(60 + 4 * i))], notes


def wide(i: int, rng: np.random.Generator) -> Made:
    """A melody of one to two octaves in any register."""
    notes = in_row(melody(rng, 16, 42 + 2 * i % 36, 8 + i % 7))
    return [track(notes)], notes


MAKERS: dict[str, Callable[[int, np.random.Generator], Made]] = {
    "scales": scale,
    "off-beats": off_beat,
    "repeated notes": repeated,
    "tempos": tempos,
    "layouts": layout,
    "keys": key,
    "metres": metre,
    "damaged": plain,
    "continued": plain,
    "harmonised": wide,
}


def with_message(content: bytes, message: bytes) -> bytes:
    """Put a message at the start of the track of a file of type 0."""
    head, body = content[:14], content[22:]
    body = b"\x00" + message + body
    return head + b"MTrk" + len(body).to_bytes(4, "big") + body
