"""Axes whose ticks are the tokens of a text."""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.font_manager
import matplotlib.ticker
import matplotlib.transforms

if TYPE_CHECKING:
    import matplotlib.axis

_LINE = 1.25  # height of a line of text, in font sizes
_LETTER = 1.1  # width of a letter and of the space beside it
_SMALLEST = 6.0  # of a font that can be read, in points
_LONGEST = 24  # characters of a label
_WORD_START = "▁"

TickLabels = list[tuple[float, str]]  # place and label of each tick


def literal(text: str) -> str:
    """A text as matplotlib shows it: a dollar sign would begin a formula."""
    return text.replace("$", r"\$")


def shortened(text: str) -> str:
    """A text without its middle if it is long, such as an address."""
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]}\u2026{text[-half:]}"


def token_text(token: str) -> str:
    """What a token stands for, without its mark of a word's start."""
    if token == "</s>":
        return "(end)"
    return "\u21b5" if token == "\n" else token.removeprefix(_WORD_START)


def token_labels(tokens: Sequence[str]) -> TickLabels:
    """A label for each token. A dot stands before the sub-words that go on with a word."""
    starts = set(word_starts(tokens))
    labels: TickLabels = []
    for place, token in enumerate(tokens):
        dot = "\u00b7" if place not in starts and token[0].isalnum() else ""
        labels.append((float(place), literal(dot + shortened(token_text(token)))))
    return labels


def word_labels(tokens: Sequence[str]) -> TickLabels:
    """A label in the middle of each word."""
    starts = word_starts(tokens)
    labels: TickLabels = []
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        word = "".join(map(token_text, tokens[start:end]))
        labels.append(((start + end - 1) / 2, literal(shortened(word))))
    return labels


def word_starts(tokens: Sequence[str]) -> list[int]:
    """Places at which words start. Tokens that are no sub-words are words of their own."""
    marked = any(token.startswith(_WORD_START) for token in tokens)
    return [
        place
        for place, token in enumerate(tokens)
        if not marked or place == 0 or token.startswith(_WORD_START) or token == "</s>"
    ]


class TokenLocator(matplotlib.ticker.Locator):
    """Ticks with labels that do not overlap.

    How much room there is shows when the figure is drawn, so the ticks follow its size.

    Args:
        choices: places and labels in ascending order, and others for less room. If even the last
            choice lacks room, some of its labels are left out.
        extent: room that a label takes along the axis, in points.
    """

    def __init__(self, choices: Sequence[TickLabels], extent: float):
        self.choices, self.extent = choices, extent
        self.labels: dict[float, str] = {}

    def __call__(self) -> list[float]:
        return self.tick_values(*sorted(self.axis.get_view_interval()))

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        apart = self.extent * (vmax - vmin) / max(_points(self.axis), 1.0)
        for labels in self.choices:
            seen = [(place, label) for place, label in labels if vmin <= place <= vmax]
            kept: TickLabels = []
            for place, label in seen:
                if not kept or place - kept[-1][0] >= apart:
                    kept.append((place, label))
            if len(kept) == len(seen):
                break
        self.labels = dict(kept)
        return list(self.labels)

    def label(self, place: float, _: int | None = None) -> str:
        """Label of a tick."""
        return self.labels.get(place, "")


def _points(axis: "matplotlib.axis.Axis") -> float:
    """Length of an axis as it is drawn, in points."""
    axes = axis.axes
    to_inches = axes.transAxes - axes.figure.dpi_scale_trans
    box = matplotlib.transforms.Bbox.unit().transformed(to_inches)
    return 72 * (box.width if axis.axis_name == "x" else box.height)


def label_ticks(axis: "matplotlib.axis.Axis", *choices: TickLabels) -> None:
    """Label the cells of a picture in a font as large as the room allows.

    Labels of more than two characters stand upright on the x axis.

    Args:
        axis: axis on which each cell is 1 wide, the first at 0.
        *choices: places and labels, see `TokenLocator`.
    """
    longest = max((len(label) for _, label in choices[0]), default=1)
    beside = axis.axis_name == "x" and longest <= 2
    extent = _LETTER * longest if beside else _LINE
    default = matplotlib.font_manager.FontProperties(
        size=matplotlib.rcParams[f"{axis.axis_name}tick.labelsize"]
    ).get_size_in_points()
    places = [place for place, _ in choices[0]]
    gap = min((after - place for place, after in itertools.pairwise(places)), default=1.0)
    low, high = sorted(axis.get_view_interval())
    room = _points(axis) * gap / max(high - low, 1.0)
    size = min(default, max(_SMALLEST, room / extent))
    locator = TokenLocator(choices, size * extent)
    axis.set_major_locator(locator)
    axis.set_major_formatter(matplotlib.ticker.FuncFormatter(locator.label))
    axis.set_tick_params(labelsize=size, labelrotation=0 if beside or axis.axis_name == "y" else 90)


def inches(count: int, cell: float = 0.2, most: float = 10.0) -> float:
    """Length of an axis for a number of tokens.

    Args:
        count: number of tokens.
        cell: room for each where there are few, in inches.
        most: greatest length, in inches.
    """
    return min(most, cell * count)
