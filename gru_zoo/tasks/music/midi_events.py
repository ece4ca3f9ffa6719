"""Events of MIDI files of format 0 and 1.

A file is a header and tracks. A track is a sequence of events, each behind the ticks that have
passed (MIDI Manufacturers Association 1996, Standard MIDI Files 1.0). Players skip meta messages
that they cannot use, and so does this reader, while it refuses what leaves the notes in doubt.
"""

from collections.abc import Iterator
from typing import NamedTuple

NOTE_OFF, NOTE_ON = 0x80, 0x90
TEMPO, METER = 0x51, 0x58  # types of meta messages
END_OF_TRACK = 0x2F
_META, _KEY = 0xFF, 0x59
_NAMES = {
    0x00: "sequence number",
    0x20: "channel prefix",
    0x2F: "end of track",
    0x51: "tempo",
    0x54: "SMPTE offset",
    0x58: "time signature",
    0x59: "key signature",
}
_LENGTHS = {0x00: (0, 2), 0x20: (1,), 0x2F: (0,), 0x51: (3,), 0x54: (5,), 0x58: (4,), 0x59: (2,)}
_ONE_BYTE = (0xC0, 0xD0)  # messages of channels with one byte of data; the others have two


class Event(NamedTuple):
    """An event of a track.

    Args:
        ticks: ticks from the start of the track.
        kind: NOTE_OFF or NOTE_ON; or, of a meta message, TEMPO, METER or END_OF_TRACK.
        channel: channel from 0 to 15; -1 of a meta message.
        data: data bytes.
    """

    ticks: int
    kind: int
    channel: int
    data: bytes


class Damaged(ValueError):
    """The bytes are not those of a MIDI file."""


def chunks_of_tracks(content: bytes, damaged: list[str]) -> Iterator[bytes]:
    """The bytes of each track, without chunk headers; other chunks are passed over.

    Args:
        content: bytes of the file.
        damaged: gets the number of each track that is missing at the end of the file.

    Raises:
        Damaged: a chunk is cut off, or there is no track where one is announced.
    """
    if len(content) < 14:
        raise Damaged(f"the header ends after {len(content)} bytes of 14")
    place = 8 + int.from_bytes(content[4:8], "big")
    expected = int.from_bytes(content[10:12], "big")
    found = 0
    while found < expected:
        if found and place == len(content):
            damaged += [f"track {number + 1}" for number in range(found, expected)][:9]
            return
        size = int.from_bytes(content[place + 4 : place + 8], "big")
        start, end = place + 8, place + 8 + size
        if end > len(content):
            raise Damaged(
                f"track {found + 1} of {expected} should end at byte {end:,} of {len(content):,}"
            )
        if content[place : place + 4] == b"MTrk":
            found += 1
            yield content[start:end]
        place = end


def events_of(track: bytes, damaged: list[str]) -> Iterator[Event]:
    """The notes, tempos and meters of a track, and its end.

    Args:
        track: bytes of the track.
        damaged: gets the name of each damaged meta message, which is skipped.

    Raises:
        Damaged: the bytes cannot be followed.
    """
    place = ticks = status = 0
    while place < len(track):
        passed, place = _number(track, place)
        ticks += passed
        first = _byte(track, place)
        if first == _META:
            kind = _byte(track, place + 1)
            data, place = _sized(track, place + 2)
            if not _is_sound(kind, data):
                damaged.append(_NAMES[kind])
            elif kind in (TEMPO, METER):
                yield Event(ticks, kind, -1, data)
            if kind == END_OF_TRACK:
                break
        elif first in (0xF0, 0xF7):
            _, place = _sized(track, place + 1)
        else:
            if first >= 0x80:
                status, place = first, place + 1
            if not 0x80 <= status < 0xF0:
                raise Damaged(f"there is no message at byte {place:,} of a track")
            kind = status & 0xF0
            size = 1 if kind in _ONE_BYTE else 2
            data, place = track[place : place + size], place + size
            if place > len(track):
                raise Damaged("a message ends behind its track")
            if kind in (NOTE_OFF, NOTE_ON):
                yield Event(ticks, kind, status & 0x0F, bytes(min(byte, 127) for byte in data))
    yield Event(ticks, END_OF_TRACK, -1, b"")


def _is_sound(kind: int, data: bytes) -> bool:
    """Whether a meta message has the length and the range of its kind."""
    if kind in _LENGTHS and len(data) not in _LENGTHS[kind]:
        return False
    if kind == TEMPO:
        return any(data)
    if kind == METER:
        return data[0] > 0 and data[1] <= 6
    if kind == _KEY:
        return -7 <= int.from_bytes(data[:1], "big", signed=True) <= 7 and data[1] <= 1
    return True


def _byte(track: bytes, place: int) -> int:
    if place >= len(track):
        raise Damaged("a message ends behind its track")
    return track[place]


def _number(track: bytes, place: int) -> tuple[int, int]:
    """A number of up to four bytes with seven bits each, and the place behind it."""
    number = 0
    for behind in range(place + 1, place + 5):
        byte = _byte(track, behind - 1)
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, behind
    raise Damaged("a number has more than four bytes")


def _sized(track: bytes, place: int) -> tuple[bytes, int]:
    """Data behind their length, and the place behind them."""
    size, place = _number(track, place)
    if place + size > len(track):
        raise Damaged(f"a message of {size:,} bytes ends behind its track")
    return track[place : place + size], place + size
