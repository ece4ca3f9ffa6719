"""A game as it is played: states of the model are kept, so that a move costs the same anywhere."""

from typing import Any

import numpy as np

from gru_zoo.data.examples import ChessGame
from gru_zoo.tasks.chess.decoder_steps import TurnSteps
from gru_zoo.tasks.chess.encoding import Turn, read_inputs, score_inputs, turn_of
from gru_zoo.tasks.chess.results import MovePrediction, MoveScore, Outcome
from gru_zoo.tasks.chess.rows import conditions_of
from gru_zoo.tasks.chess.rules import chess, parse_move
from gru_zoo.tasks.chess.sampling import choose


class Game:
    """A game that goes on, see `Chess.game`.

    Args:
        steps: the model.
        board: the position to begin with, and the moves before it.
        terms: ratings and time, of which the moves are not read.

    Attributes:
        board: the present position, a `chess.Board`. Change it by `push` and `undo` alone.
    """

    def __init__(self, steps: TurnSteps, board: chess.Board, terms: ChessGame):
        self._steps = steps
        self._conditions = {white: conditions_of(terms, white) for white in (True, False)}
        self._turns: dict[bool, list[Turn]] = {True: [], False: []}
        # How many turns of a player were read, and the state after them.
        self._states = {white: [(0, steps.start())] for white in (True, False)}
        self._predicted: tuple[MovePrediction, np.ndarray] | None = None
        self.board = board.root()
        for move in board.move_stack:
            self._push(move)

    def push(self, move: Any) -> None:
        """Play a move.

        Args:
            move: in UCI or SAN notation, or a `chess.Move`.

        Raises:
            ValueError: the move is illegal.
            TypeError: it is neither a text nor a `chess.Move`.
        """
        self._push(parse_move(self.board, move))

    def _push(self, move: chess.Move) -> None:
        white = self.board.turn
        self._turns[white].append(turn_of(self.board))
        if self._predicted is not None and self._predicted[0].moves:
            self._states[white].append((len(self._turns[white]), self._predicted[1]))
        self._predicted = None
        self.board.push(move)

    def undo(self) -> None:
        """Take the last move back.

        Raises:
            ValueError: there is none.
        """
        if not self.board.move_stack:
            raise ValueError("Expected a game with a move to take back. Received: none was played.")
        self.board.pop()
        white, self._predicted = self.board.turn, None
        self._turns[white].pop()
        while self._states[white][-1][0] > len(self._turns[white]):
            self._states[white].pop()

    def predict(self) -> MovePrediction:
        """The probabilities of the legal moves, see `Chess.predict`."""
        if self._predicted is None:
            self._predicted = self._scored()
        return self._predicted[0]

    def play(
        self, temperature: float = 1.0, top_p: float = 1.0, seed: int | None = None
    ) -> MoveScore:
        """Choose a move as a human may, and play it, see `Chess.play`."""
        prediction = self.predict()
        if not prediction.moves:
            raise ValueError(f"Expected a game that goes on. Received: {prediction.fen} is over.")
        scores = np.array([move.score for move in prediction.moves])
        random = np.random.default_rng(seed)
        chosen = prediction.moves[choose(scores, temperature, top_p, random)]
        self._push(chess.Move.from_uci(chosen.uci))
        return chosen

    def _state(self, white: bool) -> np.ndarray:
        """The state of a player after all turns so far."""
        read, state = self._states[white][-1]
        turns = self._turns[white][read:]
        if turns:
            state = self._steps.read(state, read_inputs(turns, self._conditions[white]))
            self._states[white].append((read + len(turns), state))
        return state

    def _scored(self) -> tuple[MovePrediction, np.ndarray]:
        white, fen = self.board.turn, self.board.fen()
        state = self._state(white)
        over = self.board.outcome()
        if over is not None:
            result = {True: (1.0, 0.0, 0.0), False: (0.0, 0.0, 1.0), None: (0.0, 1.0, 0.0)}
            return MovePrediction(fen, (), Outcome(*result[over.winner])), state
        inputs, moves = score_inputs(turn_of(self.board), self._conditions[white])
        scores, results, state = self._steps.score(state, inputs)
        loss, draw, win = (round(float(p), 4) for p in results)
        order = np.argsort(-scores[: len(moves)], kind="stable")
        found = tuple(
            MoveScore(moves[i].uci(), self.board.san(moves[i]), round(float(scores[i]), 4))
            for i in order
        )
        outcome = Outcome(win, draw, loss) if white else Outcome(loss, draw, win)
        return MovePrediction(fen, found, outcome), state
