import numpy as np
import pytest

import gru_zoo
from gru_zoo.base.seq2seq.results import Hypothesis
from gru_zoo.data.examples import SummarizedText
from gru_zoo.tasks.summarization.samples import SAMPLES
from gru_zoo.text.special_tokens import EOS, PAD
from tests.tasks.summarization.toy import (
    SUMMARIES,
    TEXTS,
    UNKNOWN,
    new_task,
    pairs,
    scores_of,
)


@pytest.fixture(scope="module")
def trained(toy_tokenizer, tmp_path_factory):
    """A task that has learned its summaries, and the same saved and loaded again."""
    none = ("source_dropout", "target_dropout", "context_dropout", "output_dropout")
    task = new_task(toy_tokenizer, **dict.fromkeys(none, 0.0))
    task.fit(
        TEXTS * 4,
        SUMMARIES * 4,
        validation=pairs(UNKNOWN),
        epochs=30,
        tokens=1_280,  # batches of one size, 80, compile once
        learning_rate=0.01,
        patience=5,
        verbose=0,
    )
    return task, gru_zoo.load(task.save(tmp_path_factory.mktemp("home") / "mine"))


@pytest.fixture
def copying(task):
    """The task with weights that always copy the sub-word after the previous one."""
    attention, gate = task.model.get_layer("attention"), task.model.get_layer("gate")
    before = attention.get_weights(), gate.get_weights()
    attention.set_weights([before[0][0], np.float32(50)])
    gate.set_weights([np.zeros_like(before[1][0]), np.full_like(before[1][1], -50)])
    yield task
    attention.set_weights(before[0])
    gate.set_weights(before[1])


@pytest.mark.parametrize("word", ["Zyxqwö", "Ŧhvön", "3.14+€"])
@pytest.mark.parametrize("beam_size", [1, 3])
def test_a_copied_word_that_nothing_knows_comes_out_letter_for_letter(copying, word, beam_size):
    ids = copying.processor.encode([word])[0]
    assert len(set(ids.tolist())) == len(ids) > 4  # no piece is followed by two
    found = copying.summarize(word, beam_size=beam_size, max_length=40, return_scores=True)
    assert found.text == word
    assert found.score == pytest.approx(0, abs=1e-3)
    scores = scores_of(copying, word, word)[2]
    np.testing.assert_allclose(scores[0, : len(ids), 0], 0, atol=1e-3)
    shares = copying.copies(word, word).weights
    np.testing.assert_allclose(shares, np.eye(len(ids)), atol=1e-3)


def test_unknown_names_are_copied(trained):
    _, task = trained
    texts, summaries = pairs(UNKNOWN)
    found = task.summarize(texts)
    right = sum(a == b for a, b in zip(found, summaries, strict=True))
    assert right >= 0.8 * len(texts), found


def test_any_text_is_taken(task):
    texts = [
        "bridge",
        "😀👍🏽",
        "これは本です。",
        "a\x00b",
        "1 2 3\n4 5 6\n3,141.59 €",
        "Der Bürgermeister öffnete die neue Brücke.",
    ]
    found = task.summarize(texts, beam_size=2, max_length=6)
    assert len(found) == 6 and all(isinstance(text, str) for text in found)


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_nothing_is_summarized_to_nothing(task, text):
    assert task.summarize(text) == task.summarize_long(text) == ""
    assert task.summarize([text, text], n_best=2) == [["", ""]] * 2
    assert task.summarize(text, return_scores=True) == Hypothesis("", 0.0)
    with pytest.raises(ValueError, match="Expected a text with words. Received"):
        task.attention(text)


@pytest.mark.parametrize("texts", [3, None, b"bytes", [3], [b"bytes"]])
def test_no_text(task, texts):
    with pytest.raises(TypeError, match="Expected a string or a list of strings. Received"):
        task.summarize(texts)


@pytest.mark.parametrize("options", [{"n_best": 6}, {"n_best": 0}, {"beam_size": 0}])
def test_numbers_out_of_range(task, options):
    with pytest.raises(ValueError, match="1 <= n_best <= beam_size"):
        task.summarize(TEXTS[0], **options)


@pytest.mark.parametrize("options", [{"min_length": -1}, {"min_length": 9, "max_length": 5}])
def test_lengths_out_of_range(task, options):
    with pytest.raises(ValueError, match="Expected 0 <= min_length <= max_length. Received: min"):
        task.summarize(TEXTS[0], **options)


@pytest.mark.parametrize("max_length", [0, -1])
def test_a_summary_has_room(task, max_length):
    for use in (task.summarize, task.summarize_long):
        with pytest.raises(ValueError, match=f"max_length >= 1. Received: max_length={max_length}"):
            use(TEXTS[0], max_length=max_length)


@pytest.mark.parametrize("text", [["text"], ["one", "two"]])
def test_many_texts_where_one_is_expected(task, text):
    for use in (task.summarize_long, task.attention, task.copies):
        with pytest.raises(TypeError, match="Expected a string. Received: list"):
            use(text)


def test_lengths_are_kept(trained):
    _, task = trained
    count = len(task.processor.encode([SUMMARIES[0]])[0]) - 1
    longer = task.summarize(TEXTS[0], min_length=count + 3)
    assert len(task.processor.tokenizer.encode([longer])[0]) > count
    shorter = task.summarize(TEXTS[0], max_length=2)
    assert shorter and SUMMARIES[0].startswith(shorter)


@pytest.mark.parametrize("beam_size, n_best", [(1, 1), (5, 5)])
@pytest.mark.parametrize("longest, shortest", [(1, None), (4, None), (4, 4), (8, 5), (None, None)])
def test_no_summary_is_longer(task, monkeypatch, beam_size, n_best, longest, shortest):
    lengths, decode = [], task.processor.decode
    monkeypatch.setattr(
        task.processor, "decode", lambda ids: lengths.append(len(ids)) or decode(ids)
    )
    options = {"beam_size": beam_size, "n_best": n_best}
    task.summarize(TEXTS[:6], longest, shortest, **options)
    # With random weights no summary ends before the limit.
    assert max(lengths) == (longest or task.processor.default_max_length)
    assert min(lengths) >= (shortest or 0)


def test_no_ngram_is_repeated(task):
    ids, max_lengths = task.read(TEXTS[:8]), [41] * 8
    repeated = task.search(ids, max_lengths, beam_size=2)
    distinct = task.search(ids, max_lengths, beam_size=2, no_repeat_ngram_size=2)

    def twice(found):
        rows = [task.processor.tokenizer.encode([text])[0] for ((text, _, _),) in found]
        return sum(len(row) - 1 - len(set(zip(row, row[1:], strict=False))) for row in rows)

    assert twice(repeated) > 20  # as models with random weights do
    assert twice(distinct) < twice(repeated) / 4  # some texts are segmented in another way


def test_long_texts_are_truncated_with_a_warning(trained):
    _, task = trained
    long = " ".join([TEXTS[0], *TEXTS[:9]])
    with pytest.warns(UserWarning, match="1 of 2 texts have more than 63 sub-words. The rest"):
        task.summarize([TEXTS[0], long])


def test_long_texts_are_evaluated_without_a_warning(trained):
    _, task = trained
    long = " ".join([TEXTS[0], *TEXTS[:9]])
    assert task.evaluate([long], SUMMARIES[:1])[0].name == "rouge1"


def test_a_page_is_summarized_from_its_best_sentences(trained):
    _, task = trained
    page = " ".join(["It rained, and no more was said of it."] * 9 + [TEXTS[3]])
    assert task.summarize_long(page) == SUMMARIES[3]
    assert task.summarize_long(TEXTS[2]) == task.summarize(TEXTS[2])
    assert SUMMARIES[3].startswith(task.summarize_long(page, max_length=2))
    with pytest.raises(TypeError, match="Expected a string"):
        task.summarize_long([3])


def test_fit_learns(trained):
    task, loaded = trained
    assert max(task.history["val_rouge1"]) > 90
    assert set(task.history) == {"loss", "val_loss", "val_rouge1"}
    for beam_size in (1, 5):
        assert loaded.summarize(TEXTS[:8], beam_size=beam_size) == SUMMARIES[:8]
    assert loaded.card.data[-1].examples == 4 * len(TEXTS)
    loaded.check_golden()


def test_coverage_adds_to_the_loss(task):
    (source, inputs), target = task.encode(TEXTS[:4], SUMMARIES[:4])
    losses = {}
    for coverage in (0.0, 2.0):
        task.compile("sgd", label_smoothing=0.0, coverage=coverage)
        losses[coverage] = task.model.evaluate([source, inputs], target, verbose=0)
    scores = task.model.predict_on_batch([source, inputs])[target != PAD]
    assert losses[0.0] == pytest.approx(-scores[:, 0].mean(), rel=1e-4)
    assert losses[2.0] - losses[0.0] == pytest.approx(2 * scores[:, 2].mean(), rel=1e-3)


def test_n_best_are_different_and_ordered(trained):
    _, task = trained
    best = task.summarize(TEXTS[0], beam_size=4, n_best=4, return_scores=True)
    assert best[0].text == SUMMARIES[0]
    assert len({h.text for h in best}) == 4
    assert [h.score for h in best] == sorted((h.score for h in best), reverse=True)


def test_evaluate_names_its_metrics(trained):
    _, task = trained
    rows = zip(TEXTS[:8], SUMMARIES[:8], strict=True)
    examples = [SummarizedText(text, summary) for text, summary in rows]
    found = {m.name: m for m in task.evaluate(*task.examples(examples))}
    assert [found[name].value for name in ("rouge1", "rouge2", "rougeL")] == [
        pytest.approx(100)
    ] * 3
    assert found["words"].value == 3 and found["repeated_bigrams"].value == 0
    assert 0.3 < found["copied_words"].value < 1


def test_attention_and_copies(trained):
    _, task = trained
    looked, copied = task.attention(TEXTS[0]), task.copies(TEXTS[0])
    assert looked.source == copied.source and looked.target == copied.target
    assert looked.source[-1] == looked.target[-1] == "</s>"
    shape = (len(looked.target), len(looked.source))
    assert looked.weights.shape == copied.weights.shape == shape
    np.testing.assert_allclose(looked.weights.sum(axis=1), 1, atol=1e-5)
    assert (copied.weights >= 0).all() and (copied.weights.sum(axis=1) < 1 + 1e-5).all()
    for t, s in zip(*np.nonzero(copied.weights), strict=True):
        assert copied.source[s] == copied.target[t]
    forced = task.copies(TEXTS[0], "Ferry")
    assert forced.weights.shape[0] == len(task.processor.encode(["Ferry"])[0])


def test_encode_makes_the_arrays_of_the_model(task):
    (source, inputs), target = task.encode(TEXTS[:8], SUMMARIES[:8])
    assert source.dtype == inputs.dtype == "int32"
    np.testing.assert_array_equal(inputs, target)
    assert ((target == EOS).sum(axis=1) == 1).all()
    np.testing.assert_array_equal(task.encode(TEXTS[:8]), source)


def test_samples_fill_what_is_read_at_once():
    assert all(40 < len(sample.split()) < 100 for sample in SAMPLES)
