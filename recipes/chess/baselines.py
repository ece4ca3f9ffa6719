"""Baselines of move prediction, on the validation or the test split:

    python recipes/chess/baselines.py --split validation --data-dir DATA

An opening book and n-grams of moves, backed off: the longest history that was followed by a legal
move in the training games decides first.
"""

import argparse
import pathlib
import sys

if not __package__:
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import numpy as np

from gru_zoo import data
from gru_zoo.tasks.chess.boards import Moves
from gru_zoo.tasks.chess.metrics import OPENING
from gru_zoo.tasks.chess.move_encoding import COUNT, number
from gru_zoo.tasks.chess.rows import parse_uci, turns_of

ORDERS = (3, 2, 1, 0)  # moves of a history, after the whole one of the book
BOOK = 30  # plies of the longest history in the book
DISCOUNT = 0.4  # of a shorter history against a longer one (stupid backoff)
_MIX = np.uint64(0x9E3779B97F4A7C15)


def contexts(games) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Hashes of the histories of each order, the move that followed, and the ply."""
    hashes: list[list[np.ndarray]] = [[] for _ in (BOOK, *ORDERS)]
    moves, plies = [], []
    for game in games:
        parsed = parse_uci(game.moves)
        ply = np.arange(len(parsed))
        parsed[:, :2] ^= (56 * (ply % 2)).astype("uint8")[:, None]
        numbers = number(Moves(ply, *parsed.T)).astype("uint64") + np.uint64(1)
        book = np.zeros(len(ply), "uint64")
        with np.errstate(over="ignore"):
            for i in range(1, min(len(ply), BOOK + 1)):
                book[i] = (book[i - 1] + numbers[i - 1]) * _MIX ^ (book[i - 1] >> np.uint64(29))
            book[BOOK + 1 :] = ply[BOOK + 1 :].astype("uint64") * _MIX  # never seen again
            book[BOOK + 1 :] += np.uint64(hash(game.moves) & 0xFFFFFFFF)
            hashes[0].append(book)
            for level, order in enumerate(ORDERS, 1):
                code = (ply % 2).astype("uint64")
                for back in range(1, order + 1):
                    before = np.concatenate([np.zeros(back, "uint64"), numbers[:-back]])[: len(ply)]
                    code = (code + before + np.uint64(back << 20)) * _MIX
                hashes[level].append(code ^ np.uint64(level))
        moves.append(numbers - np.uint64(1))
        plies.append(ply)
    return [np.concatenate(h) for h in hashes], np.concatenate(moves), np.concatenate(plies)


def table(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keys that occur, sorted, and how often each does."""
    return np.unique(keys, return_counts=True)


def look_up(counted: tuple[np.ndarray, np.ndarray], keys: np.ndarray) -> np.ndarray:
    """How often keys occur."""
    known, counts = counted
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[place] == keys, counts[place], 0)


def joined(context: np.ndarray, moves: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return context * np.uint64(COUNT) + moves.astype("uint64")


def ranks(scores: np.ndarray, owner: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Rank of each turn's own score among those of its moves; equal ones count against it."""
    return np.bincount(owner, weights=scores >= own[owner], minlength=len(own))


def show(name: str, found: np.ndarray, plies: np.ndarray) -> None:
    top = [(found == 1).mean(), (found <= 5).mean(), (found[plies >= OPENING] == 1).mean()]
    print(f"| {name} | " + " | ".join(f"{value:.4f}" for value in top) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--split", choices=("validation", "test"), default="validation")
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    args = parser.parse_args()
    name = "lichess_rated_games"
    hashes, followed, _ = contexts(data.load(name, "train", args.data_dir))
    pairs = [table(joined(codes, followed)) for codes in hashes]
    totals = [table(codes) for codes in hashes]

    games = data.load(name, args.split, args.data_dir)
    codes, played, plies = contexts(games)
    counts = np.array([len(game.moves) for game in games])
    order = np.lexsort((plies, plies % 2, np.repeat(np.arange(len(games)), counts)))
    turns, _ = turns_of(games)
    codes, played, plies = [c[order] for c in codes], played[order], plies[order]
    owner = np.repeat(np.arange(len(plies)), turns.counts)
    first = np.cumsum(turns.counts.astype("int64")) - turns.counts

    print(f"| {args.split}, n = {len(plies):,} | top_1 | top_5 | top_1_after_ply_10 |")
    print("|---|---|---|---|")
    tie = np.random.default_rng(0).random(len(owner)) * 1e-9
    show("random legal move", ranks(tie, owner, tie[first + turns.chosen]), plies)
    scores = np.zeros(len(owner))
    for level in range(len(codes))[::-1]:
        found = look_up(pairs[level], joined(codes[level][owner], turns.numbers))
        share = found / np.maximum(look_up(totals[level], codes[level]), 1)[owner]
        scores = np.where(found > 0, share, DISCOUNT * scores)
    scores += tie
    show("book, 4-gram and legal mask", ranks(scores, owner, scores[first + turns.chosen]), plies)


if __name__ == "__main__":
    main()
