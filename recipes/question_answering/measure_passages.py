"""How far the scores of answers in passages can be trusted, and how often none is found.

    KERAS_BACKEND=torch python recipes/question_answering/measure_passages.py \\
        question_answering_passages --data-dir DATA

On the validation questions, and on some of them asked about another passage, see `unanswered`.
"""

import argparse
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import gru_zoo
from gru_zoo import data
from gru_zoo.metrics.span_overlap import words_of
from recipes.question_answering.passages import SET, VALIDATION, unanswered
from recipes.question_answering.settings import PRESETS

QUARTERS = (0.75, 0.5, 0.25, 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("preset")
    parser.add_argument("--data-dir")
    args = parser.parse_args()
    task = gru_zoo.load(args.preset)
    questions = data.load(SET, VALIDATION, args.data_dir)
    found = task.predict([(q.question, q.context) for q in questions])
    scored = [
        (answer.score, any(words_of(answer.text) == words_of(text) for text in q.answers))
        for answer, q in zip(found, questions, strict=True)
        if answer.text is not None
    ]
    print("| score | answers | right |\n|---|---|---|")
    for low in QUARTERS:
        right = [ok for score, ok in scored if low <= min(score, 0.999) < low + 0.25]
        share = f"{100 * sum(right) / len(right):.0f} %" if right else ""
        print(f"| {low:.2f} to {low + 0.25:.2f} | {len(right)} | {share} |")
    print(f"\nno answer to {len(found) - len(scored)} of {len(found)} questions that have one")
    others = unanswered(questions, PRESETS["question_answering_passages"].seed)
    none = [answer.text is None for answer in task.predict([row[:2] for row in others])]
    print(f"no answer to {sum(none)} of {len(none)} questions about another passage")


if __name__ == "__main__":
    main()
