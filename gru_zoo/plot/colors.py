"""Colors of the plots: one palette, and what the style of the reader gives."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import matplotlib.axes
    import matplotlib.colors

# Okabe & Ito 2008, Color Universal Design: people with any color vision tell them apart. Black and
# yellow are left out, since one of them is lost on a light or on a dark background.
BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
PURPLE, ORANGE, SKY_BLUE = "#CC79A7", "#E69F00", "#56B4E9"
PALETTE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY_BLUE)

_LINES = "-", "--", ":", "-."


def palette(axes: "matplotlib.axes.Axes") -> tuple[str, ...]:
    """The palette from the color that stands out most on the background of axes."""
    return PALETTE if is_light(axes.get_facecolor()) else (SKY_BLUE, *PALETTE[1:-1], BLUE)


def line_style(axes: "matplotlib.axes.Axes", number: int) -> dict[str, Any]:
    """Color and dashes of a curve: the same color comes again with other dashes.

    Args:
        axes: axes that the curve is drawn on.
        number: number of the curve, from 0.
    """
    repeats, place = divmod(number, len(PALETTE))
    return {"color": palette(axes)[place], "linestyle": _LINES[repeats % len(_LINES)]}


def foreground(axes: "matplotlib.axes.Axes") -> Any:
    """Color of the text of axes: dark on a light style, light on a dark one."""
    return axes.xaxis.label.get_color()


def luminance(color: Any) -> float:
    """Relative luminance of a color, from 0 (black) to 1 (white), as WCAG 2.1 defines it."""
    import matplotlib.colors

    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in matplotlib.colors.to_rgb(color)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def is_light(color: Any) -> bool:
    """Whether black reads better on a color than white."""
    return luminance(color) > 0.179  # where both have the same contrast


def shades(axes: "matplotlib.axes.Axes") -> "matplotlib.colors.Colormap":
    """Color map of heat maps: from the background of the axes, for 0, to blue, for 1."""
    import matplotlib.colors

    ends = [axes.get_facecolor(), palette(axes)[0]]
    return matplotlib.colors.LinearSegmentedColormap.from_list("shades", ends)
