import warnings

import numpy as np
import pytest

import gru_zoo
from gru_zoo.base.seq2seq.results import Hypothesis, ScoredText
from gru_zoo.data.examples import ParallelText
from gru_zoo.text.special_tokens import BOS, EOS
from tests.tasks.translation.toy import SOURCES, TARGETS, new_task


@pytest.fixture(scope="module")
def trained(toy_tokenizer, tmp_path_factory):
    """A task that has learned its six sentences, and the same saved and loaded again."""
    none = ("source_dropout", "target_dropout", "context_dropout", "output_dropout")
    task = new_task(toy_tokenizer, **dict.fromkeys(none, 0.0))
    drawn, sample = [], task.processor.sample
    task.processor.sample = lambda texts, alpha, seed: drawn.append(alpha) or sample(texts, 9, seed)
    task.fit(
        SOURCES * 50,  # batches of one size, 25, compile once
        TARGETS * 50,
        validation=(SOURCES, TARGETS),
        epochs=40,
        tokens=400,
        learning_rate=0.01,
        sampling=0.3,
        average=2,
        patience=4,
        verbose=0,
    )
    assert set(drawn) == {0.3}
    return task, gru_zoo.load(task.save(tmp_path_factory.mktemp("home") / "mine"))


@pytest.mark.filterwarnings("ignore:.* texts are returned as they are")
def test_any_text_is_taken(task):
    texts = [
        "I see.",
        "😀👍🏽",
        "これは本です。",
        "a\x00b",
        "3,141.59 €",
        "https://example.org/a?b=1#c",
    ]
    found = task.translate(texts, beam_size=2, max_length=8)
    assert len(found) == 6 and all(isinstance(text, str) for text in found)


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_nothing_is_translated_to_nothing(task, text):
    assert task.translate(text) == ""
    assert task.translate([text, text], n_best=2) == [["", ""]] * 2
    assert task.translate(text, return_scores=True) == Hypothesis("", 0.0)


def test_other_scripts_are_returned_with_a_notice(task):
    with pytest.warns(
        UserWarning, match="1 of 2 texts are returned as they are, such as 'これは本"
    ):
        assert task.translate(["これは本です。", "I see."])[0] == "これは本です。"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert task.translate(["https://example.org", "😀", "12:30"])[1] == "😀"


def test_confidence_is_the_mean_probability_of_a_sub_word(task):
    scores = [
        task.translate("I see the cat.", length_penalty=p, beam_size=1, return_scores=True)
        for p in (0.0, 1.0)
    ]
    assert scores[0].text == scores[1].text and 0 < scores[0].confidence < 1
    assert scores[0].confidence == pytest.approx(scores[1].confidence, rel=1e-5)
    assert scores[1].confidence == pytest.approx(np.exp(scores[1].score), rel=1e-5)
    assert task.translate("12:30", return_scores=True).confidence is None


@pytest.mark.parametrize("texts", [3, None, b"bytes", [3], [b"bytes"]])
def test_no_text(task, texts):
    with pytest.raises(TypeError, match="Expected a string or a list of strings. Received"):
        task.translate(texts)


@pytest.mark.parametrize("options", [{"n_best": 6}, {"n_best": 0}, {"beam_size": 0}])
def test_numbers_out_of_range(task, options):
    with pytest.raises(ValueError, match="1 <= n_best <= beam_size"):
        task.translate("I see the cat.", **options)


def test_ids_that_do_not_fit_are_refused(task):
    with pytest.raises(ValueError, match="at most 1024 ids. Received: one of 1025"):
        task.search([np.full(1025, EOS)], [8])
    with pytest.raises(ValueError, match="at most 1024 ids. Received: one of"):
        task.encode("see " * 1025)


@pytest.mark.parametrize("max_length", [0, -1])
def test_a_translation_has_room(task, max_length):
    with pytest.raises(ValueError, match=f"max_length >= 1. Received: max_length={max_length}"):
        task.translate("I see the cat.", max_length=max_length)


@pytest.mark.parametrize("text", [["text"], ["one", "two"]])
def test_attention_is_of_one_text(task, text):
    with pytest.raises(TypeError, match="Expected a string. Received: list"):
        task.attention(text)


def test_order_and_batches_do_not_matter(task):
    texts = [*SOURCES[:3], "I see", "", "You see the cat. " * 10]
    together = task.translate(texts, beam_size=2, max_length=8, return_scores=True)
    again = task.translate(texts, 2, max_length=8, return_scores=True, batch_size=4)
    assert [h.text for h in again] == [h.text for h in together]
    np.testing.assert_allclose([h.score for h in again], [h.score for h in together], rtol=1e-3)


def test_a_long_text_is_translated_sentence_by_sentence(trained):
    _, task = trained
    texts = SOURCES * 8  # 192 words
    assert task.translate(" ".join(texts)) == " ".join(TARGETS * 8)
    best = task.translate(" ".join(texts), n_best=2, return_scores=True)
    alone = task.translate(SOURCES, n_best=2, return_scores=True)
    assert best[0].score == pytest.approx(np.mean([a.score for a, _ in alone]), rel=0.05)
    assert best[0].score > best[1].score


def test_fit_learns(trained):
    task, loaded = trained
    assert max(task.history["val_bleu"]) > 99
    assert set(task.history) == {"loss", "val_loss", "val_bleu"}
    assert len(task.history["loss"]) < 40  # patience
    for beam_size in (1, 5):
        assert loaded.translate(SOURCES, beam_size) == TARGETS
    assert loaded.predict("He see two books.") == "Il voit deux livres."
    assert loaded.card.data[-1].examples == 300
    loaded.check_golden()


def test_n_best_are_different_and_ordered(trained):
    _, task = trained
    best = task.translate(SOURCES[0], beam_size=4, n_best=4, return_scores=True)
    assert best[0].text == TARGETS[0]
    assert len({h.text for h in best}) == 4
    assert [h.score for h in best] == sorted((h.score for h in best), reverse=True)
    one = task.translate(SOURCES[0], length_penalty=0.0, return_scores=True)
    length = len(task.processor.encode([TARGETS[0]])[0])
    assert one.score == pytest.approx(best[0].score * length, rel=1e-3)


def test_evaluate_names_its_metrics(trained):
    _, task = trained
    examples = [
        ParallelText({"en": (source,), "fr": (target, "Va !")})
        for source, target in zip(SOURCES, TARGETS, strict=True)
    ]
    bleu, chrf, tokenised = task.evaluate(*task.examples(examples))
    assert (bleu.name, chrf.name, tokenised.name) == ("bleu", "chrf", "bleu_lc_tok")
    for metric in (bleu, chrf, tokenised):
        assert metric.value == pytest.approx(100)
        assert metric.signature.startswith("nrefs:2|")


def test_a_text_that_translates_several_is_one_source(task):
    pairs = [(("A", "B"), ("x", "y")), (("B",), ("z", "x"))]
    examples = [ParallelText({"en": sources, "fr": targets}) for sources, targets in pairs]
    assert task.examples(examples) == (["A", "B"], [("x", "y"), ("x", "y", "z")])


def test_one_text_is_evaluated_as_a_list_of_one(trained):
    _, task = trained
    expected = task.evaluate(SOURCES[:1], TARGETS[:1])
    assert task.evaluate(SOURCES[0], TARGETS[0]) == expected
    assert task.evaluate(iter(SOURCES[:1]), iter(TARGETS[:1])) == expected
    with pytest.raises(ValueError, match="for each text. Received: 6 texts and references of 1"):
        task.evaluate(SOURCES, TARGETS[0])


def test_segments_with_empty_translations_leave_no_spaces(task, monkeypatch):
    def search(sequences, max_lengths, *args, **options):
        texts = ["" if i == 1 else f"part {i}" for i, _ in enumerate(sequences)]
        return [[ScoredText(text, 0.0, 2)] for text in texts]

    monkeypatch.setattr(task, "search", search)
    text = "I see the cat. I see the cat! I see the cat. " + "I see two books. " * 3
    assert len(task.processor.segments(text)) == 6
    assert task.translate(text) == "part 0 part 2 part 3 part 4 part 5"


def test_attention(trained):
    _, task = trained
    found = task.attention(SOURCES[0])
    assert found.source[-1] == found.target[-1] == "</s>"
    assert "".join(found.target[:-1]).replace("▁", " ").strip() == TARGETS[0]
    assert found.weights.shape == (len(found.target), len(found.source))
    np.testing.assert_allclose(found.weights.sum(axis=1), 1, atol=1e-5)
    forced = task.attention(SOURCES[0], "Va !")
    assert forced.weights.shape[0] == len(task.processor.encode(["Va !"])[0])
    assert forced.source == found.source


@pytest.mark.parametrize("text", ["", "I see the cat. " * 20])
def test_attention_is_of_one_sentence(task, text):
    with pytest.raises(ValueError, match="Expected a text of 1 to 40 sub-words. Received one of"):
        task.attention(text)


def test_encode_makes_the_arrays_of_the_model(task):
    (source, shifted), target = task.encode(SOURCES, TARGETS)
    assert source.dtype == shifted.dtype == target.dtype == "int32"
    assert (shifted[:, 0] == BOS).all() and ((target == EOS).sum(axis=1) == 1).all()
    np.testing.assert_array_equal(task.encode(SOURCES), source)
    np.testing.assert_array_equal(shifted[:, 1:], target[:, :-1])


def test_weights_choose_pairs(toy_tokenizer):
    task = new_task(toy_tokenizer)
    task.compile("sgd")

    def loss(pairs, **weights):
        arrays = task.encode(SOURCES[:pairs], TARGETS[:pairs])
        return task.model.evaluate(*arrays, **weights, verbose=0)

    assert loss(2, sample_weight=np.array([1.0, 0.0])) == pytest.approx(loss(1), rel=1e-4)
    assert loss(2) != pytest.approx(loss(1), rel=1e-4)


def test_arguments_of_the_loss_are_checked_before_a_training(task):
    message = "'freeze'.*'label_smoothing'.*Received: lr=0.001, warm=1."
    with pytest.raises(TypeError, match=message):
        task.fit(SOURCES, TARGETS, lr=1e-3, warm=1)
    with pytest.raises(ValueError, match="Received: smoothing=1.5"):
        task.fit(SOURCES, TARGETS, label_smoothing=1.5)


def test_every_text_of_validation_has_references(task):
    with pytest.raises(ValueError, match="of validation. Received: 2 texts and references of 1"):
        task.fit(SOURCES, TARGETS, validation=(SOURCES[:2], TARGETS[:1]), verbose=0)


def test_long_pairs_are_skipped_with_a_warning(task):
    sources, targets = [*SOURCES, "see " * 60], [*TARGETS, "vois"]
    with pytest.warns(UserWarning, match="Skipped 1 of 7 pairs. Expected texts of at most 40 sub"):
        assert task._drop_long((sources, targets)) == (SOURCES, TARGETS)
    with pytest.raises(ValueError, match="at most 40 sub-words. Received: none among 1"):
        task._drop_long((sources[-1:], targets[-1:]))


def test_the_more_confident_way_to_read_a_word_is_taken(task):
    ways = task.translate(["See.", "see"], return_scores=True, length_penalty=1.0)
    best = max(ways, key=lambda way: way.confidence)
    (found,) = task.translate(["See"], return_scores=True, length_penalty=1.0)
    assert found.confidence == pytest.approx(best.confidence)
