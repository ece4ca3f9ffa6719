"""What every drawing keeps to: names, sizes, labels that do not overlap, colors in any style."""

import itertools
import types

import matplotlib.colors
import matplotlib.pyplot as plt
import numpy as np
import pytest

from gru_zoo import plot
from gru_zoo.base.labels import Label
from gru_zoo.base.seq2seq.results import Alignment
from gru_zoo.plot.colors import PALETTE, foreground, luminance
from gru_zoo.tasks.action_recognition import results as action_recognition
from gru_zoo.tasks.action_recognition.results import Sight
from gru_zoo.tasks.action_recognition.samples import waving
from gru_zoo.tasks.anomalies.results import Detection
from gru_zoo.tasks.forecasting.results import Outlook
from gru_zoo.tasks.keyword_spotting.results import Overview, Trace
from gru_zoo.tasks.music.score import Score
from gru_zoo.tasks.question_answering.results import Answer
from gru_zoo.tasks.sentiment.results import Explanation
from gru_zoo.tasks.summarization.results import Copies
from gru_zoo.tasks.text_generation.results import GateActivity
from tests.backends import only_on

pytestmark = only_on("torch", "no drawing calls a backend")

WORDS = ("▁on", "▁the", "▁meteor", "olog", "ist", "s", "▁$5", "▁and", "▁$6", ",", "▁mov", "ing")
COUNTS = (1, 5, 40, 100)
LEAST = 15  # distance of two colors in CIELAB; a just noticeable one is 2


def tokens(count):
    return tuple(itertools.islice(itertools.cycle(WORDS), count - 1)) + ("</s>",)


def weights(count):
    return np.eye(count)


def confusion(count):
    counts = np.random.default_rng(0).integers(0, 2_000, (count, count))
    labels = tuple(f"label {i}" for i in range(count))
    return plot.confusion(types.SimpleNamespace(labels=labels, confusion=counts))


def explain(count):
    words = tuple(token.removeprefix("▁") for token in tokens(count))
    return plot.explain(Explanation(words, np.linspace(-1, 2, count), Label("good", 0.9)))


def anomalies(count):
    values = np.sin(np.arange(6 * count))
    bounds = np.stack([values - 1, values + 1], axis=1)
    days = np.datetime64("2024-01-01") + np.arange(6 * count)
    found = Detection(values, values, values, np.array([count]), bounds, values, days, "load")
    return plot.anomalies(found, [(max(count - 2, 0), count + 2)])


def attention(count):
    return plot.attention(Alignment(tokens(count), tokens(count), weights(count)))


def copies(count):
    return plot.copies(Copies(tokens(count), tokens(count), 0.9 * weights(count)))


def forecast(count):
    spread = np.linspace(-1, 1, 9) * np.sqrt(np.arange(1, count + 1))[:, None]
    levels = tuple(np.arange(1, 10) / 10)
    days = np.datetime64("2024-01-01") + np.arange(6 * count)
    past = np.sin(np.arange(5 * count))
    return plot.forecast(Outlook(past, spread, levels, days, "load"), np.zeros(count))


def gates(count):
    update = np.random.default_rng(0).random((count, 64))
    return plot.gates(GateActivity(tokens(count), update, update))


def gates_of_characters(count):
    update = np.random.default_rng(0).random((count, 64))
    return plot.gates(GateActivity(("W", "i", "\n", " ") * (count // 4) + ("m",), update, update))


def learning_curve(count):
    losses = [1 / (1 + i) for i in range(count)]
    return plot.learning_curve({"loss": losses, "val_loss": losses})


def piano_roll(count):
    return plot.piano_roll(Score(((48, 60, 64, 72), (47, 62, 67, 74)) * (2 * count)))


class Listener:
    labels = ("go", "stop", "left", "right", "up", "down", "on", "off", "silence", "unknown")
    processor = types.SimpleNamespace(rate=8_000)

    def __init__(self, seconds):
        self.seconds = seconds

    def overview(self, sound, rate):
        times = np.arange(-0.5, self.seconds + 0.5, 0.1)
        scores = np.eye(len(self.labels))[np.arange(len(times)) // 3 % len(self.labels)]
        return Overview(
            np.sin(np.arange(8_000 * self.seconds) / 10),
            np.ones((100 * self.seconds, 40)),
            (0.25, 1.25),
            np.full((4, 25), 0.04),
            Trace(times, scores),
        )


def speech(count):
    return plot.speech(Listener(count), "clip.wav")[-1]


class Watcher:
    labels = tuple(f"action {number}" for number in range(27))

    def __init__(self, seconds):
        self.seconds = seconds

    def sight(self, recording, rate):
        times = np.linspace(0.1, self.seconds, 20)
        scores = np.eye(len(self.labels))[np.arange(20) // 3]
        points = np.concatenate([waving(self.seconds), np.zeros((30 * self.seconds, 1, 3))], axis=1)
        signals = np.sin(np.arange(50 * self.seconds)[:, None] * np.linspace(0.1, 1, 6))
        seconds = (float(self.seconds), float(self.seconds))
        return Sight(
            points - [0.1, 0, 3], signals, seconds, action_recognition.Trace(times, scores)
        )


def skeleton(count):
    return plot.skeleton(Watcher(min(count, 20)), "movement.npz")[-1]


def evidence(count):
    sentences = tuple(
        f"Mary went to the ${i} kitchen and so on{' and on' * 9}." for i in range(count)
    )
    return plot.evidence(Answer("$5", 0.9, None, None, sentences, (0.5,) * count))


DRAWINGS = (
    anomalies,
    attention,
    confusion,
    copies,
    evidence,
    explain,
    forecast,
    gates,
    gates_of_characters,
    learning_curve,
    piano_roll,
    skeleton,
    speech,
)


def colors_of(axes):
    """Colors of curves, bars and notes."""
    found = [line.get_color() for line in axes.lines]
    found += [patch.get_facecolor() for patch in axes.patches]
    return {matplotlib.colors.to_hex(color) for color in found}


def contrast(color, background):
    """Contrast as WCAG 2.1 defines it."""
    high, low = sorted((luminance(color), luminance(background)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("draw", DRAWINGS)
def test_every_drawing_of_the_package_is_looked_at(draw):
    on_axes = set(plot.__all__) - {"board"}  # which is an SVG of python-chess
    assert {name for name in plot.__all__ if name in globals()} == on_axes
    axes = draw(20)
    assert axes.get_xlabel()
    assert axes.get_ylabel() or draw is explain  # whose words need no name


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("draw", DRAWINGS)
def test_labels_do_not_overlap_and_figures_are_of_a_readable_size(draw, count):
    axes = draw(count)
    figure = axes.figure
    width, height = figure.get_size_inches()
    assert width <= 14 and height <= 12 and width * height <= 120
    figure.draw_without_rendering()
    for part in figure.axes:
        ticks = [part.get_xticklabels(), part.get_yticklabels()]
        for texts in (*ticks, part.texts):
            shown = [text for text in texts if text.get_visible() and text.get_text()]
            boxes = [text.get_window_extent() for text in shown]
            for (one, box), (other, another) in itertools.combinations(
                zip(shown, boxes, strict=True), 2
            ):
                # A line's box holds the room for descenders and accents: a hair may be shared.
                assert not box.padded(-1).overlaps(another.padded(-1)), (one, other)
            assert all(text.get_size() >= 6 for text in shown)


@pytest.mark.parametrize("draw", DRAWINGS)
def test_nothing_leaves_the_figure(draw):
    figure = draw(40).figure
    figure.draw_without_rendering()
    box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    assert box.x0 > -0.01 and box.y0 > -0.01
    assert box.x1 < width + 0.01 and box.y1 < height + 0.01


def test_legends_lie_beside_the_axes():
    for draw in (anomalies, forecast, learning_curve, piano_roll, skeleton, speech):
        for part in draw(5).figure.axes:
            part.figure.draw_without_rendering()
            if part.get_legend():
                assert not part.get_legend().get_window_extent().overlaps(part.bbox.padded(-1))


@pytest.mark.parametrize("style", ["default", "dark_background"])
@pytest.mark.parametrize("draw", DRAWINGS)
def test_colors_come_from_the_palette_and_from_the_style(draw, style):
    with plt.style.context(style):
        axes = draw(5)
        own = {matplotlib.colors.to_hex(color) for color in (*PALETTE, foreground(axes))}
        assert colors_of(axes) <= own
        background = axes.get_facecolor()
        assert contrast(foreground(axes), background) > 10
        # Orange and sky blue on white have 2.2; they come last there, and names stand beside them.
        for color in colors_of(axes) - {matplotlib.colors.to_hex(foreground(axes))}:
            assert contrast(color, background) > 2
        for image in axes.images:
            assert image.cmap(0.0) == matplotlib.colors.to_rgba(background)
            assert contrast(image.cmap(1.0), background) > 4.5


# Machado, Oliveira & Fernandes 2009, table 1: colors as people without one kind of cone see them.
VISIONS = {
    "all cones": np.eye(3),
    "no long": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "no middle": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "no short": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def lab(color, vision):
    """A color as CIELAB, whose distances are those that people see."""
    rgb = np.array(matplotlib.colors.to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.asarray(VISIONS[vision]) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(np.array(to_xyz) @ linear / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISIONS)
def test_colors_differ_for_any_color_vision(vision):
    distances = {
        pair: np.linalg.norm(np.subtract(*(lab(color, vision) for color in pair)))
        for pair in itertools.combinations(PALETTE, 2)
    }
    assert min(distances.values()) > LEAST, min(distances, key=distances.get)


def test_a_drawing_follows_the_size_of_its_figure():
    axes = plt.figure(figsize=(3, 3)).add_subplot()
    plot.attention(Alignment(tokens(40), tokens(40), weights(40)), axes)
    axes.figure.draw_without_rendering()
    few = len(axes.get_xticks())
    axes.figure.set_size_inches(12, 12)
    axes.figure.draw_without_rendering()
    assert few < 20 and len(axes.get_xticks()) == 40


def test_labels_are_no_formulas():
    axes = plot.attention(Alignment(("▁$5", "▁to", "▁$6"), ("▁$5", "</s>"), np.ones((2, 3))))
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels == [r"\$5", "to", r"\$6"]


def test_long_words_lose_their_middle():
    address = "https://www.example.org/a/page/of/many/pages"
    axes = plot.explain(Explanation((address, "is"), np.array([1.0, 2.0]), Label("good", 0.9)))
    assert axes.get_yticklabels()[0].get_text() == "https://www.\u2026f/many/pages"


def test_emoji_without_a_glyph_are_named():
    words = ("fun", "\U0001f44d\U0001f3fd", "\u2764\ufe0f", "\U0001f600")
    axes = plot.explain(Explanation(words, np.ones(4), Label("good", 0.9)))
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[:2] == ["fun", "[thumbs up sign]"] and labels[2].startswith("\u2764")
    axes.figure.draw_without_rendering()  # a missing glyph would be a warning, and so an error
