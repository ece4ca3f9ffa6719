import importlib.util
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_zoo import metrics
from gru_zoo.metrics.classification import accuracy, expected_calibration_error
from gru_zoo.metrics.metric import Metric
from gru_zoo.tasks.compression.metrics import kept_words
from gru_zoo.tasks.summarization.metrics import copying
from gru_zoo.text.word_count import count_words


def test_accuracy():
    measured = accuracy(["a", "b", "b", "c"], np.array(["a", "b", "c", "c"]))
    assert measured == Metric("accuracy", 0.75, "examples:4")


def test_accuracy_of_different_lengths_is_an_error():
    with pytest.raises(ValueError, match="Received: 2 labels and 1 predictions"):
        accuracy(["a", "b"], ["a"])


def test_accuracy_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="at least one example"):
        accuracy([], [])


def test_calibration_error_by_hand():
    # Two intervals: (0, 0.5] holds one example of confidence 0.5 that is right, (0.5, 1] holds
    # 0.9 (right), 0.8 (wrong) and 0.7 (right): |1 - 0.5| / 4 + 3 |2/3 - 0.8| / 4.
    probabilities = [[0.5, 0.5], [0.9, 0.1], [0.8, 0.2], [0.3, 0.7]]
    measured = expected_calibration_error(probabilities, [0, 0, 1, 1], bins=2)
    assert measured.name == "expected_calibration_error"
    assert measured.value == pytest.approx(0.125 + 0.1)
    assert measured.signature == "bins:2|equal_width|examples:4"


@pytest.mark.parametrize("right, error", [(1.0, 0.0), (0.5, 0.5), (0.0, 1.0)])
def test_calibration_error_of_certainty_is_its_error_rate(right, error):
    probabilities = np.tile([1.0, 0.0, 0.0], (10, 1))
    labels = [0] * int(10 * right) + [2] * int(10 * (1 - right))
    assert expected_calibration_error(probabilities, labels).value == pytest.approx(error)


def test_calibrated_scores_have_little_error():
    random = np.random.default_rng(0)
    positive = random.uniform(size=20_000)
    labels = (random.uniform(size=20_000) < positive).astype(int)
    scores = np.stack([1 - positive, positive], axis=1)
    assert expected_calibration_error(scores, labels).value < 0.02


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=30),
    st.integers(1, 20),
)
def test_calibration_error_equals_its_definition(rows, bins):
    positive = np.array([score for score, _ in rows])
    probabilities = np.stack([1 - positive, positive], axis=1)
    labels = np.array([label for _, label in rows])
    confidence, guess = probabilities.max(axis=1), probabilities.argmax(axis=1)
    expected = 0.0
    for k in range(bins):
        inside = (np.ceil(confidence * bins) == k + 1) & (confidence > 0)
        if inside.any():
            gap = (guess == labels)[inside].mean() - confidence[inside].mean()
            expected += abs(gap) * inside.mean()
    measured = expected_calibration_error(probabilities, labels, bins).value
    assert measured == pytest.approx(expected)
    assert 0 <= measured <= 1


@pytest.mark.parametrize(
    "probabilities, labels, bins, message",
    [
        ([[0.5, 0.6]], [0], 15, "sum to 1; apply softmax.*row 0 is"),
        ([[0.5, 0.5], [np.nan, 0.5]], [0, 0], 15, "row 1 is .*nan"),
        ([[1.5, -0.5]], [0], 15, "row 0"),
        ([0.5, 0.5], [0, 1], 15, r"shape \(examples, classes\). Received: shape \(2,\)"),
        ([[0.5, 0.5]], [0, 1], 15, "2 labels and 1 predictions"),
        ([[0.5, 0.5]], [2], 15, "from 0 to 1. Received: 2"),
        ([[0.5, 0.5]], [-1], 15, "from 0 to 1. Received: -1"),
        ([[0.5, 0.5]], ["positive"], 15, "whole numbers"),
        ([[0.5, 0.5]], [[0]], 15, "whole numbers"),
        (np.zeros((0, 2)), [], 15, "at least one example"),
        ([[0.5, 0.5]], [0], 0, "bins=0"),
    ],
)
def test_calibration_error_refuses(probabilities, labels, bins, message):
    with pytest.raises(ValueError, match=message):
        expected_calibration_error(probabilities, labels, bins)


def test_bleu_by_hand():
    # 6 of 7 words, 4 of 6 pairs, 2 of 5 triples, 1 of 4 fours; a word shorter than the reference.
    guesses, references = ["the cat sat on the mat ."], ["the cat sat on a big mat ."]
    measured = metrics.bleu(guesses, references)
    precisions = 6 / 7 * 4 / 6 * 2 / 5 * 1 / 4
    expected = 100 * precisions**0.25 * np.exp(1 - 8 / 7)
    assert measured.name == "bleu" and measured.value == pytest.approx(expected)
    assert measured.signature.startswith("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:")
    assert measured.signature.endswith("|examples:1")


def test_bleu_of_many_references():
    guesses = ["Go away now , please .", "I see it all ."]
    references = [("Leave now , please .", "Go away now , please ."), ("I see it all .",)]
    measured = metrics.bleu(guesses, references)
    assert measured.value == pytest.approx(100)
    assert measured.signature.startswith("nrefs:var|")
    assert metrics.chrf(guesses, references).value == pytest.approx(100)
    assert metrics.bleu([g.lower() for g in guesses], references).value < 90


def moses(guesses, references):
    return metrics.bleu_lc_tok(guesses, references, "en")


@pytest.mark.parametrize("metric", [metrics.bleu, metrics.chrf, moses, metrics.rouge])
def test_a_string_is_one_example_and_a_generator_is_a_list(metric):
    guess, reference = "the cat sat on the mat .", "the cat sat on a big mat ."
    expected = metric([guess], [reference])
    assert metric(guess, reference) == expected
    assert metric(iter([guess]), iter([iter([reference])])) == expected
    with pytest.raises(ValueError, match="1 labels and 2 predictions"):
        metric([guess] * 2, reference)


@pytest.mark.parametrize("metric", [metrics.bleu, metrics.chrf])
def test_translation_metrics_refuse(metric):
    with pytest.raises(ValueError, match="2 labels and 1 predictions"):
        metric(["a"], ["a", "b"])
    with pytest.raises(ValueError, match="a reference for every example"):
        metric(["a", "b"], [("a",), ()])
    with pytest.raises(ValueError, match="at least one example"):
        metric([], [])


def test_lower_cased_tokenised_bleu():
    # To Moses l'homme is two words, to the tokeniser of `bleu` one.
    guesses, references = ["L’homme voit un chien."], ["l'homme voit un chien ."]
    measured = metrics.bleu_lc_tok(guesses, references, "fr")
    assert measured.value == pytest.approx(100)
    assert measured.signature.startswith("nrefs:1|case:lc|eff:no|tok:none|smooth:exp|")
    assert "|moses:fr|sacremoses:" in measured.signature
    one = metrics.bleu_lc_tok(["l'homme voit un chat ."], references, "fr")
    assert one.value == pytest.approx(100 * (5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25)


def test_rouge_by_hand():
    guesses = ["the cat sat", "Dogs-bark LOUDLY"]
    references = ["The cat sat down.", ("dogs bark", "a dog barks")]
    one, two, longest = metrics.rouge(guesses, references)
    assert (one.name, two.name, longest.name) == ("rouge1", "rouge2", "rougeL")
    # Precision and recall of the first: 3/3 and 3/4; of the second: 2/3 and 2/2.
    assert one.value == longest.value == pytest.approx(100 * (6 / 7 + 4 / 5) / 2)
    assert two.value == pytest.approx(100 * (4 / 5 + 2 / 3) / 2)
    assert re.fullmatch(r"f1\|stemmer:no\|rouge-score:[\d.]+\|examples:2", one.signature)


def test_rouge_refuses():
    with pytest.raises(ValueError, match="1 labels and 2 predictions"):
        metrics.rouge(["a", "b"], ["a"])
    with pytest.raises(ValueError, match="Expected a reference for every example"):
        metrics.rouge(["a", "b"], ["a", ()])


def test_copying_by_hand():
    found = copying(["The cat sat on the mat.", "Dogs bark."], ["The cat, the cat slept", ""])
    values = {metric.name: metric.value for metric in found}
    # the cat | cat the | the cat | cat slept
    assert values == pytest.approx(
        {"copied_words": 4 / 5, "novel_bigrams": 2 / 4, "repeated_bigrams": 1 / 4, "words": 2.5}
    )
    assert all(metric.signature.endswith("examples:2") for metric in found)


def test_copying_of_one_text():
    assert copying("The cat sat.", "The cat") == copying(["The cat sat."], ["The cat"])


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"package sacrebleu: pip install 'gru-zoo\[train\]'"):
        metrics.bleu(["a"], ["a"])


def test_text_metrics_count_characters_words_and_ends_of_lines():
    text = "a  bc\n\nd\n"
    assert count_words(text) == 6
    per_char, perplexity = metrics.nats_per_char(18.0, text), metrics.word_perplexity(18.0, text)
    assert (per_char.value, per_char.signature) == (2.0, "one pass|characters:9")
    assert perplexity.value == pytest.approx(np.exp(3))
    assert perplexity.signature == "one pass|ends of lines counted|words:6"


def test_kept_words():
    kept = [np.array([1, 1, 0, 1], "bool"), np.array([1, 0], "bool")]
    expected = [np.array([1, 0, 1, 1], "bool"), np.array([1, 0], "bool")]
    marks = [np.array([0, 0, 0, 1], "bool"), np.array([0, 1], "bool")]
    found = kept_words(kept, expected, [1, 0], marks)
    assert [metric.name for metric in found] == [
        *("token_f1", "word_f1", "exact_match", "compression_ratio")
    ]
    values = [metric.value for metric in found]
    # Two of three kept are right, two of four expected are found; the mark is one of each.
    assert values == pytest.approx([(4 / 7 + 1) / 2, (2 / 5 + 1) / 2, 0.5, (0.75 + 0.5) / 2])
    assert found[0].signature == "words and marks|by place|mean of sentences|examples:2"


def test_kept_words_of_nothing():
    nothing = [np.zeros(0, "bool")]
    assert [m.value for m in kept_words(nothing, nothing, [0], nothing)] == [1, 1, 1, 1]
    assert kept_words(nothing, nothing, [2], nothing)[0].value == 0
    with pytest.raises(ValueError, match="at least one example"):
        kept_words([], [], [], [])
