"""Failure rates of a sentiment preset on the behavioral tests of CheckList.

    KERAS_BACKEND=torch python recipes/sentiment/checklist.py sentiment_general --data-dir DATA

Prints a table: the failure rate of the preset on each test, beside the published ones of three
commercial services and BERT (Ribeiro et al. 2020, Beyond Accuracy, table 1). As there, at most 500
cases of a test are drawn. Nothing of these tests is trained on.
"""

import argparse
import csv
import json
import lzma
import os
import pathlib
import random
import sys
from collections.abc import Sequence

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import numpy as np

import gru_zoo
from gru_zoo.tasks.sentiment.task import Sentiment

CASES = 500  # of a test
TOLERANCE = 0.1  # of a probability
FILES = ("vocabulary", "robustness", "fairness", "negation", "srl")
SYSTEMS = ("microsoft", "google", "amazon", "bert")
_SIDES = {"neg": 0, "neu": 1, "pos": 2}


def tones(task: Sentiment, texts: Sequence[str]) -> np.ndarray:
    """Probability of negative, neutral and positive, shape `(texts, 3)`.

    A preset without a neutral label counts as neutral where P(positive) is from 1/3 to 2/3.
    """
    scores = task.probabilities(list(texts))
    if "neutral" in task.labels:
        return scores[:, [task.labels.index(x) for x in ("negative", "neutral", "positive")]]
    low, high = scores.T
    middle = np.where((high >= 1 / 3) & (high <= 2 / 3), 1.0, 0.0)
    return np.stack([low, middle, high], axis=1)


def fails(rule: str, scores: np.ndarray, allowed: Sequence[str]) -> bool | None:
    """Whether a case fails; None if the rule skips it.

    Args:
        rule: name of the rule in tests.json.
        scores: tones of the text, or of the original and its copies.
        allowed: labels that a text of the rule `label_in_ok` may have.
    """
    labels = scores.argmax(axis=1)
    if rule == "label_in_ok":
        return labels[0] not in [_SIDES[name] for name in allowed]
    first, copies = scores[0], scores[1:]
    best = labels[0]
    moved = copies[:, best] - first[best]
    if rule.startswith("same_label"):
        return bool(((labels[1:] != best) & (abs(moved) > TOLERANCE)).any())
    if rule.startswith("conf_not"):
        if best == _SIDES["neu"]:
            return None
        return bool((moved < -TOLERANCE if rule == "conf_not_down" else moved > TOLERANCE).any())
    change = (copies[:, 2] - copies[:, 0]) - (first[2] - first[0])
    return bool((change < -TOLERANCE if rule == "posneg_not_down" else change > TOLERANCE).any())


def failure_rates(task: Sentiment, folder: pathlib.Path) -> dict[int, float]:
    """Failure rate of each test in percent, by its number.

    Args:
        task: the task.
        folder: folder checklist-sentiment of the data sets.
    """
    rules = {test["t"]: test["rule"] for test in json.loads((folder / "tests.json").read_text())}
    cases: dict[int, list[dict]] = {}
    for name in FILES:
        with lzma.open(folder / f"{name}.jsonl.xz", "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                cases.setdefault(row["t"], []).append(row)
    rates = {}
    for test, rows in cases.items():
        rows = random.Random(0).sample(rows, min(CASES, len(rows)))
        groups = [row["x"] if isinstance(row["x"], list) else [row["x"]] for row in rows]
        scores = tones(task, [text for group in groups for text in group])
        parts = np.split(scores, np.cumsum([len(group) for group in groups])[:-1])
        failed = [
            fails(rules[test], part, row.get("ok", ()))
            for part, row in zip(parts, rows, strict=True)
        ]
        counted = [value for value in failed if value is not None]
        rates[test] = 100 * float(np.mean(counted)) if counted else 0.0
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset")
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    args = parser.parse_args()
    root = pathlib.Path(args.data_dir or os.environ["GRU_ZOO_DATA"])
    folder = root / "checklist-sentiment"
    rates = failure_rates(gru_zoo.load(args.preset), folder)
    with open(folder / "failure_rates.tsv", encoding="utf-8", newline="") as file:
        published = {int(row["t"]): row for row in csv.DictReader(file, delimiter="\t")}
    print(f"| test | {' | '.join(SYSTEMS)} | {args.preset} |")
    print(f"|{'---|' * (len(SYSTEMS) + 2)}")
    for test, rate in rates.items():
        row = published[test]
        others = " | ".join(row[system] or " " for system in SYSTEMS)
        print(f"| {row['capability']}: {row['name']} | {others} | {rate:.1f} |")


if __name__ == "__main__":
    main()
