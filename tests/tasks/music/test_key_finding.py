import pytest

from gru_zoo.tasks.music import key_finding as keys

SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", SCALES)
def test_scales_with_their_triad_are_recognised(tonic, mode):
    scale = [60 + tonic + degree for degree in SCALES[mode]]
    steps = [(pitch,) for pitch in scale] + [(scale[0], scale[2], scale[4])] * 2
    name = keys.find_key(steps)
    assert name == f"{keys.NAMES[tonic]} {mode}"
    moved = [[pitch + keys.semitones_to_c(name) for pitch in step] for step in steps]
    assert keys.find_key(moved) == f"C {mode}"
    assert -6 <= keys.semitones_to_c(name) <= 5


def test_nothing_fits_no_key():
    assert set(keys.key_correlations([])) == set(keys.key_correlations([(60,)]))
    assert set(keys.key_correlations([(), ()]).values()) == {0.0}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("G", (7, "major")),
        ("g", (7, "minor")),
        ("e minor", (4, "minor")),
        ("F# Major", (6, "major")),
        ("bb", (10, "minor")),
        ("C#", (1, "major")),
    ],
)
def test_names(name, expected):
    assert keys.parse(name) == expected


@pytest.mark.parametrize("name", ["H", "", "G major minor", "c dorian", "CC", 7, None])
def test_no_key(name):
    with pytest.raises(ValueError, match="Expected a key such as 'G'"):
        keys.parse(name)
