import time

import mido
import numpy as np
import pytest

from gru_zoo.tasks.music import midi
from gru_zoo.tasks.music.score import Score
from tests.paths import FIXTURES

FOLDER = FIXTURES / "midi"
WHOLE = (FOLDER / "cadence_1.mid").read_bytes()
HEADER = b"MThd\0\0\0\6\0\0\0\1\0\x60"


def _track(*events: bytes) -> bytes:
    body = b"".join(events) + b"\0\xff\x2f\0"
    return b"MTrk" + len(body).to_bytes(4, "big") + body


def _sounding(path):
    """(pitch, start, end) in ticks of every note, read by mido alone; fails on a stuck note."""
    now, open_notes, found = 0, {}, []
    for message in mido.merge_tracks(mido.MidiFile(path).tracks):
        now += message.time
        if message.type == "note_on" and message.velocity:
            assert message.note not in open_notes, "struck while it sounds"
            open_notes[message.note] = now
        elif message.type in ("note_on", "note_off"):
            found.append((message.note, open_notes.pop(message.note), now))
    assert not open_notes, "never released"
    return sorted(found, key=lambda note: (note[1], note[0]))


@pytest.mark.parametrize("steps_per_beat", [1, 2, 4])
def test_saved_scores_are_loaded(tmp_path, steps_per_beat):
    random = np.random.default_rng(1)
    steps = tuple(tuple(np.flatnonzero(row)) for row in random.random((40, 128)) < 0.03)
    score = Score(((60,), *steps, (61,)), 77, steps_per_beat)
    path = score.save(tmp_path / "x.mid")
    again = Score.load(path, steps_per_beat)
    assert again.steps == score.steps
    assert again.tempo == pytest.approx(77, rel=1e-4)
    ticks = midi.TICKS_PER_BEAT
    expected = [(n.pitch, n.start * ticks, (n.start + n.length) * ticks) for n in score.notes]
    assert _sounding(path) == expected


def test_pretty_midi_reads_the_notes(tmp_path):
    pretty_midi = pytest.importorskip("pretty_midi", reason="pretty_midi is not installed")
    score = Score(((60, 64), (60, 65), (), (60,)), 60)
    (instrument,) = pretty_midi.PrettyMIDI(str(score.save(tmp_path / "x.mid"))).instruments
    found = sorted((n.pitch, round(n.start, 3), round(n.end, 3)) for n in instrument.notes)
    assert found == sorted((n.pitch, n.start, n.start + n.length) for n in score.notes)


def test_notes_are_read_at_their_times_in_the_file(tmp_path):
    path = Score(((), (60,), (60,), (62,)), 120, steps_per_beat=2).save(tmp_path / "x.mid")
    assert midi.read(path) == ([(60, 0.5, 1.0, 80), (62, 1.5, 0.5, 80)], 120.0)


def test_a_file_without_a_tempo_has_the_tempo_of_the_standard(tmp_path):
    path = tmp_path / "x.mid"
    path.write_bytes(HEADER + _track(b"\0\x90\x3c\x40", b"\x60\x3c\0"))
    assert midi.read(path) == ([(60, 0.0, 1.0, 64)], 120.0)


def test_empty_scores(tmp_path):
    for steps in ((), ((), ())):
        assert Score.load(Score(steps).save(tmp_path / "x.mid")).steps == ()


def test_running_status_drums_and_unreleased_notes(tmp_path):
    events = (
        b"\0\x90\x3c\x40",
        b"\x60\x3c\0",  # running status, released by velocity 0
        b"\0\x3e\x40",  # running status, never released
        b"\0\x99\x24\x40",  # a drum
        b"\x60\x90\x40\x40",
        b"\x60\x80\x40\0",
    )
    path = tmp_path / "x.mid"
    path.write_bytes(HEADER + _track(*events))
    assert Score.load(path, 1).steps == ((60,), (62,), (62, 64))


def test_leading_silence_is_removed(tmp_path):
    path = Score(((), (), (60,), (62,))).save(tmp_path / "x.mid")
    assert Score.load(path, 1).steps == ((60,), (62,))


@pytest.mark.parametrize("steps_per_beat", [1, 2])
@pytest.mark.parametrize("ticks", [0, 19])
def test_a_short_last_note_is_read(tmp_path, ticks, steps_per_beat):
    events = (
        b"\0\x90\x3c\x40",
        b"\x60\x3c\0",
        b"\0\x3e\x40",
        bytes([ticks]) + b"\x3e\0",
    )
    path = tmp_path / "x.mid"
    path.write_bytes(HEADER + _track(*events))
    assert Score.load(path, steps_per_beat).steps == ((60,),) * steps_per_beat + ((62,),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a MIDI file. Expected it to begin with b'MThd'. Received: b''"),
        (b"RIFF" + WHOLE[4:], "Received: b'RIFF'"),
        (b"\x89PNG\r\n" * 2_000_000, "is not a MIDI file"),
        (WHOLE[:10], "is damaged"),
        (WHOLE[:40], "is damaged"),
        (WHOLE[:-30], "is damaged"),
        (WHOLE[:8] + b"\0\2" + WHOLE[10:], "of format 2, whose tracks are separate"),
        (WHOLE[:8] + b"\0\7" + WHOLE[10:], "of format 7"),
        (WHOLE[:12] + b"\xe7\x28" + WHOLE[14:], "ticks per quarter note"),
        (WHOLE[:12] + b"\0\0" + WHOLE[14:], "ticks per quarter note"),
        (HEADER[:10] + b"\0\0\0\x60", "at least one track. Received: .* without tracks"),
        (HEADER + b"\xff" * 10_000_000, "at most 4,194,304 bytes"),
        (HEADER + _track(b"\0\x90\x3c\x40", b"\xff\xff\xff\x7f\x3c\0"), "at most 20,000 quarter"),
    ],
)
def test_broken_files(tmp_path, content, message):
    path = tmp_path / "broken.mid"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as raised:
        Score.load(path)
    assert "broken.mid" in str(raised.value)


def test_fuzzed_files_are_read_or_refused(tmp_path):
    random = np.random.default_rng(1)
    path, refused, begin = tmp_path / "fuzzed.mid", 0, time.perf_counter()
    for _ in range(300):
        content = np.frombuffer(WHOLE, "uint8").copy()
        places = random.integers(14, len(content), size=random.integers(1, 12))
        content[places] = random.integers(0, 256, size=len(places))
        path.write_bytes(content.tobytes()[: random.integers(14, len(content) + 1)])
        try:
            score = Score.load(path)
        except ValueError:
            refused += 1
        else:
            assert all(0 <= pitch <= 127 for step in score.steps for pitch in step)
    assert 100 < refused < 300
    assert time.perf_counter() - begin < 60


def test_garbage_after_a_header_is_refused(tmp_path):
    random = np.random.default_rng(1)
    path = tmp_path / "garbage.mid"
    path.write_bytes(HEADER + random.bytes(4_000_000))
    with pytest.raises(ValueError, match="is damaged"):
        Score.load(path)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="Expected a MIDI file. There is none"):
        Score.load(tmp_path / "none.mid")


def test_files_of_a_folder(tmp_path):
    assert [path.name for path in midi.files(FOLDER)][:2] == ["cadence_1.mid", "cadence_2.mid"]
    with pytest.raises(FileNotFoundError, match="which has none"):
        midi.files(tmp_path)
    with pytest.raises(FileNotFoundError, match="which does not exist"):
        midi.files(tmp_path / "none")
