import matplotlib.figure
import numpy as np

from gru_zoo import plot
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
