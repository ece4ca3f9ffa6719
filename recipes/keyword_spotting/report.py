"""Confusions, recall of each class, and words found in running sound, as tables.

    KERAS_BACKEND=torch python recipes/keyword_spotting/report.py speech_commands --data-dir DATA

`--split val` gives the same on validation clips, and for several thresholds, to choose one by.
"""

import argparse

import numpy as np

import gru_zoo
from gru_zoo import data
from gru_zoo.audio.augmentation import pink_noise
from gru_zoo.audio.sound import Sound
from gru_zoo.tasks.keyword_spotting.processor import SILENCE, UNKNOWN
from gru_zoo.tasks.keyword_spotting.streaming import THRESHOLD, KeywordDetector

PAUSE = 0.5  # seconds


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


def found(task, clips, thresholds) -> list[tuple]:
    """Of each threshold, commands found in a stream of clips with pauses between, wrong reports.

    A command counts as found if it is reported while its clip or the pause behind it is heard.
    """
    rate = task.processor.rate
    pause = 1e-3 * pink_noise(round(PAUSE * rate))
    waves = [np.append(task.processor.read(clip.audio), pause) for clip in clips]
    starts = np.cumsum([0, *(len(wave) for wave in waves[:-1])]) / rate
    trace = task.trace(Sound(np.concatenate(waves), rate))
    words = sum(clip.label not in (SILENCE, UNKNOWN) for clip in clips)
    rows = []
    for threshold in thresholds:
        hits, wrong = set(), 0
        for event in KeywordDetector(task.labels, threshold)(trace.times, trace.scores):
            index = int(np.searchsorted(starts, event.time, side="right")) - 1
            if clips[index].label == event.label:
                hits.add(index)
            else:
                wrong += 1
        rows.append((threshold, f"{len(hits) / words:.3f}", wrong, words, len(clips) - words))
    return rows


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
    thresholds = (0.6, 0.7, 0.8, 0.85, 0.9, 0.95) if args.split == "val" else (THRESHOLD,)
    rows = found(task, [clips[i] for i in order], thresholds)
    table(rows, ("threshold", "commands found", "wrong reports", "commands", "other clips"))


if __name__ == "__main__":
    main()
