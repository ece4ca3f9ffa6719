"""Exact match and F1 of two baselines for questions about passages.

    KERAS_BACKEND=torch python recipes/question_answering/baselines.py --data-dir DATA

Word overlap: of the sentence that shares most words with the question, the longest part without a
word of the question. Logistic regression: the first and the last word are chosen by weighted sums
of the features of a word and its neighbors (see `features_of`), with weights for each asking word.
"""

import argparse
import pathlib
import sys
from collections.abc import Sequence

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import numpy as np

import gru_zoo
from gru_zoo import data
from gru_zoo.data.examples import AnsweredQuestion
from gru_zoo.metrics.span_overlap import span_metrics
from gru_zoo.tasks.question_answering.passages.batches import places
from gru_zoo.tasks.question_answering.passages.processor import PassageProcessor, Window
from gru_zoo.tasks.question_answering.passages.scoring import LONGEST, likeliest
from gru_zoo.tasks.question_answering.passages.words import tokens_of
from gru_zoo.tasks.question_answering.reading import Span, sentences_of
from recipes.question_answering.passages import SET, TESTS

ASKING = ("who", "what", "when", "where", "which", "why", "how")
NEIGHBORS = 3  # words on each side
QUESTIONS = 3_000  # that the regression learns from


def overlap_answer(question: str, context: str) -> str:
    """The longest part without a word of the question, in the sentence that shares most words."""
    asked = {token.text.lower() for token in tokens_of(question)}
    best, answer = -1, ""
    for sentence in sentences_of(context):
        tokens = tokens_of(sentence.text)
        shared = len(asked & {token.text.lower() for token in tokens if token.text[0].isalnum()})
        if shared > best:
            best, answer = shared, _longest_gap(sentence.text, tokens, asked)
    return answer


def _longest_gap(text: str, tokens: Sequence[Span], asked: set[str]) -> str:
    longest: list[Span] = []
    gap: list[Span] = []
    for token in tokens:
        ends = token.text.lower() in asked or not token.text[0].isalnum()
        gap = [] if ends else [*gap, token]
        longest = max(longest, gap[:LONGEST], key=len)
    return text[longest[0].start : longest[-1].end] if longest else ""


def rows_of(question: str, window: Window) -> np.ndarray:
    """What the regression sees of each word, shape `(words, features)`."""
    features = window.passage.features[1:]
    around = np.pad(features, ((NEIGHBORS, NEIGHBORS), (0, 0)))
    count = 2 * NEIGHBORS + 1
    around = np.hstack([around[i : i + len(features)] for i in range(count)])
    found = [w for w in question.lower().replace("?", " ").split() if w in ASKING]
    asking = np.array([bool(found) and word == found[0] for word in ASKING], "float32")
    return np.hstack([around, np.einsum("tf,a->taf", around, asking).reshape(len(features), -1)])


class Regression:
    """A logistic regression for the first word of an answer, and one for the last."""

    def __init__(self, processor: PassageProcessor, questions: Sequence[AnsweredQuestion]):
        import scipy.sparse
        from sklearn.linear_model import LogisticRegression

        self.processor = processor
        rows, targets = [], []
        for question in questions:
            window = processor.encode(question.question, question.context)[0]
            rows.append(scipy.sparse.csr_matrix(rows_of(question.question, window)))
            targets.append(places(window, question.answers[0])[1:])
        table, right = scipy.sparse.vstack(rows), np.concatenate(targets)
        self.models = [
            LogisticRegression(solver="liblinear").fit(table, right[:, side]) for side in (0, 1)
        ]

    def answer(self, question: str, context: str) -> str | None:
        """The likeliest words."""
        window = self.processor.encode(question, context)[0]
        rows = rows_of(question, window)
        sides = [model.decision_function(rows) for model in self.models]
        logits = np.vstack([[-1e9, -1e9], np.stack(sides, axis=1)]).astype("float32")
        return likeliest(window, logits, context, allow_none=False)[1].text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--data-dir")
    args = parser.parse_args()
    train = data.load(SET, "train", args.data_dir)
    chosen = np.random.default_rng(0).permutation(len(train))[:QUESTIONS]
    processor = gru_zoo.load("question_answering_passages").processor
    regression = Regression(processor, [train[i] for i in chosen])
    print("| split | word overlap | logistic regression |")
    print("|---|---|---|")
    for split in ("valid", *TESTS):
        questions = data.load(SET, split, args.data_dir)
        accepted = [question.answers for question in questions]
        cells = []
        for answer in (overlap_answer, regression.answer):
            found = [answer(q.question, q.context) for q in questions]
            exact, f1 = span_metrics(found, accepted)
            cells.append(f"{exact.value:.1f} / {f1.value:.1f}")
        print(f"| {split} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
