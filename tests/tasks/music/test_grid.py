import numpy as np
import pytest

from gru_zoo.tasks.music.grid import find_steps_per_beat, straightened
from gru_zoo.tasks.music.notes import Note, quantize_to_grid
from gru_zoo.tasks.music.score import Score
from tests.tasks.music.made_files import midi_file, notes, track


def line(starts, length=0.2):
    return [Note(60 + n % 12, start, length, 80) for n, start in enumerate(starts)]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6, 8])
def test_the_shortest_regular_notes_are_found(count):
    random = np.random.default_rng(count)
    for _ in range(20):
        places = np.flatnonzero(random.random(16 * count) < 0.7)
        starts = places / count + random.normal(size=len(places)) * 0.005
        assert find_steps_per_beat(line(np.maximum(starts, 0))) == count
        rough = np.round(places / count * 48) / 48  # a file with few ticks
        assert find_steps_per_beat(line(rough)) == count


def test_ornaments_do_not_count():
    assert find_steps_per_beat(line([*range(100), 50.9])) == 1
    assert find_steps_per_beat(line([*range(20), 10.5])) == 2


def test_irregular_notes_have_no_grid():
    starts = np.cumsum(np.random.default_rng(1).random(60))
    assert find_steps_per_beat(line(starts)) is None


def test_bars_have_whole_steps():
    assert find_steps_per_beat(line([0, 3, 6]), [(3, 4)]) == 1
    assert find_steps_per_beat(line([0, 3, 6]), [(3, 4), (3, 8)]) == 2
    assert find_steps_per_beat([], [(5, 16)]) == 4


@pytest.mark.parametrize("late", [0.58, 2 / 3, 0.7])
def test_swung_eighths_are_read_as_even_ones(tmp_path, late):
    starts = [beat + part for beat in range(8) for part in (0, late)]
    lengths = np.diff([*starts, 8])
    content = midi_file([track(notes(range(60, 76), starts, lengths, 480))])
    (tmp_path / "x.mid").write_bytes(content)
    with pytest.warns(UserWarning, match="x.mid' has swung eighths, which are read as even ones"):
        score = Score.load(tmp_path / "x.mid")
    assert score.steps == tuple((pitch,) for pitch in range(60, 76))
    assert (score.steps_per_beat, score.beats) == (2, 8)


@pytest.mark.parametrize(
    "parts", [(0, 1 / 3, 2 / 3), (0, 0.5), (0, 0.75), (0, 0.25, 0.5, 0.75), (0, 1 / 3)]
)
def test_other_rhythms_are_not_swung(parts):
    assert straightened(line([beat + part for beat in range(8) for part in parts])) is None


def test_notes_that_follow_each_other_do_not_share_a_step():
    scale = [Note(60 + n, n / 2, 0.5, 80) for n in range(7)]
    steps, struck, left_out = quantize_to_grid(scale, 1)
    assert steps == struck == ((60,), (62,), (64,), (66,)) and left_out == 3
    bass = [Note(40, n, 1, 80) for n in range(4)]
    steps, _, left_out = quantize_to_grid([*bass, *scale], 1)
    assert steps == ((40, 60), (40, 62), (40, 64), (40, 66)) and left_out == 3


def test_a_chord_that_is_not_struck_at_once_stays_a_chord():
    chord = [Note(60 + n, 1 + n * 0.02, 1, 80) for n in range(4)]
    assert quantize_to_grid(chord, 2).steps[2] == (60, 61, 62, 63)
    double = [Note(60, 0, 1, 80), Note(60, 0, 1, 80)]
    assert quantize_to_grid(double, 1) == (((60,),), ((60,),), 0)
