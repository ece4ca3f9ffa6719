import concurrent.futures
import re

import numpy as np
import pytest

import gru_zoo
from gru_zoo.text.special_tokens import EOS
from tests.tasks.text_generation.toy import TEXT, character_processor, new_task, one_pass


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A task that has learned its lines by heart, and the same task saved and loaded."""
    none = ("input_dropout", "hidden_dropout", "output_dropout", "recurrent_weight_dropout")
    task = new_task(character_processor(), units=48, **dict.fromkeys(none, 0.0))
    # Two windows of one size, which compile once.
    options = {"rows": 8, "window": 50, "learning_rate": 0.02, "average": 2, "verbose": 0}
    task.fit(TEXT, validation=TEXT, epochs=60, **options)
    return task, gru_zoo.load(task.save(tmp_path_factory.mktemp("home") / "mine"))


@pytest.mark.parametrize("kind", ["task", "subwords"])
def test_likelihood_and_metrics_are_exact(kind, request):
    task = request.getfixturevalue(kind)
    text = "the cat sat\n\na dog <unk> ran\n"
    ids = task.processor.encode(text)
    nats = one_pass(task, ids).sum()
    likelihood = task.score(text)
    assert likelihood.nats == pytest.approx(nats, rel=1e-5)
    assert likelihood.nats_per_char == pytest.approx(nats / 29, rel=1e-5)
    assert likelihood.nats_per_word == pytest.approx(
        nats / (7 + 3), rel=1e-5
    )  # three ends of lines
    assert likelihood.perplexity == pytest.approx(np.exp(nats / 10), rel=1e-4)
    computed = task.evaluate([text, text], [text, text])
    names = ["nats_per_char", "word_perplexity"]
    assert [metric.name for metric in computed] == (names if kind == "task" else names[::-1])
    nats_per_char, perplexity = computed if kind == "task" else computed[::-1]
    assert nats_per_char.value == pytest.approx(likelihood.nats_per_char, rel=1e-5)
    assert perplexity.value == pytest.approx(likelihood.perplexity, rel=1e-4)
    assert perplexity.signature.endswith("words:20")


@pytest.mark.parametrize("kind", ["task", "subwords"])
def test_carriage_returns_cost_and_count_nothing(kind, request):
    task = request.getfixturevalue(kind)
    text, other = "the cat\nsat\n", "the cat\r\nsat\r\n"
    assert task.score(other) == task.score(text)
    assert task.evaluate([other], [other]) == task.evaluate([text], [text])


def test_no_word_spans_two_texts(task):
    texts = ["the cat", "a dog"]
    nats_per_char, perplexity = task.evaluate(texts, texts)
    nats = sum(task.score(text).nats for text in texts)
    assert nats_per_char.value == pytest.approx(nats / 12, rel=1e-5)
    assert perplexity.value == pytest.approx(np.exp(nats / 4), rel=1e-4)
    assert perplexity.signature.endswith("words:4")


def test_perplexity_of_a_uniform_model(subwords):
    model = new_task(subwords.processor)
    model.model.set_weights([np.zeros_like(w) for w in model.model.get_weights()])
    text = "the cat sat\na dog\n"
    pieces = len(model.processor.encode(text))
    size = model.processor.tokenizer.vocabulary_size
    assert model.score(text).perplexity == pytest.approx(size ** (pieces / 7), rel=1e-4)


@pytest.mark.parametrize("prompt", [3, None, b"bytes", ["a"]])
def test_a_text_must_be_a_string(task, prompt):
    for use in (task.generate, task.suggest, task.score, task.gates):
        with pytest.raises(TypeError, match="Expected a string"):
            use(prompt)


@pytest.mark.parametrize("texts", [[], [""], [" "]])
def test_nothing_to_evaluate(task, texts):
    with pytest.raises(ValueError, match="Expected at least one text with a word"):
        task.evaluate(texts, texts)


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_text_without_words_has_no_score(task, text):
    with pytest.raises(ValueError, match="Expected a text of one word or more. Received: "):
        task.score(text)


def test_suggest_knows_what_was_learned(trained):
    _, task = trained
    (best, *_) = task.suggest("the cat sat on")
    assert best.word in ("the", "a") and best.probability > 0.3
    assert task.suggest("the cat sat on ") == task.suggest("the cat sat on")
    assert [s.word for s in task.suggest("the cat", n=1)] == ["sat"]
    with pytest.raises(ValueError, match="n=0, beam_size=8"):
        task.suggest("the", n=0)


@pytest.mark.parametrize("kind", ["task", "pointing"])
def test_threads_share_a_task(kind, request):
    task = request.getfixturevalue(kind)
    uses = (
        lambda: task.score("the cat").nats,
        lambda: task.generate("the ", length=8, seed=1),
        lambda: [s.word for s in task.suggest("the cat")],
    )
    expected = [use() for use in uses]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda i: uses[i % 3](), range(180)))
    assert found == expected * 60


def test_fit_learns(trained):
    task, loaded = trained
    assert set(task.history) == {"loss", "val_loss"}
    assert task.score(TEXT).nats_per_char < 0.5
    assert loaded.score(TEXT).nats_per_char == pytest.approx(
        task.score(TEXT).nats_per_char, abs=0.01
    )
    assert loaded.generate("the cat sat on the m", 2, top_k=1, seed=0) == "at"
    assert loaded.card.data[-1].examples == len(TEXT)
    loaded.check_golden()


def test_encode(task):
    (ids, *states), targets = task.encode("the cat")
    assert ids.dtype == targets.dtype == "int32" and ids[0, 0] == EOS
    np.testing.assert_array_equal(ids[0, 1:7], targets[0, :6])
    assert [s.shape for s in states] == [(1, 20)] * 2
    with pytest.raises(ValueError, match="at most 512 tokens. Received: 513. Use score"):
        task.encode("a" * 513)


def test_demo_and_predict(trained):
    _, task = trained
    lines = task.demo()
    assert len(lines) == 3 * len(task.samples) and any("next word" in line for line in lines)
    assert task.predict("the") == task.predict(["the"])[0] == task.generate("the", seed=0)


def test_the_shipped_preset_does_not_stutter():
    preset = gru_zoo.load("text_generation_shakespeare")
    for text in preset.generate("KING RICHARD", length=120, temperature=0.8, seed=1, n=32):
        assert not re.search(r"(.)\1{3}", text), text
