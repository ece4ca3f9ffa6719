"""Errors of a preset task by task, beside the majority answer, with and without repeated items.

    KERAS_BACKEND=torch python recipes/question_answering/measure_stories.py \\
        question_answering_stories --data-dir DATA

A test item is repeated if its story and question stand in the training split word by word. Tasks
with ten such items or more are marked, and the means are given without them as well.
"""

import argparse
import collections
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import numpy as np

import gru_zoo
from gru_zoo import data
from gru_zoo.data.examples import AnsweredQuestion

MANY = 10  # repeated items of a task that mark it


def errors(right: list[bool], questions: list[AnsweredQuestion]) -> dict[str, float]:
    """Percentage of wrong answers of each task."""
    by_task: dict[str, list[bool]] = {}
    for ok, question in zip(right, questions, strict=True):
        by_task.setdefault(question.origin, []).append(ok)
    return {task: 100 * (1 - float(np.mean(oks))) for task, oks in by_task.items()}


def majority(train: list[AnsweredQuestion], test: list[AnsweredQuestion]) -> list[bool]:
    """Whether the most frequent training answer of the task is right."""
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for question in train:
        counts[question.origin][question.answers[0]] += 1
    best = {task: count.most_common(1)[0][0] for task, count in counts.items()}
    return [best[question.origin] == question.answers[0] for question in test]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("preset")
    parser.add_argument("--data-dir")
    parser.add_argument("--size", choices=("en_1k", "en_10k"), default="en_1k")
    args = parser.parse_args()
    train = data.load("babi", f"{args.size}_train", args.data_dir)
    test = data.load("babi", f"{args.size}_test", args.data_dir)
    task = gru_zoo.load(args.preset)
    found = task.predict([(question.question, question.context) for question in test])
    right = [
        answer.text == question.answers[0] for answer, question in zip(found, test, strict=True)
    ]
    known = {(question.context, question.question) for question in train}
    repeated = [(question.context, question.question) in known for question in test]
    counts = collections.Counter(q.origin for q, again in zip(test, repeated, strict=True) if again)
    fresh = [(ok, q) for ok, q, again in zip(right, test, repeated, strict=True) if not again]

    columns = {
        args.preset: errors(right, test),
        "without repeated items": errors([ok for ok, _ in fresh], [q for _, q in fresh]),
        "majority": errors(majority(train, test), test),
    }
    print(f"| task | {' | '.join(columns)} | repeated items |")
    print("|---|" + "---|" * (len(columns) + 1))
    for name in columns[args.preset]:
        mark = "*" if counts[name] >= MANY else ""
        cells = " | ".join(f"{column[name]:.1f}" for column in columns.values())
        print(f"| {name}{mark} | {cells} | {counts[name]} |")
    for title, names in (
        ("mean", list(columns["majority"])),
        ("mean without *", [name for name in columns["majority"] if counts[name] < MANY]),
    ):
        cells = [f"{np.mean([column[name] for name in names]):.2f}" for column in columns.values()]
        print(f"| {title} | {' | '.join(cells)} | {len(names)} tasks |")


if __name__ == "__main__":
    main()
