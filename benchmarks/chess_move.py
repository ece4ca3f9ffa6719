"""Time of a move in a game of `chess_moves`, on one processor core.

    KERAS_BACKEND=torch OMP_NUM_THREADS=1 python benchmarks/chess_move.py

A game of 60 plies is played twice, always the likeliest move: the position is scored and the move
is made. Prints the median and most milliseconds of processor time of the second game.
"""

import time

import keras
import numpy as np

import gru_zoo

PLIES = 60


def main() -> None:
    task = gru_zoo.load("chess")
    for _ in range(2):
        game, times = task.game(), []
        for _ in range(PLIES):
            start = time.process_time()
            game.push(game.predict().moves[0].uci)
            times.append(1_000 * (time.process_time() - start))
    most = max(times)
    print(f"{keras.backend.backend()}: {np.median(times):.1f} ms a move, at most {most:.1f}")


if __name__ == "__main__":
    main()
