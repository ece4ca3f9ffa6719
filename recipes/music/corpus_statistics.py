"""Compare composed pieces with the test set of a preset.

python recipes/music/corpus_statistics.py music_chorales --data-dir DATA [--pieces 100]
"""

import argparse
from collections.abc import Iterable

import numpy as np

import gru_zoo
from gru_zoo import data
from gru_zoo.tasks.music.processor import Piece

FIFTH, OCTAVE = 7, 0


def histogram(values: Iterable[int], low: int, high: int) -> np.ndarray:
    """Shares of the integers from low to high; values outside count as the nearest of these."""
    counts = np.bincount(np.clip(list(values), low, high) - low, minlength=high - low + 1)
    return counts / max(1, counts.sum())


def histograms(pieces: list[Piece]) -> dict[str, np.ndarray]:
    """Histograms of notes a step, of pitch classes, and of the intervals of the top voice."""
    intervals = [
        max(after) - max(before)
        for piece in pieces
        for before, after in zip(piece, piece[1:], strict=False)
        if before and after
    ]
    return {
        "notes a step": histogram((len(step) for piece in pieces for step in piece), 0, 12),
        "pitch classes": histogram((p % 12 for piece in pieces for s in piece for p in s), 0, 11),
        "intervals of the top": histogram(intervals, -12, 12),
    }


def repeated(pieces: list[Piece]) -> float:
    """Steps that are equal to the step before, in percent."""
    pairs = [(a, b) for piece in pieces for a, b in zip(piece, piece[1:], strict=False)]
    return 100 * float(np.mean([tuple(a) == tuple(b) for a, b in pairs]))


def parallels(pieces: list[Piece], interval: int) -> float:
    """Parallels: two voices move in the same direction and keep an interval, modulo an octave.

    Args:
        pieces: the pieces.
        interval: the interval in semitones, such as `FIFTH`.

    Returns:
        Parallels per hundred moves from a chord to a different one of as many voices.
    """
    count = moves = 0
    for piece in pieces:
        for before, after in zip(piece, piece[1:], strict=False):
            if len(before) != len(after) or tuple(before) == tuple(after):
                continue
            moves += 1
            a, b = np.array(sorted(before)), np.array(sorted(after))
            for low in range(len(a)):
                for high in range(low + 1, len(a)):
                    stays = (a[high] - a[low]) % 12 == (b[high] - b[low]) % 12 == interval
                    step = b[low] - a[low], b[high] - a[high]
                    count += stays and step[0] * step[1] > 0
    return 100 * count / max(1, moves)


def ranges(pieces: list[Piece]) -> str:
    """Range in MIDI pitches of each voice in 99 % of the chords of four voices, top voice first."""
    full = np.array([sorted(s, reverse=True) for p in pieces for s in p if len(s) == 4])
    if not len(full):
        return "none"
    low, high = np.percentile(full, (0.5, 99.5), axis=0).round().astype(int)
    return ", ".join(f"{a} to {b}" for a, b in zip(low, high, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset")
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    parser.add_argument("--pieces", type=int, default=100, help="number of pieces to compose")
    parser.add_argument("--bars", type=int, default=16, help="number of bars of each piece")
    args = parser.parse_args()

    task = gru_zoo.load(args.preset)
    name = task.card.data[0].name
    test = data.load(name, "test", args.data_dir)
    valid = data.load(name, "valid", args.data_dir)
    composed = [task.compose(args.bars, seed=seed).steps for seed in range(args.pieces)]
    print(f"| {args.preset} | {args.pieces} composed | test | valid |\n|---|---|---|---|")
    sides = [histograms(side) for side in (composed, test, valid)]
    for key in sides[0]:
        # Total variation distance, in percent: half the sum of the differences.
        distances = [50 * np.abs(side[key] - sides[1][key]).sum() for side in sides]
        print(f"| {key}, % elsewhere than in test | {distances[0]:.1f} | 0 | {distances[2]:.1f} |")
    rows = {
        "repeated steps, %": repeated,
        "parallel fifths, per 100 moves": lambda side: parallels(side, FIFTH),
        "parallel octaves, per 100 moves": lambda side: parallels(side, OCTAVE),
    }
    for key, measure in rows.items():
        values = " | ".join(f"{measure(side):.1f}" for side in (composed, test, valid))
        print(f"| {key} | {values} |")
    print(f"| voices, 99 % | {' | '.join(map(ranges, (composed, test, valid)))} |")


if __name__ == "__main__":
    main()
