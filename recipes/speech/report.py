"""Confusions, recall of each class, and words found in running sound, as tables.

    KERAS_BACKEND=torch python recipes/speech/report.py speech_commands --data-dir DATA

`--split val` gives the same on validation clips, and for several thresholds, to choose one by.
"""

import argparse

import numpy as np

import gru_zoo
from gru_zoo import data
from gru_zoo.augment import pink_noise
from gru_zoo.clips import SILENCE, UNKNOWN


def table(rows, titles) -> None:
    print(f"| {' | '.join(titles)} |")
    print("|" + "---|" * len(titles))
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")
    print()


def confusions(task, clips) -> None:
    """A row for each true class, a column for each predicted one."""
    sounds, labels = task.examples(clips)
    guesses = [label.label for label in task.predict(sounds, verbose=True)]
    counts = {label: dict.fromkeys(task.labels, 0) for label in task.labels}
    for label, guess in zip(labels, guesses, strict=True):
        counts[label][guess] += 1
    rows = []
    for label, row in counts.items():
        total = sum(row.values())
        if total:
            rows.append((label, *(n or "" for n in row.values()), f"{row[label] / total:.3f}"))
    print()
    table(rows, ("", *task.labels, "recall"))


def found(task, clips, threshold: float, seconds: float = 0.5) -> tuple[int, int, int]:
    """Commands found in a stream of clips with pauses between, words in it, and wrong reports.

    A command counts as found if it is reported while its clip or the pause behind it is heard.
    """
    rate = task.processor.rate
    pause = 1e-3 * pink_noise(round(seconds * rate))
    stream, start = task.stream(threshold=threshold), 0.0
    spans, events = [], []
    for clip in clips:
        wave = task.processor.read(clip.audio)
        events += stream.feed(wave) + stream.feed(pause)
        end = start + (len(wave) + len(pause)) / rate
        spans.append((start, end, clip.label))
        start = end
    events += stream.finish()
    starts = np.array([span[0] for span in spans])
    hits, wrong = set(), 0
    for event in events:
        index = int(np.searchsorted(starts, event.time, side="right")) - 1
        if spans[index][2] == event.label:
            hits.add(index)
        else:
            wrong += 1
    words = sum(label not in (SILENCE, UNKNOWN) for _, _, label in spans)
    return len(hits), words, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset")
    parser.add_argument("--data-dir", help="folder of the data sets; else $GRU_ZOO_DATA")
    parser.add_argument("--dataset", default="speech_commands")
    parser.add_argument("--split", default="test10")
    args = parser.parse_args()

    task = gru_zoo.load(args.preset)
    clips = data.load(args.dataset, args.split, args.data_dir)
    confusions(task, clips)
    order = np.random.default_rng(1).permutation(len(clips))
    mixed = [clips[i] for i in order]
    thresholds = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9) if args.split == "val" else (0.6,)
    rows = []
    for threshold in thresholds:
        hits, words, wrong = found(task, mixed, threshold)
        rows.append((threshold, f"{hits / words:.3f}", wrong, words, len(mixed) - words))
    table(rows, ("threshold", "commands found", "wrong reports", "commands", "other clips"))


if __name__ == "__main__":
    main()
