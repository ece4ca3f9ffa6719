"""Task `chess`: predict the next move of a human player, and play like one."""

import functools
import os
from collections.abc import Sequence
from typing import Any, Unpack, cast

import keras
import numpy as np

from gru_zoo import training
from gru_zoo.base.task import Task
from gru_zoo.data.examples import ChessGame
from gru_zoo.metrics.metric import Metric
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.chess.arrays import Slices, model_inputs
from gru_zoo.tasks.chess.batches import GameBatches
from gru_zoo.tasks.chess.decoder_steps import TurnSteps
from gru_zoo.tasks.chess.game import Game
from gru_zoo.tasks.chess.metrics import move_metrics
from gru_zoo.tasks.chess.model import Config, build
from gru_zoo.tasks.chess.pgn import conditions_of_headers, read_pgn
from gru_zoo.tasks.chess.processor import ChessProcessor
from gru_zoo.tasks.chess.results import MovePrediction, MoveScore
from gru_zoo.tasks.chess.rows import Rows, rows_of
from gru_zoo.tasks.chess.rules import read_position
from gru_zoo.tasks.chess.scoring import judge
from gru_zoo.tasks.chess.training import MoveLoss, compiler, of_player
from gru_zoo.training.options import FitOptions

_SAMPLES = ("", "1. e4 e5 2. Nf3 Nc6 3. Bb5", "d4 Nf6 c4 e6 Nc3 Bb4 e3 O-O", "f3 e5 g4")
_RATINGS = (100, 4_000)  # that can be asked for


class Chess(Task):
    """The next move of a human, from the game so far and the ratings of both players.

    A position is a text of moves in UCI or standard notation, a tuple of them, a PGN, a FEN,
    which may be followed by " moves " and moves, or a `chess.Board` of python-chess. The moves
    before a position are read too; a FEN alone has none.

    `model` maps the turns of one player to the probabilities of their legal moves, see
    `gru_zoo.tasks.chess.model.build`.

    Example:

    >>> import gru_zoo
    >>> human = gru_zoo.load("chess")
    >>> prediction = human.predict("1. e4 e5 2. Nf3", elo=1800)
    >>> prediction[0].san
    'Nc6'
    >>> game = human.game(elo=1800)
    >>> game.push("e4")
    >>> len(game.predict())  # legal moves
    20
    """

    inputs = "games"
    Config = Config
    build = staticmethod(build)
    Processor = ChessProcessor
    samples = _SAMPLES
    exported_outputs = ("log_probabilities", "scores", "results", "next_state")

    def predict(
        self,
        inputs: Any,
        elo: int | None = None,
        opponent_elo: int | None = None,
        seconds: int | None = None,
        increment: int | None = None,
    ) -> MovePrediction | list[MovePrediction]:
        """Predict what a human plays in a position.

        Args:
            inputs: a position, see the class, or a list of positions.
            elo: rating of the player to move, from 100 to 4,000. Default: that of the PGN, or 1500.
            opponent_elo: rating of the opponent. Default: that of the PGN, or as `elo`.
            seconds: time of each player for the game. Default: that of the PGN, or 60, since most
                of the games that the preset learned from had a minute.
            increment: seconds added for every move. Default: that of the PGN, or 0.

        Returns:
            The legal moves with their probabilities, the likeliest first; none where the game is
            over. A list for a list.

        Raises:
            TypeError: an input is no position.
            ValueError: a move is illegal, a text cannot be read, a position is not one of standard
                chess, or a number is out of its range.
        """
        terms = (elo, opponent_elo, seconds, increment)
        if isinstance(inputs, list):
            return [self.game(given, *terms).predict() for given in inputs]
        return self.game(inputs, *terms).predict()

    def play(
        self,
        position: Any,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int | None = None,
        elo: int | None = None,
        **terms: Any,
    ) -> MoveScore:
        """Choose a move as a human may.

        Args:
            position: see the class.
            temperature: 1 plays as often as predicted; below 1 likelier moves, and 0 the likeliest.
            top_p: moves are drawn from the likeliest ones whose probabilities reach this sum.
            seed: seed of the draw; None draws anew.
            elo: rating of the player, see `predict`.
            **terms: further arguments of `predict`.

        Raises:
            TypeError: the position is none.
            ValueError: the game is over, or see `predict`.
        """
        return self.game(position, elo, **terms).play(temperature, top_p, seed)

    def game(
        self,
        position: Any = "",
        elo: int | None = None,
        opponent_elo: int | None = None,
        seconds: int | None = None,
        increment: int | None = None,
    ) -> Game:
        """Start a game, which keeps the states of the model from move to move.

        Args:
            position: where it begins, see the class. Default: the start of a game.
            elo, opponent_elo, seconds, increment: see `predict`; `elo` is that of the player to
                move in `position`.
        """
        board, headers = read_position(position)
        if isinstance(position, ChessGame):
            known = {f: getattr(position, f) for f in ("white_elo", "black_elo", "seconds")}
            known["increment"] = position.increment
        else:
            known = conditions_of_headers(headers)
        own, other = ("white_elo", "black_elo") if board.turn else ("black_elo", "white_elo")
        found = {
            own: known.get(own, 1500) if elo is None else elo,
            "seconds": known.get("seconds", 60) if seconds is None else seconds,
            "increment": known.get("increment", 0) if increment is None else increment,
        }
        usual = known.get(other, found[own]) if elo is None else elo
        found[other] = usual if opponent_elo is None else opponent_elo
        return Game(self._steps, board, ChessGame((), **_checked(found)))

    def from_text(self, text: str) -> Any:
        """The position that a line of text stands for."""
        return read_position(text)[0]

    @functools.cached_property
    def _steps(self) -> TurnSteps:
        return TurnSteps(self.model)

    def demo(self) -> list[str]:
        """The five likeliest moves for each sample."""
        return [f"{self.predict(sample)}  <-  {sample or 'the start'}" for sample in self.samples]

    def golden_inputs(self) -> list[np.ndarray]:
        """Arrays of both players' turns in short games."""
        boards = [read_position(sample)[0] for sample in self.samples]
        games = [ChessGame(tuple(m.uci() for m in b.move_stack), None, 1200, 2400) for b in boards]
        rows = rows_of([game for game in games if len(game.moves) > 1])
        slices = Slices(rows)
        arrays = model_inputs(slices, [slices.part(row) for row in range(len(rows.lengths))])
        return [np.zeros((len(rows.lengths), self.config.units), "float32"), *arrays]

    def golden_outputs(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """Probabilities of the moves, probabilities of the results, and states."""
        log_p, _, results, state = map(np.asarray, predict_on_batch(self.model, inputs))
        powers = np.exp(results - results.max(axis=-1, keepdims=True))
        return [np.exp(log_p), powers / powers.sum(axis=-1, keepdims=True), state]

    def examples(self, examples: list[ChessGame]) -> tuple[list, list]:
        """The games as inputs, and no targets."""
        return examples, []

    def evaluate(
        self, inputs: Sequence[ChessGame], targets: Sequence = (), verbose: bool = False
    ) -> list[Metric]:
        """Measure how often the move that was played is predicted: `top_1`, `top_5` and others.

        `unmasked_legal` is how often the best of all moves is legal when nothing is masked, and
        `result_accuracy` how often the result of the game is predicted from a turn.

        Args:
            inputs: games from the start position.
            targets, verbose: ignored; other tasks use them.

        Raises:
            ValueError: there is no game, or a move is illegal.
        """
        games = [game for game in inputs if game.moves]
        if not games:
            raise ValueError("Expected a game with a move. Received: none.")
        return move_metrics(judge(self.model, games))

    def fit(
        self,
        games: str | os.PathLike | Sequence[ChessGame],
        player: str | None = None,
        validation: float | Sequence[ChessGame] = 0.1,
        epochs: int = 3,
        positions: int = 1_152,
        learning_rate: float = 5e-4,
        warmup: float = 0.1,
        seed: int = 0,
        **options: Unpack[FitOptions],
    ) -> keras.callbacks.History:
        """Train on games, such as those of one player; the weights of the best epoch are kept.

        Args:
            games: a PGN file, see `gru_zoo.tasks.chess.pgn.read_pgn`, or games.
            player: name of the player whose moves are learned; None learns those of both sides.
            validation: share of the games that is held out, or games to validate with.
            epochs: number of passes over the games.
            positions: turns of a batch, padding included.
            learning_rate: peak learning rate of Adam.
            warmup: share of the optimizer steps in which the learning rate rises.
            seed: seed of the split and of the order of the batches.
            **options: see `gru_zoo.training.FitOptions`.

        Returns:
            The history, with `loss`, `nats` and `top_1` of every epoch, and the same with `val_`.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: a number is out of its range, a move is illegal, there are no games, or the
                player is in none.
        """
        self._check_options(options)
        given = read_pgn(games) if isinstance(games, (str, os.PathLike)) else list(games)
        chosen = of_player(given, player)
        if training.is_share(validation):
            train, held_out = training.split(len(chosen), cast(float, validation), seed, "games")
            parts = [chosen[row] for row in train], [chosen[row] for row in held_out]
        else:
            parts = chosen, list(cast(Sequence[ChessGame], validation))
        train_rows, held_out_rows = (rows_of(part, player) for part in parts)
        return self.fit_rows(
            [train_rows],
            held_out_rows,
            len(chosen),
            epochs=epochs,
            positions=positions,
            learning_rate=learning_rate,
            warmup=warmup,
            seed=seed,
            **options,
        )

    def fit_rows(
        self, train: Sequence[Rows], held_out: Rows, games: int, *, positions: int, **options: Any
    ) -> keras.callbacks.History:
        """Train on described games, of which each epoch takes the next part.

        Args:
            train: games in parts.
            held_out: games to validate with.
            games: number of games, for the card.
            positions: turns of a batch, padding included.
            **options: further arguments of `fit`.
        """
        model = MoveLoss(self.model)
        history = self._train(
            GameBatches(train, positions=positions, seed=options["seed"]),
            GameBatches([held_out], positions=positions, shuffle=False),
            compiler(model),
            model=model,
            monitor="val_nats",
            mode="min",
            settings={"positions": positions, "parts": len(train)},
            kind="games",
            count=games,
            **options,
        )
        self.__dict__.pop("_steps", None)
        return history


def _checked(found: dict[str, int]) -> dict[str, Any]:
    """Ratings and time, checked."""
    limits = {"white_elo": _RATINGS, "black_elo": _RATINGS, "seconds": (1, 10**6)}
    limits["increment"] = (0, 3_600)
    for name, value in found.items():
        low, high = limits[name]
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise TypeError(f"Expected a whole number as {name}. Received: {value!r}.")
        if not low <= value <= high:
            raise ValueError(f"Expected {name} from {low:,} to {high:,}. Received: {value:,}.")
    return found
