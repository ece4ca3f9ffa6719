import wave

import numpy as np
import pytest

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
    assert tune.with_steps_per_beat(1).steps == ((72,), (74, 76))


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


def test_note_is_a_plain_record():
    assert Score(STEPS).notes[0] == Note(60, 0.0, 2.0, 78)


def test_a_failed_write_leaves_no_file(tmp_path):
    for write in (Score(STEPS).save, Score(STEPS).to_wav):
        with pytest.raises(OSError):
            write(tmp_path)
    assert list(tmp_path.parent.glob(f".{tmp_path.name}.new")) == []
