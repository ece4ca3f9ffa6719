import importlib
import types

import keras
import numpy as np
import pytest

from gru_zoo import plot
from gru_zoo.base.seq2seq.results import Alignment
from gru_zoo.tasks.keyword_spotting.results import Overview, Trace
from gru_zoo.tasks.sentiment.results import Explanation
from gru_zoo.tasks.sentiment.task import Label
from gru_zoo.tasks.summarization.results import Copies
from gru_zoo.tasks.text_generation.results import GateActivity


@pytest.fixture(autouse=True)
def close_figures():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def test_an_unknown_plot_is_named():
    with pytest.raises(AttributeError, match="'gru_zoo.plot' has no attribute 'pie'"):
        plot.pie  # noqa: B018


def test_dir_lists_the_plots():
    assert dir(plot) == sorted(plot.__all__)
    assert {"attention", "piano_roll", "speech"} <= set(dir(plot))


def test_plots_need_no_class_of_a_task():
    weights = np.eye(2)
    result = types.SimpleNamespace(source=("a", "b"), target=("c", "d"), weights=weights)
    for function in (plot.attention, plot.copies):
        axes = function(result)
        assert [label.get_text() for label in axes.get_yticklabels()] == ["c", "d"]


def test_plots_draw_on_given_axes():
    import matplotlib.figure

    axes = matplotlib.figure.Figure().add_subplot()
    assert plot.learning_curve({"loss": [1.0]}, axes=axes) is axes
    score = types.SimpleNamespace(notes=[], beats=4.0, bar_lines=[0.0], tempo=90, tempo_changes=())
    assert plot.piano_roll(score, axes) is axes


@pytest.mark.parametrize("name", plot.__all__)
def test_no_module_hides_a_plot(name):
    module = importlib.import_module(plot._PLOTS[name])
    assert getattr(plot, name) is getattr(module, name)


def test_explain_shows_words_in_reading_order():
    words = ("a", "great", "but", "long", "film")
    result = Explanation(words, np.array([0.1, 2.0, -0.2, -1.0, 0.0]), Label("positive", 0.9))
    axes = plot.explain(result, max_words=3)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["great", "but", "long"]
    assert axes.get_title() == "positive (0.90): 3 of 5 words"
    np.testing.assert_allclose([bar.get_width() for bar in axes.patches], [2.0, -0.2, -1.0])


def test_explain_of_a_prediction():
    with pytest.raises(
        TypeError, match="Expected a result of a task's `explain` method. Received: Label"
    ):
        plot.explain(Label("positive", 0.9))


def test_learning_curve():
    history = {"loss": [1.0, 0.5], "val_loss": [1.1, 0.7]}
    axes = plot.learning_curve(history)
    assert len(axes.lines) == 2
    np.testing.assert_allclose(axes.lines[1].get_ydata(), [1.1, 0.7])
    with pytest.raises(ValueError, match=r"metric among \['loss', 'val_loss'\]"):
        plot.learning_curve(history, "bleu")
    assert [text.get_text() for text in axes.texts] == ["0.5", "0.7"]
    both, alone = axes.lines, plot.learning_curve({"val_bleu": [31.5]}, "bleu").lines
    assert alone[0].get_label() == "validation" and alone[0].get_color() == both[1].get_color()
    plot.learning_curve({"loss": [1.0, float("nan")]}).figure.draw_without_rendering()
    of_keras = keras.callbacks.History()
    of_keras.history = history
    for axes in (plot.learning_curve(history, "val_loss"), plot.learning_curve(of_keras)):
        assert [line.get_label() for line in axes.lines] == ["training", "validation"]
        assert all(tick == round(tick) for tick in axes.get_xticks())


def test_gates_show_the_units_that_change_most():
    update = np.array([[0.5, 0.1, 0.9], [0.5, 0.9, 0.8], [0.5, 0.2, 0.9]])
    axes = plot.gates(GateActivity(("a", "\n", "▁b"), update, update), max_units=2)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "\u21b5", "b"]
    np.testing.assert_array_equal(axes.images[0].get_array(), update.T[1:])


def test_attention_has_a_row_for_each_output_token():
    weights = np.array([[0.9, 0.1], [0.2, 0.8], [0.0, 1.0]])
    alignment = Alignment(("▁Go", "</s>"), ("▁V", "a", "</s>"), weights)
    axes = plot.attention(alignment)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["Go", "(end)"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["V", "\u00b7a", "(end)"]
    np.testing.assert_array_equal(axes.images[0].get_array(), weights)


def test_copies_show_copied_source_tokens():
    weights = np.array([[0.0, 0.02, 0.0], [0.0, 0.0, 0.9], [0.0, 0.0, 0.0]])
    copied = Copies(("▁Go", "es", "▁on"), ("▁go", "▁on", "</s>"), weights)
    axes = plot.copies(copied)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["(written)", "on"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["go", "on", "(end)"]
    np.testing.assert_allclose(
        axes.images[0].get_array(), [[0.98, 0.0], [0.1, 0.9], [1.0, 0.0]], atol=1e-9
    )


def test_speech_shows_the_whole_analysis():
    class Listener:
        labels = ("go", "stop", "silence")

        class processor:
            rate = 1_000

        def overview(self, sound, rate):
            scores = np.array([[0.1, 0.05, 0.85], [0.9, 0.05, 0.05], [0.2, 0.0, 0.8]])
            trace = Trace(np.array([0.5, 1.0, 1.5]), scores)
            return Overview(
                np.zeros(2_000), np.ones((200, 8)), (0.5, 1.5), np.full((2, 25), 0.04), trace
            )

    wave, spectrum, attention, scores = plot.speech(Listener(), "clip.wav")
    assert wave.lines[0].get_xdata()[-1] == pytest.approx(1.999)
    assert spectrum.images[0].get_array().shape == (8, 200)
    assert len(attention.lines) == 2 and 0.5 < attention.lines[0].get_xdata()[0] < 0.53
    edges = [line.get_xdata()[0] for line in spectrum.lines]
    assert edges == [0.5, 1.5]
    for part in (wave, attention, scores):  # the window of the attention
        (window,) = part.patches
        assert window.get_x() == 0.5 and window.get_width() == 1
    assert [text.get_text() for text in scores.texts] == ["go"]
    assert [text.get_text() for text in scores.get_legend().get_texts()] == ["silence"]
    # Classes without a high score are left out.
    assert [line.get_label() for line in scores.lines] == ["go", "silence"]
    np.testing.assert_allclose(scores.lines[0].get_ydata(), [0.1, 0.9, 0.2])
    assert scores.get_xlim() == (0, 2)
