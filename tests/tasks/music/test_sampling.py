import pytest

from gru_zoo.tasks.music.sampling import lowest_pitches, shift_to_soprano
from recipes.music.settings import CHOIR

LOW, HIGH = CHOIR["soprano"]


@pytest.mark.parametrize("width", [0, 7, 12, 19, 21, 24])
def test_a_melody_is_moved_by_the_octave_that_fits_best(width):
    for lowest in range(30, 90):
        for semitones in range(-6, 6):
            shift, voices = shift_to_soprano([lowest, lowest + width], CHOIR, semitones, 108)
            assert (shift - semitones) % 12 == 0
            bottom, top = lowest + shift, lowest + width + shift
            outside = [
                max(0, LOW - bottom - 12 * octave) + max(0, top + 12 * octave - HIGH)
                for octave in (-1, 0, 1)
            ]
            room = bottom - 12 > CHOIR["alto"][0]  # for the other voices an octave lower
            assert outside[1] <= outside[2] and (not room or outside[1] <= outside[0])
            assert voices["soprano"] == (min(LOW, bottom), max(HIGH, top))
            assert bottom > lowest_pitches(CHOIR)[1] and top <= 108


def test_a_melody_from_a3_to_e5_in_f_is_moved_by_a_fifth_and_an_octave():
    assert shift_to_soprano([57, 76], CHOIR, 7, 108) == (19, {**CHOIR, "soprano": (72, 95)})
