"""Drawings of chess boards."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from chess.svg import SvgWrapper  # a str that notebooks draw

_COLOR = "#15781b"
_FAINTEST = 0x40  # opacity of an arrow of probability 0, of 255


class Scored(Protocol):
    """A move and its probability, see `MoveScore`."""

    @property
    def uci(self) -> str: ...
    @property
    def score(self) -> float: ...


class Scores(Protocol):
    """A position and its moves, see `MovePrediction`."""

    @property
    def fen(self) -> str: ...
    @property
    def moves(self) -> Sequence[Scored]: ...


def board(prediction: Scores, moves: int = 3, size: int = 360) -> "SvgWrapper":
    """Draw a position with the likeliest moves as arrows, the likelier the stronger.

    Args:
        prediction: from `Chess.predict` or `Game.predict`.
        moves: number of arrows, 0 or more.
        size: width and height of the picture in pixels.

    Returns:
        The picture as an SVG text, which a notebook shows.

    Raises:
        ValueError: `moves` is below 0.
    """
    import chess.svg

    if moves < 0:
        raise ValueError(f"Expected moves of 0 or more. Received: moves={moves}.")
    position = chess.Board(prediction.fen)
    arrows = []
    for move in prediction.moves[:moves]:
        opacity = _FAINTEST + round((255 - _FAINTEST) * move.score)
        parsed = chess.Move.from_uci(move.uci)
        color = f"{_COLOR}{opacity:02x}"
        arrows.append(chess.svg.Arrow(parsed.from_square, parsed.to_square, color=color))
    check = position.king(position.turn) if position.is_check() else None
    svg: Any = chess.svg.board(
        position, orientation=position.turn, arrows=arrows, check=check, size=size
    )
    return svg
