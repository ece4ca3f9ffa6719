import wave

import matplotlib.figure
import numpy as np
import pytest

from gru_zoo import plot
from gru_zoo.tasks.music.notes import Note
from gru_zoo.tasks.music.score import Score
from gru_zoo.tasks.music.synthesizer import RATE, render

STEPS = ((60, 64), (60, 65), (), (60,), (60,))


def test_a_repeated_pitch_is_one_note_until_the_bar():
    assert [(n.pitch, n.start, n.length) for n in Score(STEPS).notes] == [
        (60, 0, 2),
        (64, 0, 1),
        (65, 1, 1),
        (60, 3, 1),
        (60, 4, 1),  # a new bar
    ]
    halves = Score(STEPS, steps_per_beat=2).notes
    assert [(n.pitch, n.start, n.length) for n in halves][-1] == (60, 1.5, 1.0)


def test_velocities_are_sensible():
    assert all(60 <= note.velocity <= 100 for note in Score(STEPS).notes)


def test_piano_roll():
    roll = Score(STEPS).piano_roll
    assert roll.shape == (5, 128) and roll.dtype == bool
    assert [tuple(np.flatnonzero(row)) for row in roll] == list(STEPS)


def test_order_and_repetition_in_a_step_do_not_matter():
    assert Score(((64, 60, 60),)) == Score(((60, 64),))


@pytest.mark.parametrize("steps", [((128,),), ((-1, 60),)])
def test_pitches_out_of_range(steps):
    with pytest.raises(ValueError, match="MIDI pitches from 0 to 127. Received: pitches from"):
        Score(steps)


@pytest.mark.parametrize("tempo", [0, -3, float("nan"), 2_000])
def test_tempo_out_of_range(tempo):
    with pytest.raises(ValueError, match="tempo from 4 to 1,000"):
        Score(STEPS, tempo)


def test_finer_and_coarser_steps():
    score = Score(STEPS)
    fine = score.with_steps_per_beat(4)
    assert len(fine.steps) == 20 and fine.notes == score.notes
    assert fine.with_steps_per_beat(1) == score
    shortest = Score(((60,), (), (), ()), steps_per_beat=4).with_steps_per_beat(1)
    assert shortest.steps == ((60,),)
    tune = Score(((72,), (72,), (74,), (76,)), steps_per_beat=2)
    with pytest.warns(UserWarning, match="1 of 3 notes of the score are left out: they lie betw"):
        assert tune.with_steps_per_beat(1).steps == ((72,), (74,))


def test_transposed_cut_and_joined():
    score = Score(STEPS)
    assert score.transposed(2).transposed(-2) == score
    assert score.transposed(64).steps[0] == (124,)
    assert score.within(61, 64).steps == ((64,), (), (), (), ())
    assert score.followed_by(score).steps == STEPS * 2
    with pytest.raises(ValueError, match="Expected 1 steps a beat. Received: 2"):
        score.followed_by(Score(STEPS, steps_per_beat=2))
    in_d = ((62, 66, 69), (67, 71, 74), (69, 73, 76), (62, 66, 69))
    assert Score(in_d).in_c().steps[0] == (60, 64, 67)


def test_sound(tmp_path):
    score = Score(STEPS, tempo=120)
    sound = render(score.notes, score.tempo, score.beats)
    assert sound.dtype == "float32" and 0.5 < np.abs(sound).max() <= 1
    spectrum = np.abs(np.fft.rfft(sound[: RATE // 2]))
    peak = np.argmax(spectrum) * 2
    assert abs(peak - 261.6) < 3 or abs(peak - 329.6) < 3  # C or E
    assert np.abs(sound[-100:]).max() < 0.01
    with wave.open(str(score.to_wav(tmp_path / "x.wav")), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        assert file.getnframes() == len(sound)
    assert [path.name for path in tmp_path.iterdir()] == ["x.wav"]


def test_silence_has_no_sound(tmp_path):
    assert not render([], tempo=90, beats=2).any()
    Score(()).to_wav(tmp_path / "x.wav")


def test_no_sound_font(tmp_path):
    with pytest.raises(FileNotFoundError, match="fluidsynth .* soundfont='.*none.sf2'"):
        Score(STEPS).to_wav(tmp_path / "x.wav", soundfont=tmp_path / "none.sf2")


def test_display():
    html = Score(STEPS)._repr_html_()
    assert "data:image/png;base64,iVBOR" in html and "data:audio/wav;base64,UklGR" in html
    assert str(Score(STEPS)) == "1.25 bars, 5 notes, C major, 3 s"
    assert "no key" in str(Score(((),)))


def test_music_of_days_has_no_sound(tmp_path):
    slow = Score(((60,),) * 1_000, tempo=4)
    with pytest.raises(ValueError, match="at most 3,600 s. Received: 15,000 s. Save it as MIDI"):
        slow.save(tmp_path / "x.wav")
    assert [*tmp_path.iterdir()] == []
    assert "audio" not in slow._repr_html_()


def test_note_is_a_plain_record():
    assert Score(STEPS).notes[0] == Note(60, 0.0, 2.0, 78)


def test_a_failed_write_leaves_no_file(tmp_path):
    for name in ("x.mid", "x.wav"):
        (tmp_path / name).mkdir()
        with pytest.raises(OSError):
            Score(STEPS).save(tmp_path / name)
    assert [*tmp_path.glob(".*")] == []


def test_the_suffix_decides_what_is_saved(tmp_path):
    for name, begin in (("a.mid", b"MThd"), ("b.MIDI", b"MThd"), ("c.wav", b"RIFF")):
        path = Score(STEPS).save(tmp_path / name)
        assert path.name == name and path.read_bytes()[:4] == begin
    for name in ("x.mp3", "x", "x.mid.txt"):
        with pytest.raises(ValueError, match=r"ends in .mid, .midi or .wav. Received: '.*x"):
            Score(STEPS).save(tmp_path / name)
    assert len([*tmp_path.iterdir()]) == 3


def test_repr_is_one_line():
    assert repr(Score(STEPS * 100)) == "<Score: 125 bars, 375 notes, C major, 333 s>"


def test_tempo_changes_are_followed():
    score = Score(STEPS, 60, tempo_changes=((4, 240), (1, 90), (1, 120)))
    assert score.tempo_changes == ((1, 120), (4, 240))
    assert score.seconds == 1 + 1.5 + 0.25
    sound = render(score.notes, score.tempo, score.beats, score.tempo_changes)
    assert len(sound) == int((2.75 + 0.48) * RATE) + 1
    loud = np.abs(sound) > 0.02
    assert (
        loud[int(1.05 * RATE) : int(1.4 * RATE)].any()
        and not loud[int(1.7 * RATE) : 2 * RATE].any()
    )
    axes = plot.piano_roll(score, matplotlib.figure.Figure().add_subplot())
    assert [text.get_text() for text in axes.texts] == ["♩=60", "♩=120", "♩=240"]


def test_meters():
    score = Score(((60,),) * 14, meter=(3, 4), meter_changes=((6, (6, 8)), (9, (5, 4))))
    assert score.bar_lines == [0, 3, 6, 9] and score.bars == 4
    assert score.beats_per_bar == 3
    assert [(note.start, note.length) for note in score.notes] == [(0, 3), (3, 3), (6, 3), (9, 5)]
    assert Score(((60,),) * 5, steps_per_beat=2, meter=(5, 8)).bars == 1
    with_pickup = Score(((60,),) * 9, pickup=1)
    assert with_pickup.bar_lines == [1, 5] and with_pickup.bars == 2.25
    axes = plot.piano_roll(score, matplotlib.figure.Figure().add_subplot())
    assert [*axes.get_xticks()] == score.bar_lines


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"meter": (3, 5)}, r"a meter such as \(3, 4\) or .* Received: \(3, 5\)"),
        ({"meter": 3}, "Received: 3"),
        ({"meter_changes": ((2, (0, 4)),)}, r"Received: \(0, 4\)"),
        ({"meter_changes": ((0, (3, 4)),)}, "changes after the start. Received: one at beat 0"),
        ({"tempo_changes": ((1, 2_000),)}, "tempo from 4 to 1,000. Received: tempo=2000"),
        ({"tempo_changes": ((float("nan"), 90),)}, "one at beat nan"),
        ({"pickup": 4}, r"a pickup shorter than a bar of \(4, 4\). Received: 4"),
        ({"struck": ((60,),)}, "what is struck in 5 steps. Received: 1"),
    ],
)
def test_times_out_of_range(options, message):
    with pytest.raises(ValueError, match=message):
        Score(STEPS, **options)


def test_struck_notes_are_kept(tmp_path):
    steps = ((60, 72),) * 8
    struck = ((60, 72), (72,), (), (), (72,), (), (60,), ())
    score = Score(steps, struck=struck)
    found = [(note.pitch, note.start, note.length) for note in score.notes]
    assert found == [(60, 0, 6), (72, 0, 1), (72, 1, 3), (72, 4, 4), (60, 6, 2)]
    assert Score.load(score.save(tmp_path / "x.mid")) == score
    assert score.transposed(2).transposed(-2) == score
    assert score.with_steps_per_beat(2).with_steps_per_beat(1) == score
    assert score.within(70, 80).struck[6] == ()
    joined = score.followed_by(Score(steps))
    assert joined.struck[:8] == struck
    assert joined.struck[8:] == (steps[0], (), (), (), steps[0], (), (), ())


def test_joined_scores_keep_their_tempos_and_meters():
    first = Score(STEPS, 60, meter=(3, 4), tempo_changes=((2, 100),))
    other = Score(STEPS, 80, meter=(4, 4), tempo_changes=((1, 90),))
    joined = first.followed_by(other)
    assert joined.tempo_changes == ((2, 100), (5, 80), (6, 90))
    assert joined.meter_changes == ((5, (4, 4)),)
    assert joined.seconds == pytest.approx(first.seconds + other.seconds)
    assert Score(()).followed_by(other) == other
