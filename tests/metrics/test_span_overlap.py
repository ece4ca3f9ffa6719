import pytest

from gru_zoo.metrics.span_overlap import span_metrics
from tests.backends import only_on

pytestmark = only_on("torch", "metrics are the same on every backend")


@pytest.mark.parametrize(
    ("answer", "accepted", "exact", "f1"),
    [
        ("The Eiffel Tower!", ["eiffel tower"], 100, 100),
        ("in the tower", ["the Eiffel Tower"], 0, 50),
        ("tea", ["coffee", "green tea"], 0, 200 / 3),
        ("two two cups", ["two cups"], 0, 80),
        (None, ["tea"], 0, 0),
        (None, [], 100, 100),
        ("tea", [""], 0, 0),
        ("a", ["the"], 100, 100),  # articles alone are compared as nothing
    ],
)
def test_rule_of_squad(answer, accepted, exact, f1):
    found = span_metrics([answer], [accepted])
    assert [metric.value for metric in found] == pytest.approx([exact, f1])


def test_mean_of_all_questions():
    exact, f1 = span_metrics(["tea", "tea"], [["tea"], ["coffee"]])
    assert exact.value == f1.value == 50


def test_as_many_answers_as_questions():
    with pytest.raises(ValueError, match="2"):
        span_metrics(["tea", "tea"], [["tea"]])
