"""Results of chess: the legal moves of a position with their probabilities."""

import dataclasses
from collections.abc import Iterator, Sequence


@dataclasses.dataclass(frozen=True)
class MoveScore:
    """One legal move.

    Args:
        uci: the move in UCI notation, such as "g1f3".
        san: the move in standard notation, such as "Nf3".
        score: probability that a human plays it, from 0 to 1.
    """

    uci: str
    san: str
    score: float

    def __str__(self) -> str:
        return f"{self.san} {self.score:.2f}"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """Probabilities of the results of a game."""

    white: float
    draw: float
    black: float


@dataclasses.dataclass(frozen=True)
class MovePrediction(Sequence[MoveScore]):
    """The legal moves of a position, the likeliest first. It is a sequence of `MoveScore`.

    Args:
        fen: the position.
        moves: all legal moves; none where the game is over.
        outcome: probabilities of the results; the result itself where the game is over.
    """

    fen: str
    moves: tuple[MoveScore, ...]
    outcome: Outcome

    def __getitem__(self, index):
        return self.moves[index]

    def __len__(self) -> int:
        return len(self.moves)

    def __iter__(self) -> Iterator[MoveScore]:
        return iter(self.moves)

    def __str__(self) -> str:
        return ", ".join(map(str, self.moves[:5])) or "the game is over"

    def plot(self, moves: int = 3):
        """Draw the board with the likeliest moves as arrows, see `gru_zoo.plot.board`."""
        from gru_zoo.tasks.chess.plots import board

        return board(self, moves)

    def _repr_html_(self) -> str:
        return str(self.plot())
