import pytest

from gru_zoo.tasks.music.key_finding import (
    TONICS,
    find_key,
    key_correlations,
    parse_key,
    semitones_to_c,
)

SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", SCALES)
def test_scales_with_their_triad_are_recognized(tonic, mode):
    scale = [60 + tonic + degree for degree in SCALES[mode]]
    steps = [(pitch,) for pitch in scale] + [(scale[0], scale[2], scale[4])] * 2
    name = find_key(steps)
    assert name == f"{TONICS[tonic]} {mode}"
    moved = [[pitch + semitones_to_c(name) for pitch in step] for step in steps]
    assert find_key(moved) == f"C {mode}"
    assert -6 <= semitones_to_c(name) <= 5


def test_without_notes_no_key_fits():
    assert set(key_correlations([])) == set(key_correlations([(60,)]))
    assert set(key_correlations([(), ()]).values()) == {0.0}


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
def test_key_names(name, expected):
    assert parse_key(name) == expected


@pytest.mark.parametrize("name", ["H", "", "G major minor", "c dorian", "CC", 7, None])
def test_other_names_are_refused(name):
    with pytest.raises(ValueError, match="Expected a key such as 'G'"):
        parse_key(name)
