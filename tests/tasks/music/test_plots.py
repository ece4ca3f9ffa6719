import matplotlib.colors
import matplotlib.figure
import numpy as np

from gru_zoo import plot
from gru_zoo.plot.colors import PALETTE
from gru_zoo.tasks.music.notes import Note
from gru_zoo.tasks.music.plots import voices_of
from gru_zoo.tasks.music.score import Score


def new_axes():
    return matplotlib.figure.Figure().add_subplot()


def test_piano_roll_has_a_bar_for_each_note():
    score = Score(((60, 64), (60, 65), (), (72,)), steps_per_beat=2)
    axes = plot.piano_roll(score, new_axes())
    bars = sorted((bar.get_x(), bar.get_y() + 0.45, bar.get_width()) for bar in axes.patches)
    np.testing.assert_allclose(bars, [(0, 60, 1), (0, 64, 0.5), (0.5, 65, 0.5), (1.5, 72, 0.5)])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["C4", "C5", "C6"]


def test_piano_roll_of_nothing():
    assert not plot.piano_roll(Score(()), new_axes()).patches


def test_a_voice_keeps_its_color():
    score = Score(((48, 60, 64, 72), (47, 62, 67, 74), (62, 65, 71), (48, 60, 64, 72)))
    # The third step rests in the bass, and its 62 is held.
    expected = [3, 2, 1, 0, 3, 2, 1, 0, 1, 0, 3, 2, 1, 0]
    assert voices_of(score.notes) == expected
    axes = plot.piano_roll(score, new_axes())
    bars = sorted(axes.patches, key=lambda bar: (bar.get_x(), bar.get_y()))
    colors = [matplotlib.colors.to_hex(bar.get_facecolor()).upper() for bar in bars]
    assert [PALETTE.index(color) for color in colors] == expected
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert texts == ["voice 1 (top)", "voice 2", "voice 3", "voice 4"]


def test_a_held_note_keeps_its_place_between_moving_voices():
    melody = [Note(72 + step, step / 2, 0.5, 80) for step in (0, 2, 4, 5)]
    bass = [Note(48 - step, step / 2, 0.5, 80) for step in (0, 2, 4, 5)]
    notes = sorted([*melody, *bass, Note(60, 0.0, 4.0, 80)], key=lambda note: note.start)
    assert [voices_of(notes)[notes.index(note)] for note in melody] == [0] * 4
    assert [voices_of(notes)[notes.index(note)] for note in bass] == [2] * 4


def test_many_voices_share_the_last_color():
    score = Score((tuple(range(40, 80, 4)),))
    assert voices_of(score.notes) == list(range(9, -1, -1))
    texts = [text.get_text() for text in plot.piano_roll(score, new_axes()).get_legend().texts]
    assert texts[-1] == "voices 6 to 10" and len(texts) == 6


def test_bars_are_marked_on_the_time_axis():
    axes = plot.piano_roll(Score(((60,),) * 12, meter=(3, 4)), new_axes())
    assert list(axes.get_xticks()) == [0, 3, 6, 9]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "2", "3", "4"]
    axes = plot.piano_roll(Score(((60,),) * 400), new_axes())
    assert [label.get_text() for label in axes.get_xticklabels()][:3] == ["1", "9", "17"]
    assert axes.get_xlabel() == "bar"


def test_long_pieces_show_some_bars_and_tempos():
    changes = tuple((beat, 90 + beat % 7) for beat in range(1, 800))
    axes = plot.piano_roll(Score(((60,),) * 800, tempo_changes=changes), new_axes())
    assert len(axes.get_xticks()) == 13 and axes.get_xticks()[1] == 64
    assert 6 < len(axes.texts) <= 12
