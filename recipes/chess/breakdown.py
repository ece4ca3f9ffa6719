"""How well a preset predicts moves by rating, by ply, and of those who are not one of the two
people that sit on one side of every game:

    python recipes/chess/breakdown.py chess_moves --split test --data-dir DATA

Nobody is named in the set. In every month the two people have ratings that few of their opponents
have: the rating near which one side of most games lies is taken for theirs, for weak and for strong
games by themselves. A game is counted if one side alone is near it.
"""

import argparse
import dataclasses
import pathlib
import sys

if not __package__:
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import numpy as np

import gru_zoo
from gru_zoo import data
from gru_zoo.data.examples import ChessGame
from gru_zoo.tasks.chess.scoring import Judged, judge

NEAR = 75  # points from the center that are near it
STRONG = 2_450  # rating of the better player from which a game is one of the strong ones
FEWEST = 20  # games of a month that a center is taken from


def group_of(game: ChessGame) -> tuple[str, bool]:
    """The month of a game, and whether it is a strong one."""
    return game.month, max(game.white_elo, game.black_elo) >= STRONG


def centers(games: list[ChessGame]) -> dict[tuple[str, bool], int]:
    """The rating near which one side of most games lies, for each group of enough games."""
    groups: dict[tuple[str, bool], list] = {}
    for game in games:
        groups.setdefault(group_of(game), []).append((game.white_elo, game.black_elo))
    found = {}
    for group, pairs in groups.items():
        if len(pairs) >= FEWEST:
            ratings, tried = np.array(pairs), np.arange(600, 3_400, 10)
            near = [(abs(ratings - center) <= NEAR).any(axis=1).sum() for center in tried]
            found[group] = int(tried[int(np.argmax(near))])
    return found


def recurring_side(game: ChessGame, center: int | None) -> int:
    """The side of the recurring player: 0 for White, 1 for Black, -1 if not known."""
    if center is None:
        return -1
    near = [abs(rating - center) <= NEAR for rating in (game.white_elo, game.black_elo)]
    return near.index(True) if sum(near) == 1 else -1


def show(name: str, judged: Judged, chosen: np.ndarray) -> None:
    """Print a row of the table, unless no move is chosen."""
    rank = judged.rank[chosen]
    if len(rank):
        values = [(rank == 1).mean(), (rank <= 5).mean(), judged.legal[chosen].mean()]
        print(f"| {name} | {len(rank):,} | " + " | ".join(f"{v:.4f}" for v in values) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset")
    parser.add_argument("--split", choices=("validation", "test"), default="validation")
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    parser.add_argument("--games", type=int, help="first games of the split; default: all")
    parser.add_argument("--rating", type=int, help="tell the model this rating in place of all")
    args = parser.parse_args()
    name = "lichess_rated_games"
    games = data.load(name, args.split, args.data_dir)[: args.games]
    known_centers = centers(data.load(name, "train", args.data_dir))
    sides = np.array([recurring_side(g, known_centers.get(group_of(g))) for g in games])
    told = games
    if args.rating:
        same = {"white_elo": args.rating, "black_elo": args.rating}
        told = [dataclasses.replace(game, **same) for game in games]
    judged = judge(gru_zoo.load(args.preset).model, told)
    print(f"| {args.split} | moves | top_1 | top_5 | unmasked_legal |\n|---|---|---|---|---|")
    show("all", judged, judged.rank > 0)
    show("after ply 10", judged, judged.ply >= 10)
    other = sides[judged.game] == 1 - judged.ply % 2
    show("the recurring player", judged, sides[judged.game] == judged.ply % 2)
    show("the other side", judged, other)
    show("the other side, after ply 10", judged, other & (judged.ply >= 10))
    ratings = np.array([(game.white_elo, game.black_elo) for game in games])
    own = ratings[judged.game, judged.ply % 2]
    for low in range(800, 3_200, 400):
        show(f"rated {low:,} to {low + 399:,}", judged, own // 400 == low // 400)
    for low in range(0, 100, 10):
        show(f"plies {low + 1} to {low + 10}", judged, judged.ply // 10 == low // 10)
    known = judged.result >= 0
    for low in range(0, 100, 20):
        chosen = known & (judged.ply // 20 == low // 20)
        if chosen.any():
            hit = (judged.guess == judged.result)[chosen].mean()
            print(f"result at plies {low + 1} to {low + 20}: {hit:.4f}")


if __name__ == "__main__":
    main()
