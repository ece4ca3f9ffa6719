"""The rules of chess by python-chess: what games and positions may be, and their errors."""

import io
import re
from collections.abc import Sequence
from typing import Any

from gru_zoo.data.examples import ChessGame

try:
    import chess
    import chess.pgn
except ImportError as error:
    raise ImportError(
        "The task 'chess' needs python-chess. Install it with: pip install 'gru-zoo[chess]'"
    ) from error

MAX_PLIES = 2_000  # of a game; the longest that the rules allow are longer, but nobody plays them

_FEN = re.compile(r"^\s*[pnbrqkPNBRQK1-8]+(/[pnbrqkPNBRQK1-8]+){7}\s")
_NUMBER = re.compile(r"^\d+\.+")
_RESULTS = ("1-0", "0-1", "1/2-1/2", "*")


def read_position(given: Any) -> tuple[chess.Board, dict[str, str]]:
    """A position with the moves before it, and the headers of a PGN.

    Args:
        given: moves of a game as one text, in UCI or SAN notation and with or without numbers of
            moves; a tuple of such moves; a PGN, of which the main line of the first game is read
            and words that are no moves are passed over; a FEN, which may be followed by " moves "
            and moves; a `ChessGame`; or a `chess.Board`, with its moves.

    Raises:
        TypeError: it is none of these.
        ValueError: a move is illegal, a text cannot be read, or the chess is not the standard one.
    """
    if isinstance(given, chess.Board):
        return _checked(given.copy()), {}
    if isinstance(given, ChessGame):
        given = given.moves
    if isinstance(given, tuple):
        return _play(chess.Board(), given), {}
    if not isinstance(given, str):
        raise TypeError(
            "Expected a position: a text of moves, a PGN, a FEN, a tuple of moves, or a "
            f"chess.Board. Received: {given!r:.80}, of type {type(given).__name__}."
        )
    if _FEN.match(given):
        fen, _, moves = given.partition(" moves ")
        return _play(_board_of(fen), moves.split()), {}
    if given.lstrip().startswith("["):
        return _read_pgn(given)
    words = [_NUMBER.sub("", word) for word in given.split()]
    return _play(chess.Board(), [word for word in words if word and word not in _RESULTS]), {}


def _board_of(fen: str) -> chess.Board:
    try:
        return _checked(chess.Board(fen.strip()))
    except ValueError as error:
        raise ValueError(
            f"Expected a FEN of a position of standard chess. Received: {fen!r:.100}: {error}"
        ) from None


def _checked(board: chess.Board) -> chess.Board:
    """The board, if it is a valid one of standard chess.

    Raises:
        ValueError: it is not.
    """
    if type(board) is not chess.Board or board.chess960:
        kind = "Chess960" if board.chess960 else type(board).__name__
        raise ValueError(
            f"Expected standard chess. Received: a board of {kind}, which the model has not seen."
        )
    status = board.status()
    if status != chess.STATUS_VALID:
        names = ", ".join(flag.name.lower().replace("_", " ") for flag in status if flag.name)
        raise ValueError(f"Expected a valid position. Received: {board.fen()}: {names}.")
    if len(board.move_stack) > MAX_PLIES:
        raise ValueError(
            f"Expected a game of at most {MAX_PLIES} plies. Received: {len(board.move_stack)}."
        )
    return board


def _play(board: chess.Board, moves: Sequence[str]) -> chess.Board:
    for number, move in enumerate(moves, 1):
        if number > MAX_PLIES:
            raise ValueError(f"Expected at most {MAX_PLIES} moves. Received: {len(moves)}.")
        try:
            board.push(parse_move(board, move))
        except ValueError as error:
            raise ValueError(f"Move {number}: {error}") from None
    return board


def parse_move(board: chess.Board, move: Any) -> chess.Move:
    """A legal move in UCI or SAN notation, or as a `chess.Move`.

    Raises:
        ValueError: there is no such move in the position.
        TypeError: it is neither a text nor a `chess.Move`.
    """
    if isinstance(move, chess.Move):
        if move in board.legal_moves:
            return move
    elif not isinstance(move, str):
        raise TypeError(
            f"Expected a move such as 'e4' or 'e2e4'. Received: {move!r:.80}, of type "
            f"{type(move).__name__}."
        )
    else:
        for parse in (board.parse_uci, board.parse_san):
            try:
                found = parse(move)
            except ValueError:
                continue
            if found:  # not the null move
                return found
    raise ValueError(
        f"Expected a legal move in {board.fen()}, in UCI or SAN notation. Received: "
        f"{str(move)!r:.40}. The moves of one game are one text or a tuple; a list holds several "
        "positions."
    )


def _read_pgn(text: str) -> tuple[chess.Board, dict[str, str]]:
    game = next_game(io.StringIO(text))
    if game is None:
        raise ValueError(f"Expected a PGN with a game. Received: {text!r:.80}.")
    return board_of_game(game), dict(game.headers)


def next_game(stream: io.StringIO) -> "chess.pgn.Game | None":
    """The next game of a PGN; one with an error if a bracket closes what none has opened."""
    try:
        return chess.pgn.read_game(stream)
    except IndexError:  # python-chess has no place for a move behind such a bracket
        start = stream.tell()
        while (line := stream.readline()) and not line.startswith("["):
            start = stream.tell()
        stream.seek(start)
        game = chess.pgn.Game()
        game.errors.append(ValueError("a bracket without its other half"))
        return game


def board_of_game(game: chess.pgn.Game) -> chess.Board:
    """The last position of the main line of a game, with its moves.

    Raises:
        ValueError: the game has errors, or is not one of standard chess.
    """
    variant = game.headers.get("Variant", "Standard")
    if variant.lower() not in ("standard", "chess", "from position"):
        raise ValueError(f"Expected standard chess. Received: a game of {variant}.")
    if game.errors:
        raise ValueError(f"Expected a PGN without errors. Received: {game.errors[0]}.")
    return _checked(game.end().board())
