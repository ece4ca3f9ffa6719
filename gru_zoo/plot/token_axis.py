"""Axes whose ticks are the tokens of a text."""

import itertools
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.font_manager
import matplotlib.ticker
import matplotlib.transforms

if TYPE_CHECKING:
    import matplotlib.axis

_LINE = 1.25  # height of a line of text, in font sizes
_WIDE, _LETTER = 1.1, 0.7  # width of a letter at most, and in words
_TOLERANCE = 1 - 1e-6  # for rounding
SMALLEST = 6.0  # of a font that can be read, in points
_LONGEST = 24  # characters of a label
_WORD_START = "▁"

TickLabels = list[tuple[float, str]]  # place and label of each tick


def literal(text: str) -> str:
    """A text as matplotlib shows it: a dollar sign would begin a formula."""
    return text.replace("$", r"\$")


def label_text(text: str) -> str:
    """A text as the label of a tick.

    A symbol that the font lacks, such as an emoji, is named, and a long text, such as an address,
    loses its middle.
    """
    manager = matplotlib.font_manager
    properties = [manager.FontProperties(family=[f]) for f in matplotlib.rcParams["font.family"]]
    fonts = [manager.get_font(manager.findfont(family)) for family in properties]
    known = "".join(
        char if any(font.get_char_index(ord(char)) for font in fonts) else _named(char)
        for char in text
    )
    half = _LONGEST // 2
    return literal(known if len(known) <= _LONGEST else f"{known[:half]}\u2026{known[-half:]}")


def _named(char: str) -> str:
    """The name of a symbol, nothing for the skin of an emoji, and a letter as it is."""
    names = {"So": f"[{unicodedata.name(char, 'symbol').lower()}]", "Sk": "", "Mn": "", "Cf": ""}
    return names.get(unicodedata.category(char), char)


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
        labels.append((float(place), dot + label_text(token_text(token))))
    return labels


def word_labels(tokens: Sequence[str]) -> TickLabels:
    """A label in the middle of each word."""
    starts = word_starts(tokens)
    labels: TickLabels = []
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        word = "".join(map(token_text, tokens[start:end]))
        labels.append(((start + end - 1) / 2, label_text(word)))
    return labels


def word_starts(tokens: Sequence[str]) -> list[int]:
    """Places at which words start. Tokens that are no sub-words are words of their own."""
    if not any(token.startswith(_WORD_START) for token in tokens):
        return list(range(len(tokens)))
    before = ("\n", *tokens)
    return [
        place
        for place, (last, token) in enumerate(zip(before, tokens, strict=False))
        if last == "\n" or token in ("\n", "</s>") or token.startswith(_WORD_START)
    ]


class TokenLocator(matplotlib.ticker.Locator):
    """Ticks with labels that do not overlap, in a font as large as the room allows.

    How much room there is shows when the figure is drawn, so both follow its size. On the x axis,
    labels of more than two characters are upright where they have no room side by side.

    Args:
        own: the axis, on which each cell is 1 wide.
        choices: places and labels in ascending order, and others for less room. If even the last
            choice lacks room, some of its labels are left out.
    """

    def __init__(self, own: "matplotlib.axis.Axis", choices: Sequence[TickLabels]):
        self.own, self.choices = own, choices
        self.flat = own is own.axes.xaxis
        self.largest = font_size("xtick.labelsize" if self.flat else "ytick.labelsize")
        self.longest = max((len(label) for _, label in choices[0]), default=1)
        self.style: tuple[float, int] | None = None
        self.labels: dict[float, str] = {}
        self.apart = 0.0

    def __call__(self) -> list[float]:
        low, high = sorted(self.own.get_view_interval())
        a_cell = length_in_points(self.own) / max(high - low, 1e-9)
        places = [place for place, _ in self.choices[0]]
        gap = min((after - place for place, after in itertools.pairwise(places)), default=1.0)
        few = self.longest <= 2
        width = _WIDE * self.longest if few else _LETTER * (self.longest + 1)
        side_by_side = self.flat and (few or width * self.largest <= a_cell * gap)
        extent = width if side_by_side else _LINE
        size = min(self.largest, max(SMALLEST, a_cell * gap / extent))
        self.apart = size * extent / a_cell
        self._set_style(size, 90 if self.flat and not side_by_side else 0)
        return self.tick_values(low, high)

    def _set_style(self, size: float, rotation: int) -> None:
        if self.style != (size, rotation):  # a change calls for another drawing of the figure
            self.style = size, rotation
            self.own.set_tick_params(labelsize=size, labelrotation=rotation)

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        for labels in self.choices:
            seen = [(place, label) for place, label in labels if vmin <= place <= vmax]
            kept: TickLabels = []
            for place, label in seen:
                if not kept or place - kept[-1][0] >= self.apart * _TOLERANCE:
                    kept.append((place, label))
            if len(kept) == len(seen):
                break
        self.labels = dict(kept)
        return list(self.labels)

    def label(self, place: float, _: int | None = None) -> str:
        """Label of a tick."""
        return self.labels.get(place, "")


def font_size(name: str) -> float:
    """Size of a font in points, by the name of a setting of matplotlib."""
    size = matplotlib.rcParams[name]
    return matplotlib.font_manager.FontProperties(size=size).get_size_in_points()


def length_in_points(axis: "matplotlib.axis.Axis") -> float:
    """Length of an axis as it is drawn, in points."""
    axes = axis.axes
    to_inches = axes.transAxes - axes.figure.dpi_scale_trans
    box = matplotlib.transforms.Bbox.unit().transformed(to_inches)
    return 72 * max(box.width if axis is axes.xaxis else box.height, 1e-9)


def label_ticks(axis: "matplotlib.axis.Axis", *choices: TickLabels) -> None:
    """Label the cells of a picture, as `TokenLocator` says."""
    locator = TokenLocator(axis, choices)
    axis.set_major_locator(locator)
    axis.set_major_formatter(matplotlib.ticker.FuncFormatter(locator.label))


def inches(count: int, cell: float = 0.2, most: float = 10.0) -> float:
    """Length of an axis for a number of tokens.

    Args:
        count: number of tokens.
        cell: room for each where there are few, in inches.
        most: greatest length, in inches.
    """
    return min(most, cell * count)
