import time
import warnings
import wave

import mido
import numpy as np
import pytest

from gru_zoo.tasks.music import midi
from gru_zoo.tasks.music.score import Score
from tests.paths import FIXTURES
from tests.tasks.music.made_files import (
    FILES,
    meta,
    meter_message,
    midi_file,
    notes,
    tempo_message,
    track,
)

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
    assert again.tempo == 77
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
    content = midi.read(path)
    assert content.notes == [(60, 0.5, 1.0, 80), (62, 1.5, 0.5, 80)]
    assert (content.tempos, content.meters) == ([(0.0, 120.0)], [(0.0, (4, 4))])


def test_a_file_without_a_tempo_has_the_tempo_of_the_standard(tmp_path):
    path = tmp_path / "x.mid"
    path.write_bytes(HEADER + _track(b"\0\x90\x3c\x40", b"\x60\x3c\0"))
    assert midi.read(path) == ([(60, 0.0, 1.0, 64)], [], [])
    assert Score.load(path).tempo == 120


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
        (WHOLE[:10], "is damaged: the header ends after 10 bytes"),
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


def test_mutated_files_are_read_or_refused(tmp_path):
    random = np.random.default_rng(2)
    path, refused, begin = tmp_path / "fuzzed.mid", 0, time.process_time()
    for _ in range(150):
        content = bytearray(FILES[random.integers(len(FILES))].content)
        for _ in range(random.integers(1, 9)):
            place, size = (int(random.integers(top)) for top in (len(content), 8))
            choices = [b"", random.bytes(size), b"\xff\xff\xff\x7f", content[size : 3 * size]]
            content[place : place + size] = choices[random.integers(4)]
        path.write_bytes(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                score = Score.load(path)
            except ValueError as error:
                refused += 1
                assert "fuzzed.mid" in str(error)
            else:
                assert len(score.notes) >= 0 and score.seconds >= 0 and str(score.on_grid(1))
    assert 0 < refused < 150
    assert time.process_time() - begin < 60


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


@pytest.mark.parametrize("made", FILES, ids=lambda made: made.name)
def test_files_made_for_the_purpose(tmp_path, made):
    path = tmp_path / made.name
    path.write_bytes(made.content)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        score = Score.load(path)
    assert (score.beats, score.bars, score.key) == (made.beats, made.bars, made.key)
    assert score.meter == made.meter
    if made.warns:
        (warning,) = caught
        expected = f"'{path}' is damaged. It is read without: {made.warns}."
        assert str(warning.message) == expected and warning.filename == __file__
        played = made.seconds
    else:
        assert not caught
        played = mido.MidiFile(path).length
    assert score.seconds == pytest.approx(played, rel=0.01)
    again = score.save(path)
    assert Score.load(path) == score
    assert mido.MidiFile(again).length == pytest.approx(played, rel=0.01)


def test_the_sound_follows_the_tempos(tmp_path):
    path = tmp_path / FILES[7].name
    path.write_bytes(FILES[7].content)
    with wave.open(str(Score.load(path).save(tmp_path / "x.wav")), "rb") as file:
        seconds = file.getnframes() / file.getframerate()
    assert seconds == pytest.approx(FILES[7].seconds + 0.48, rel=0.01)


def test_of_several_tempos_at_one_beat_the_last_counts(tmp_path):
    path = tmp_path / "x.mid"
    events = [(0, tempo_message(13)), (0, tempo_message(120)), *notes([60], [0], [8], 96)]
    path.write_bytes(midi_file([track(events)], 96))
    assert Score.load(path).tempo == 120 and Score.load(path).seconds == 4


def test_tempos_come_back_as_they_were(tmp_path):
    for tempo in (*range(4, 301), 72.5, 99.99, 1000):
        assert Score.load(Score(((60,),), tempo).save(tmp_path / "x.mid")).tempo == tempo


def test_tempos_that_nobody_plays_are_told(tmp_path):
    path = tmp_path / "x.mid"
    fast = meta(0x51, (1_000).to_bytes(3, "big"))
    path.write_bytes(midi_file([track([(0, fast), *notes([60], [0], [1], 96)])], 96))
    with pytest.warns(UserWarning, match="tempos from 4 to 1,000. Received: .*x.mid' with 60,000"):
        assert Score.load(path).tempo == 1_000


def test_a_pickup_is_kept(tmp_path):
    path = tmp_path / "x.mid"
    starts = [2, *range(3, 9)]
    events = [(0, meter_message((3, 4))), *notes(range(60, 67), starts, [1] * 7, 96)]
    path.write_bytes(midi_file([track(events)], 96))
    score = Score.load(path)
    assert (score.pickup, score.bar_lines, score.beats) == (1, [1, 4], 7)
    assert [note.start for note in score.notes if note.velocity > 80] == [1, 4]
    assert Score.load(score.save(path)) == score


def test_tracks_that_are_missing_at_the_end_are_told(tmp_path):
    path = tmp_path / "x.mid"
    content = midi_file([track(notes([60], [0], [1], 96))] * 2, 96)
    path.write_bytes(content[:10] + b"\0\3" + content[12:])
    with pytest.warns(UserWarning, match="is damaged. It is read without: track 3"):
        assert Score.load(path).steps == ((60,),)


def test_a_file_that_claims_hours_of_all_notes_is_refused(tmp_path):
    path = tmp_path / "x.mid"
    pitches = [*range(128)]
    events = [*notes(pitches, [0] * 128, [20_000] * 128, 8), *notes([1], [0.125], [1], 8, 1)]
    path.write_bytes(midi_file([track(events)], 8))
    with pytest.raises(
        ValueError,
        match="x.mid' is damaged. Expected at most 5,000,000 pitches over all steps. Received: 2",
    ):
        Score.load(path)
