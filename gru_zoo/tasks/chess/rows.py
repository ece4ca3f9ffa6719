"""Games as arrays: a row for each player of each game, with the turns of that player."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gru_zoo.data.examples import ChessGame
from gru_zoo.tasks.chess.boards import START, Moves, after, flip
from gru_zoo.tasks.chess.legal_moves import legal_moves
from gru_zoo.tasks.chess.move_encoding import NO_MOVE, number
from gru_zoo.tasks.chess.move_features import move_features, planes

_CHUNK = 1_024  # boards whose features are computed at once: they stay in the cache


class Turns(NamedTuple):
    """Turns, in any order, and the moves that were legal.

    Args:
        planes: see `move_features.planes`; uint64, shape `(turns, PLANES)`.
        last: numbers of the player's own last move and of the opponent's; uint16, shape
            `(turns, 2)`.
        counts: number of legal moves of each turn, uint8.
        numbers: number of each legal move, uint16, shape `(moves,)`.
        pieces: type of the piece that moves, uint8, shape `(moves,)`.
        bits: packed features, uint8, shape `(moves, FEATURES / 8)`.
        chosen: index of the played move among the legal ones of each turn, uint8.
    """

    planes: np.ndarray
    last: np.ndarray
    counts: np.ndarray
    numbers: np.ndarray
    pieces: np.ndarray
    bits: np.ndarray
    chosen: np.ndarray


def describe(boards: np.ndarray, own: Moves, other: Moves, played: Moves | None) -> Turns:
    """Describe boards and their legal moves.

    Args:
        boards: shape `(turns, COLUMNS)`.
        own: last move of the player to move, in the player's view; `row` is -1 for none.
        other: last move of the opponent, in the opponent's view.
        played: move that was played; None for those that are to be predicted.

    Raises:
        ValueError: a played move is not legal.
    """
    parts = []
    for start in range(0, len(boards), _CHUNK):
        part = slice(start, start + _CHUNK)
        now = None if played is None else played.take(part)
        parts.append(_describe(boards[part], own.take(part), other.take(part), now))
    return Turns(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _describe(boards: np.ndarray, own: Moves, other: Moves, played: Moves | None) -> Turns:
    legal = legal_moves(boards)
    counts = np.bincount(legal.row, minlength=len(boards))
    numbers = number(legal)
    own_squares = np.stack([own.origin, own.target], axis=1).astype("int8")
    own_squares[own.row < 0] = -1
    seen = np.where(other.row < 0, -1, (other.target ^ 56).astype("int8")).astype("int8")
    bits, pieces = move_features(boards, legal, seen, own_squares)
    last = [np.where(moves.row < 0, NO_MOVE, number(moves)) for moves in (own, other)]
    chosen = np.zeros(len(boards), "uint8")
    if played is not None:
        hits = np.nonzero(numbers == number(played)[legal.row])[0]
        if len(hits) != len(boards):
            raise ValueError("Expected legal moves. Received: a move that is not.")
        chosen = (hits - (np.cumsum(counts) - counts)).astype("uint8")
    return Turns(
        planes(boards),
        np.stack(last, axis=1).astype("uint16"),
        counts.astype("uint8"),
        numbers.astype("uint16"),
        pieces.astype("uint8"),
        bits,
        chosen,
    )


class Rows(NamedTuple):
    """A row for each player of each game, White's and Black's in turn.

    Args:
        turns: the turns of the first row, then those of the second, and so on.
        lengths: number of turns of each row, which may be 0; int64.
        conditions: see `conditions_of`; float32, shape `(rows, 4)`.
        results: 0 for a loss of the player, 1 for a draw, 2 for a win, -1 if unknown; int8.
        starts: number of the first turn of each row in its game, from 0.
        learned: whether the moves of a row are learned, bool.
    """

    turns: Turns
    lengths: np.ndarray
    conditions: np.ndarray
    results: np.ndarray
    starts: np.ndarray
    learned: np.ndarray


def parse_uci(moves: Sequence[str]) -> np.ndarray:
    """Origin, target and promotion of moves such as "e7e8q": uint8, shape `(moves, 3)`.

    Raises:
        ValueError: a text is no move.
    """
    return np.array([_PARSED.get(move) or _parse(move) for move in moves], "uint8").reshape(-1, 3)


_PARSED: dict[str, tuple[int, int, int]] = {}  # every move that was parsed, some two thousand


def _parse(move: str) -> tuple[int, int, int]:
    text = str(move)
    squares = [text[0:2], text[2:4]]
    wrong = not all(len(s) == 2 and s[0] in "abcdefgh" and s[1] in "12345678" for s in squares)
    if wrong or text[4:] not in ("", "n", "b", "r", "q"):
        raise ValueError(f"Expected a move such as 'e2e4' or 'e7e8q'. Received: {move!r:.20}.")
    origin, target = ("abcdefgh".index(s[0]) + 8 * (int(s[1]) - 1) for s in squares)
    _PARSED[text] = origin, target, " nbrq".index(text[4:] or " ")
    return _PARSED[text]


def turns_of(games: Sequence[ChessGame]) -> tuple[Turns, np.ndarray]:
    """Describe the turns of games from the start position, and count those of each player.

    Returns:
        The fields `turns` and `lengths` of `Rows`.

    Raises:
        ValueError: a move is not legal.
    """
    played = [parse_uci(game.moves) for game in games]
    counts = np.array([len(moves) for moves in played])
    moves = np.concatenate(played)
    ply = np.concatenate([np.arange(count) for count in counts])
    moves[:, :2] ^= (56 * (ply % 2)).astype("uint8")[:, None]
    boards = _boards(moves, counts)
    order = np.lexsort((ply, ply % 2, np.repeat(np.arange(len(counts)), counts)))

    def earlier(plies: int) -> Moves:
        missing = ply[order] < plies
        columns = moves[np.where(missing, 0, order - plies)].T
        return Moves(np.where(missing, -1, 0).astype("int32"), *columns)

    turns = describe(boards[order], earlier(2), earlier(1), earlier(0))
    return turns, np.stack([(counts + 1) // 2, counts // 2], axis=1).ravel()


def _boards(moves: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Boards before every move of games, which are all played at the same time."""
    first = np.cumsum(counts) - counts
    boards = np.zeros((len(moves), len(START)), "uint64")
    current = np.tile(START, (len(counts), 1))
    for ply in range(max(counts, default=0)):
        going = np.nonzero(counts > ply)[0]
        places = first[going] + ply
        boards[places] = current[going]
        current[going] = flip(after(current, Moves(going.astype("int32"), *moves[places].T)))
    return boards


def rows_of(
    games: Sequence[ChessGame],
    player: str | None = None,
    described: tuple[Turns, np.ndarray] | None = None,
) -> Rows:
    """Describe games.

    Args:
        games: games from the start position.
        player: name of the player whose rows are learned from; None for both.
        described: what `turns_of` returned for them before; None calls it.
    """
    turns, lengths = turns_of(games) if described is None else described
    conditions = [conditions_of(game, white) for game in games for white in (True, False)]
    results = [_RESULTS[game.result, white] for game in games for white in (True, False)]
    names = [name for game in games for name in (game.white, game.black)]
    return Rows(
        turns,
        lengths,
        np.array(conditions, "float32"),
        np.array(results, "int8"),
        starts=np.zeros_like(lengths),
        learned=np.array([player in (None, name) for name in names], bool),
    )


_RESULTS = {
    (result, white): value
    for result, values in {"1-0": (2, 0), "0-1": (0, 2), "1/2-1/2": (1, 1), None: (-1, -1)}.items()
    for white, value in zip((True, False), values, strict=True)
}


def conditions_of(game: ChessGame, white: bool) -> tuple[float, float, float, float]:
    """Numbers that describe a game to a player.

    Returns:
        The own rating and the opponent's, in points; the binary logarithm of the minutes each, and
        the seconds added for a move, in tens.
    """
    ratings = (game.white_elo, game.black_elo)
    own, other = ratings if white else ratings[::-1]
    minutes = min(max(game.seconds, 15), 10_800) / 60
    return float(own), float(other), float(np.log2(minutes)), game.increment / 10
