import keras
import numpy as np
import pytest

from gru_zoo.base.seq2seq.results import Alignment
from gru_zoo.plot import heatmap as plot
from gru_zoo.plot.bars import explain
from gru_zoo.plot.gates import gates
from gru_zoo.plot.history import learning_curve
from gru_zoo.tasks.keyword_spotting.plots import speech
from gru_zoo.tasks.keyword_spotting.results import Overview, Trace
from gru_zoo.tasks.music.plots import piano_roll
from gru_zoo.tasks.music.score import Score
from gru_zoo.tasks.sentiment.results import Explanation
from gru_zoo.tasks.sentiment.task import Label
from gru_zoo.tasks.summarization.results import Copies
from gru_zoo.tasks.text_generation.reader import GateActivity


@pytest.fixture(autouse=True)
def close_figures():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def test_explain_shows_words_in_reading_order():
    words = ("a", "great", "but", "long", "film")
    result = Explanation(words, np.array([0.1, 2.0, -0.2, -1.0, 0.0]), Label("positive", 0.9))
    axes = explain(result, most=3)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["great", "but", "long"]
    assert axes.get_title() == "positive (0.90)"
    np.testing.assert_allclose([bar.get_width() for bar in axes.patches], [2.0, -0.2, -1.0])


def test_explain_of_a_prediction():
    with pytest.raises(TypeError, match="Expected what `explain` of a task returns"):
        explain(Label("positive", 0.9))


def test_learning_curve():
    history = {"loss": [1.0, 0.5], "val_loss": [1.1, 0.7]}
    axes = learning_curve(history)
    assert len(axes.lines) == 2
    np.testing.assert_allclose(axes.lines[1].get_ydata(), [1.1, 0.7])
    with pytest.raises(ValueError, match=r"metric among \['loss', 'val_loss'\]"):
        learning_curve(history, "bleu")
    of_keras = keras.callbacks.History()
    of_keras.history = history
    for axes in (learning_curve(history, "val_loss"), learning_curve(of_keras)):
        assert [line.get_label() for line in axes.lines] == ["training", "validation"]
        assert all(tick == round(tick) for tick in axes.get_xticks())


def test_gates_show_the_units_that_change_most():
    update = np.array([[0.5, 0.1, 0.9], [0.5, 0.9, 0.8], [0.5, 0.2, 0.9]])
    axes = gates(GateActivity(("a", "\n", "▁b"), update, update), most=2)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "\u21b5", " b"]
    np.testing.assert_array_equal(axes.images[0].get_array(), update.T[1:])


def test_attention_has_a_row_for_each_sub_word_written():
    weights = np.array([[0.9, 0.1], [0.2, 0.8], [0.0, 1.0]])
    alignment = Alignment(("▁Go", "</s>"), ("▁V", "a", "</s>"), weights)
    axes = plot.attention(alignment)
    assert [label.get_text() for label in axes.get_xticklabels()] == [" Go", "(end)"]
    assert [label.get_text() for label in axes.get_yticklabels()] == [" V", "a", "(end)"]
    np.testing.assert_array_equal(axes.images[0].get_array(), weights)


def test_copies_show_what_was_copied_from_where():
    weights = np.array([[0.0, 0.02, 0.0], [0.0, 0.0, 0.9], [0.0, 0.0, 0.0]])
    found = Copies(("▁Go", "es", "▁on"), ("▁go", "▁on", "</s>"), weights)
    axes = plot.copies(found)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["(written)", " on"]
    assert [label.get_text() for label in axes.get_yticklabels()] == [" go", " on", "(end)"]
    np.testing.assert_allclose(
        axes.images[0].get_array(), [[0.98, 0.0], [0.1, 0.9], [1.0, 0.0]], atol=1e-9
    )


def test_piano_roll_has_a_bar_for_each_note():
    axes = piano_roll(Score(((60, 64), (60, 65), (), (72,)), steps_per_beat=2))
    bars = sorted((bar.get_x(), bar.get_y() + 0.45, bar.get_width()) for bar in axes.patches)
    np.testing.assert_allclose(bars, [(0, 60, 1), (0, 64, 0.5), (0.5, 65, 0.5), (1.5, 72, 0.5)])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["C4", "C5", "C6"]
    piano_roll(Score(()))


def test_speech_shows_what_was_heard():
    class Heard:
        labels = ("go", "stop", "silence")

        class processor:
            rate = 1_000

        def overview(self, sound, rate):
            scores = np.array([[0.1, 0.05, 0.85], [0.9, 0.05, 0.05], [0.2, 0.0, 0.8]])
            trace = Trace(np.array([0.5, 1.0, 1.5]), scores)
            return Overview(
                np.zeros(2_000), np.ones((200, 8)), (0.5, 1.5), np.full((2, 25), 0.04), trace
            )

    wave, spectrum, attention, scores = speech(Heard(), "clip.wav")
    assert wave.lines[0].get_xdata()[-1] == pytest.approx(1.999)
    assert spectrum.images[0].get_array().shape == (8, 200)
    assert len(attention.lines) == 2 and 0.5 < attention.lines[0].get_xdata()[0] < 0.53
    # Classes that never come near are left out.
    assert [line.get_label() for line in scores.lines] == ["go", "silence"]
    np.testing.assert_allclose(scores.lines[0].get_ydata(), [0.1, 0.9, 0.2])
    assert scores.get_xlim() == (0, 2)
