"""The Universal Chess Interface: the task as an engine that a chess program starts.

References:
    Meyer-Kahlen & Huber 2006, Description of the universal chess interface (UCI).
"""

import math
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from gru_zoo.tasks.chess.results import MovePrediction
    from gru_zoo.tasks.chess.task import Chess

_LARGEST_CP = 1_500  # centipawns of a sure win

# Options, all whole numbers: default, smallest and largest.
_OPTIONS = {
    "UCI_Elo": (1_500, 800, 3_200),
    "Opponent_Elo": (0, 0, 3_200),
    "Temperature": (100, 0, 500),
    "Top_P": (95, 1, 100),
    "Seed": (-1, -1, 2**31 - 1),
    "MultiPV": (1, 1, 218),
}


class Engine:
    """An engine that reads commands and writes answers.

    `go` answers at once with a move that is drawn as `Chess.play` does, whatever the clock; with
    `infinite` it answers after `stop`. Temperature and Top_P are in hundredths. An Opponent_Elo of
    0 is that of UCI_Elo. Seed -1 draws anew every time.

    Args:
        load: loads the task; called when the first position is to be answered, so that the
            program gets an answer to `uci` at once.
        out: where answers are written.
    """

    def __init__(self, load: Callable[[], "Chess"], out: TextIO = sys.stdout):
        self._load, self._out = load, out
        self._task: Chess | None = None
        self._position: Any = ""
        self._pending: str | None = None
        self._answers = 0
        self.options = {name: default for name, (default, _, _) in _OPTIONS.items()}

    def run(self, lines: Iterable[str]) -> None:
        """Answer commands until `quit` or the end of the lines.

        Args:
            lines: commands, as they come.
        """
        for line in lines:
            words = line.split()
            if words[:1] == ["quit"]:
                return
            try:
                self._answer(words)
            except (ValueError, TypeError) as error:
                self._say(f"info string {' '.join(str(error).split())}")

    def _say(self, line: str) -> None:
        print(line, file=self._out, flush=True)

    def _answer(self, words: list[str]) -> None:
        command, rest = (words[0], words[1:]) if words else ("", [])
        if command == "uci":
            self._say("id name gru_zoo\nid author the authors of gru_zoo")
            for name, (default, low, high) in _OPTIONS.items():
                self._say(f"option name {name} type spin default {default} min {low} max {high}")
            self._say("uciok")
        elif command == "isready":
            self._ready()
            self._say("readyok")
        elif command == "setoption":
            self._set(rest)
        elif command == "position":
            self._position = _position(rest)
        elif command == "go":
            self._go(rest)
        elif command == "stop" and self._pending:
            self._say(self._pending)
            self._pending = None
        elif command not in ("", "ucinewgame", "stop", "ponderhit", "debug", "register"):
            self._say(f"info string unknown command: {' '.join(words)}")

    def _ready(self) -> "Chess":
        if self._task is None:
            self._task = self._load()
            self._task.predict("")  # the first call compiles
        return self._task

    def _set(self, words: list[str]) -> None:
        text = " ".join(words)
        name, _, value = text.removeprefix("name ").partition(" value ")
        known = {option.lower(): option for option in _OPTIONS}
        option = known.get(name.strip().lower())
        if option is None:
            raise ValueError(f"Expected an option among {', '.join(_OPTIONS)}. Received: {name!r}.")
        _, low, high = _OPTIONS[option]
        if not value.strip().lstrip("-").isdecimal() or not low <= int(value) <= high:
            raise ValueError(f"Expected {option} from {low} to {high}. Received: {value!r:.40}.")
        self.options[option] = int(value)

    def _go(self, words: list[str]) -> None:
        """Choose a move of the position, and say so now or after `stop`."""
        task, options = self._ready(), self.options
        own = options["UCI_Elo"]
        game = task.game(self._position, own, options["Opponent_Elo"] or own)
        prediction = game.predict()
        for line in _infos(prediction, game.board.turn, options["MultiPV"]):
            self._say(line)
        if not prediction.moves:
            answer = "bestmove (none)"
        else:
            self._answers += 1
            seed = None if options["Seed"] < 0 else options["Seed"] + self._answers
            move = game.play(options["Temperature"] / 100, options["Top_P"] / 100, seed)
            answer = f"bestmove {move.uci}"
        if "infinite" in words or "ponder" in words:
            self._pending = answer
        else:
            self._say(answer)


def _position(words: list[str]) -> str:
    """The position of the words after `position`, as `read_position` takes it."""
    if words[:1] == ["startpos"]:
        return " ".join(words[2:])
    if words[:1] == ["fen"]:
        return " ".join(words[1:])
    raise ValueError(f"Expected 'startpos' or 'fen'. Received: {' '.join(words)!r:.80}.")


def _infos(prediction: "MovePrediction", white: bool, count: int) -> list[str]:
    """Lines on the likeliest moves, with the expected score of the position in centipawns."""
    outcome = prediction.outcome
    win = outcome.white if white else outcome.black
    expected = min(max(win + outcome.draw / 2, 1e-3), 1 - 1e-3)
    cp = round(max(-_LARGEST_CP, min(_LARGEST_CP, -400 * math.log10(1 / expected - 1))))
    return [
        f"info depth 1 multipv {place} score cp {cp} pv {move.uci}"
        for place, move in enumerate(prediction.moves[:count], 1)
    ]
