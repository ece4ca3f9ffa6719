import pathlib

import numpy as np
import pytest

import gru_zoo
from gru_zoo.base.report import Mistake, Report, report_of

LABELS = ("bad", "fine", "good")
SCORES = np.array(
    [[0.8, 0.1, 0.1], [0.3, 0.0, 0.7], [0.1, 0.0, 0.9], [0.95, 0.05, 0.0], [0.2, 0.1, 0.7]]
)
TARGETS = np.eye(3)[[0, 0, 2, 2, 2]]
TEXTS = ["no", "never\n ever", "yes", "a <b> of " + "words " * 20, "yes yes"]


@pytest.fixture
def report():
    return report_of(SCORES, TARGETS, LABELS, TEXTS)


def test_metrics_of_each_class(report):
    assert report.confusion.tolist() == [[1, 0, 1], [0, 0, 0], [1, 0, 2]]
    bad, fine, good = report.classes
    assert bad == ("bad", 0.5, 0.5, 0.5, 2)
    assert good == ("good", 2 / 3, 2 / 3, 2 / 3, 3)
    assert fine.support == 0 and np.isnan([fine.precision, fine.recall, fine.f1]).all()
    assert report.accuracy == 3 / 5
    assert report.macro_f1 == pytest.approx((1 / 2 + 2 / 3) / 2)  # of the classes that occur
    assert all(type(value) is float for value in (*bad[1:4], report.accuracy, report.macro_f1))


def test_the_surest_mistakes_come_first(report):
    assert report.mistakes == (
        Mistake(3, TEXTS[3], "good", "bad", 0.95),
        Mistake(1, TEXTS[1], "bad", "good", 0.7),
    )


def test_text_of_a_report(report):
    lines = repr(report).splitlines()
    assert lines[0] == "label  precision  recall     F1  examples"
    assert lines[1] == "bad         0.50    0.50   0.50         2"
    assert lines[2] == "fine           -       -      -         0"
    assert lines[5] == "accuracy 0.600, macro F1 0.583, 2 mistakes, the surest:"
    assert lines[6].startswith("0.95 bad, but is good: row 3, a <b> of words")
    assert lines[6].endswith("\u2026") and len(lines[6]) < 100
    assert lines[7] == "0.70 good, but is bad: row 1, never ever"
    assert max(map(len, lines)) <= 100


def test_tables_of_a_report(report):
    page = report._repr_html_()
    assert page.count("<table>") == 2 and "a &lt;b&gt; of words" in page and "<b>" not in page
    right = Report(LABELS, np.diag([1, 2, 3]), ())
    assert right._repr_html_().count("<table>") == 1
    assert repr(right).endswith("accuracy 1.000, macro F1 1.000, 0 mistakes")


def test_inputs_of_other_kinds_are_named_by_their_row():
    waves = [np.zeros(3), pathlib.Path("a.wav")]
    report = report_of(SCORES[[1, 3]], TARGETS[[0, 2]], LABELS, waves)
    lines = repr(report).splitlines()
    assert lines[-1] == "0.70 good, but is bad: row 0"
    assert lines[-2] == "0.95 bad, but is good: row 1, a.wav"


def test_a_task_reports_what_it_predicts(preset):
    task = gru_zoo.load("tiny")
    texts = ["good film", "bad film", "a film", "no film"]
    labels = ["positive", "negative", "positive", "negative"]
    report = task.report(texts, labels, verbose=False)
    predicted = [label.label for label in task.predict(texts)]
    wrong = [row for row in range(4) if predicted[row] != labels[row]]
    assert sorted(mistake.row for mistake in report.mistakes) == wrong
    assert report.confusion.sum() == 4
    accuracy = task.evaluate(texts, labels)[0].value
    assert report.accuracy == accuracy == 1 - len(wrong) / 4
    axes = gru_zoo.plot.confusion(report)
    assert [label.get_text() for label in axes.get_yticklabels()] == list(task.labels)
    counts = [int(text.get_text()) for text in axes.texts]
    assert counts == report.confusion.ravel().tolist()


def test_wrong_inputs_of_a_report(preset):
    task = gru_zoo.load("tiny")
    with pytest.raises(TypeError, match="list of one input or more. Received: 'a film'"):
        task.report("a film", ["positive"])
    with pytest.raises(ValueError, match=r"list of one input or more. Received: \[\]"):
        task.report([], [])
    with pytest.raises(ValueError, match="1 inputs and 2 labels"):
        task.report(["a film"], ["positive", "negative"])
    with pytest.raises(ValueError, match="Expected labels among"):
        task.report(["a film"], ["great"])
