"""MIDI files made for the purpose, with what is right about them."""

import itertools
from typing import NamedTuple

from gru_zoo.tasks.music.key_finding import TONICS

SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 11)}
DEGREES = (1, 2, 3, 4, 5, 3, 2, 7, 1, 5, 6, 4, 3, 2, 7, 1)  # of the melody, again and again
CHORDS = ((1, 3, 5), (4, 6, 1), (5, 7, 2), (1, 3, 5))


class Made(NamedTuple):
    """A file and what is right about it."""

    name: str
    content: bytes
    beats: float
    bars: float
    key: str
    seconds: float
    meter: tuple[int, int]
    warns: str | None


def number(value):
    """A number as MIDI files have it: seven bits a byte."""
    content = bytes([value & 0x7F])
    while value := value >> 7:
        content = bytes([value & 0x7F | 0x80]) + content
    return content


def meta(kind, data):
    return bytes([0xFF, kind]) + number(len(data)) + data


def tempo_message(tempo):
    return meta(0x51, round(60e6 / tempo).to_bytes(3, "big"))


def meter_message(meter):
    return meta(0x58, bytes([meter[0], meter[1].bit_length() - 1, 24, 8]))


def track(events, running=True):
    """A track of (tick, bytes), in the order of the ticks; with running status if wanted."""
    body, now, status = bytearray(), 0, None
    for tick, message in sorted(events, key=lambda event: event[0]):
        repeated = running and message[0] == status and message[0] < 0xF0
        body += number(tick - now) + (message[1:] if repeated else message)
        now, status = tick, message[0]
    body += number(0) + meta(0x2F, b"")
    return b"MTrk" + len(body).to_bytes(4, "big") + body


def midi_file(tracks, ticks_per_beat=480, kind=1):
    header = kind, len(tracks), ticks_per_beat
    return b"MThd\0\0\0\6" + b"".join(n.to_bytes(2, "big") for n in header) + b"".join(tracks)


def notes(pitches, starts, lengths, per_beat, channel=0, velocity=80):
    """Events of notes; times in quarter notes."""
    for pitch, start, length in zip(pitches, starts, lengths, strict=True):
        yield round((start + length) * per_beat), bytes([0x80 | channel, pitch, 0])
        yield round(start * per_beat), bytes([0x90 | channel, pitch, velocity])


def seconds_of(beats, tempos):
    """Length of music by the tempos (beat, quarter notes a minute); the last of a beat counts."""
    marks = [*dict(tempos).items(), (beats, None)]
    pairs = itertools.pairwise(marks)
    return sum((min(b, beats) - min(a, beats)) * 60 / tempo for (a, tempo), (b, _) in pairs)


METERS = (
    [(0, (4, 4))],
    [(0, (3, 4))],
    [(0, (6, 8))],
    [(0, (2, 4))],
    [(0, (4, 4)), (16, (3, 4))],
    [(0, (5, 4))],
    [(0, (7, 8))],
    [(0, (3, 4)), (12, (6, 8)), (24, (4, 4))],
)
TEMPOS = (
    [(0, 120)],
    [(0, 90)],
    [(0, 13), (0, 120)],
    [(0, 60), (8, 120), (16, 80)],
    [(0, 100), *((beat, 100 - 2 * (beat - 20)) for beat in range(20, 40))],
    [(0, 200), (4, 200), (30, 25)],
)
ODD = (
    (b"", None),
    (meta(0x03, b"Piano \xe9\xff"), None),
    (meta(0x7F, b"\0" * 200), None),  # of a sequencer
    (meta(0x59, b"\x09\x00"), "key signature"),  # nine sharps
    (meta(0x58, b"\x04"), "time signature"),
    (meta(0x51, b"\x01\x02"), "tempo"),
    (meta(0x54, b"\0"), "SMPTE offset"),
    (b"\xf0" + number(5) + b"\x7e\x7f\x09\x01\xf7", None),  # a system message
    (meta(0x63, b"unknown"), None),
)
GRIDS = (1, 2, 3, 4)  # notes of the melody in a quarter note


def made(index):
    """File number `index`: its settings are chosen in turn from the lists above."""
    meters, tempos = METERS[index % 8], TEMPOS[index % 6]
    odd, warns = ODD[index % 9]
    tonic, mode = index * 7 % 12, ("major", "minor")[index // 12 % 2]
    grid = 2 if any(lower == 8 for _, (_, lower) in meters) else GRIDS[index // 3 % 4]
    per_beat = (480, 96, 24, 120)[index // 2 % 4]
    marks = [*meters, (meters[-1][0] + 8 * 4 * meters[-1][1][0] / meters[-1][1][1], None)]
    bars = [
        (start + bar * 4 * upper / lower, 4 * upper / lower)
        for (start, (upper, lower)), (end, _) in itertools.pairwise(marks)
        for bar in range(round((end - start) * lower / (4 * upper)))
    ]
    beats = marks[-1][0]
    tempos = [(beat, tempo) for beat, tempo in tempos if beat < beats]
    scale = [tonic + step for step in SCALES[mode]]
    count = round(beats * grid)
    melody = [60 + scale[DEGREES[n % 16] - 1] for n in range(count)]
    length = (1, 0.9)[index % 5 == 4] / grid
    events = {
        "melody": notes(melody, [n / grid for n in range(count)], [length] * count, per_beat),
        "chords": itertools.chain(
            *(
                notes(
                    [36 + scale[degree - 1] for degree in CHORDS[bar % 4]],
                    [start] * 3,
                    [size] * 3,
                    per_beat,
                    channel=1 + index % 3,
                )
                for bar, (start, size) in enumerate(bars)
            )
        ),
        "drums": notes([38] * int(beats), range(int(beats)), [0.5] * int(beats), per_beat, 9),
    }
    conductor = [(round(beat * per_beat), tempo_message(tempo)) for beat, tempo in tempos]
    conductor += [(round(beat * per_beat), meter_message(meter)) for beat, meter in meters]
    conductor += [(0, odd)] * bool(odd)
    running = index % 4 < 2
    if index % 3 == 0:
        together = [*conductor, *itertools.chain(*events.values())]
        content = midi_file([track(together, running)], per_beat, kind=0)
    else:
        tracks = [conductor, *events.values(), [(0, meta(0x03, b"no notes"))] * (index % 3)]
        content = midi_file([track(group, running) for group in tracks], per_beat)
    name = f"{index}.mid"
    key = f"{TONICS[tonic]} {mode}"
    seconds = seconds_of(beats, tempos)
    return Made(name, content, beats, len(bars), key, seconds, meters[0][1], warns)


FILES = [made(index) for index in range(72)]
