"""Games of PGN files."""

import io
import logging
import os
import re
import warnings
from collections import Counter
from typing import Any

from gru_zoo.data.examples import ChessGame
from gru_zoo.files import as_path
from gru_zoo.tasks.chess.rules import board_of_game, chess, next_game

_CONTROL = re.compile(r"^(\d+)(?:\+(\d+))?$")
_DEFAULT_SECONDS = 600  # of a game whose time control is unknown
_FEWEST = 2  # plies of a game that is learned from


def read_pgn(path: str | os.PathLike) -> list[ChessGame]:
    """Read the games of a PGN file, in UTF-8 or Latin-1.

    Games are passed over that have errors, are of a variant, begin from another position, or are
    shorter than two plies. A missing rating is 1500.

    Args:
        path: path of the file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: no game is left.

    Warns:
        UserWarning: games were passed over.
    """
    path = as_path(path)
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    games, reasons = games_of(text)
    if not games:
        raise ValueError(
            f"Expected games of standard chess in '{path}'. Received: {sum(reasons.values())} "
            f"games that cannot be used{_listed(reasons)}."
        )
    if reasons:
        warnings.warn(
            f"Passed over {sum(reasons.values()):,} of {len(games) + sum(reasons.values()):,} "
            f"games of '{path}'{_listed(reasons)}.",
            stacklevel=3,
        )
    return games


def _listed(reasons: Counter[str]) -> str:
    most = ", ".join(f"{reason} ({count})" for reason, count in reasons.most_common(3))
    return f": {most}" if most else ""


def games_of(text: str) -> tuple[list[ChessGame], Counter[str]]:
    """The games of a PGN that can be used, and why others cannot."""
    logger = logging.getLogger("chess.pgn")
    level, logger.disabled = logger.disabled, True  # its errors are counted here
    try:
        games, reasons, stream = [], Counter[str](), io.StringIO(text)
        while (game := next_game(stream)) is not None:
            try:
                board = board_of_game(game)
            except ValueError as error:
                reasons[str(error).partition("Received: ")[2][:60].rstrip(".")] += 1
                continue
            if board.root() != chess.Board():
                reasons["another start position"] += 1
            elif len(board.move_stack) < _FEWEST:
                reasons["no moves"] += 1
            else:
                games.append(_game(board, game.headers))
    finally:
        logger.disabled = level
    return games, reasons


def conditions_of_headers(headers: "chess.pgn.Headers | dict[str, str]") -> dict[str, int]:
    """Ratings and time control as far as headers have them, by the fields of `ChessGame`."""
    found = {}
    for field, header in (("white_elo", "WhiteElo"), ("black_elo", "BlackElo")):
        value = headers.get(header, "")
        if value.isascii() and value.isdigit() and 0 < int(value) < 10_000:
            found[field] = int(value)
    control = _CONTROL.match(headers.get("TimeControl", ""))
    if control:
        found |= {"seconds": int(control[1]), "increment": int(control[2] or 0)}
    return found


def _game(board: chess.Board, headers: "chess.pgn.Headers") -> ChessGame:
    result = headers.get("Result", "*")
    terms: dict[str, Any] = {"seconds": _DEFAULT_SECONDS, **conditions_of_headers(headers)}
    return ChessGame(
        tuple(move.uci() for move in board.move_stack),
        result if result in ("1-0", "0-1", "1/2-1/2") else None,
        **terms,
        white=headers.get("White", ""),
        black=headers.get("Black", ""),
    )
