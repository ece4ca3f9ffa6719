"""Print the confusion matrix of a preset, and its detections in a stream of clips.

    KERAS_BACKEND=torch python recipes/keyword_spotting/report.py speech_commands --data-dir DATA

`--split val` prints the same of validation clips, with several thresholds to choose from.
"""

import argparse

import numpy as np

import gru_zoo
from gru_zoo import data
from gru_zoo.audio.augmentation import pink_noise
from gru_zoo.audio.sound import Sound
from gru_zoo.tasks.keyword_spotting.processor import SILENCE, UNKNOWN
from gru_zoo.tasks.keyword_spotting.streaming import THRESHOLD, KeywordDetector

PAUSE = 0.5  # seconds between two clips


def print_table(rows, titles) -> None:
    """Print rows as a Markdown table."""
    print(f"| {' | '.join(titles)} |")
    print("|" + "---|" * len(titles))
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")
    print()


def print_confusions(task, clips) -> None:
    """Print the confusion matrix, a row for each true class, with the recall of each class."""
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
    print_table(rows, ("", *task.labels, "recall"))


def detections(task, clips, thresholds) -> list[tuple]:
    """Commands that are detected in a stream of clips with pauses between, and false alarms.

    A command counts as detected if it is reported during its clip or the pause after it.

    Args:
        task: the task.
        clips: labelled clips.
        thresholds: thresholds of the detector.

    Returns:
        For each threshold: the threshold, the share of the commands that are detected, false
        alarms, number of commands, number of other clips.
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
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    parser.add_argument("--dataset", default="speech_commands")
    parser.add_argument("--split", default="test10")
    args = parser.parse_args()

    task = gru_zoo.load(args.preset)
    clips = data.load(args.dataset, args.split, args.data_dir)
    print_confusions(task, clips)
    order = np.random.default_rng(1).permutation(len(clips))
    thresholds = (0.6, 0.7, 0.8, 0.85, 0.9, 0.95) if args.split == "val" else (THRESHOLD,)
    rows = detections(task, [clips[i] for i in order], thresholds)
    print_table(rows, ("threshold", "detected", "false alarms", "commands", "other clips"))


if __name__ == "__main__":
    main()
