import importlib.util

import numpy as np
import pytest

from gru_zoo import metrics


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
    with pytest.raises(
        ValueError, match="a reference for every example. Received: none for 1 of 2"
    ):
        metric(["a", "b"], [("a",), ()])
    with pytest.raises(ValueError, match="at least one example"):
        metric([], [])


def test_lower_cased_tokenized_bleu():
    # To Moses l'homme is two words, to the tokenizer of `bleu` one.
    guesses, references = ["L’homme voit un chien."], ["l'homme voit un chien ."]
    measured = metrics.bleu_lc_tok(guesses, references, "fr")
    assert measured.value == pytest.approx(100)
    assert measured.signature.startswith("nrefs:1|case:lc|eff:no|tok:none|smooth:exp|")
    assert "|moses:fr|sacremoses:" in measured.signature
    one = metrics.bleu_lc_tok(["l'homme voit un chat ."], references, "fr")
    assert one.value == pytest.approx(100 * (5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"package sacrebleu: pip install 'gru-zoo\[train\]'"):
        metrics.bleu(["a"], ["a"])
