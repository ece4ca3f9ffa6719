import concurrent.futures
import gc
import weakref

import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo import data
from gru_zoo.batching.padding import DEFAULT_LENGTHS
from gru_zoo.data.examples import LabelledText
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.sentiment import task as classifier
from gru_zoo.tasks.sentiment.task import Label, Sentiment
from tests.backends import only_on


def test_predict_of_one_and_of_many(tiny):
    one = tiny.predict("The film is good.")
    assert isinstance(one, Label)
    assert one.label in tiny.card.labels and 0.5 <= one.score <= 1
    assert tiny.predict(["The film is good."]) == [one]
    assert tiny.predict([]) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n",
        "😀👍🏽",
        "これは素晴らしい映画です。",
        "a\x00b",
        "x" * 100_000,
        "<br /><br />",
    ],
)
def test_any_text_is_taken(tiny, text):
    scores = tiny.probabilities(text)
    assert scores.shape == (1, 2)
    assert np.isfinite(scores).all()
    np.testing.assert_allclose(scores.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("texts", [3, None, b"bytes", [3], [b"bytes"]])
def test_no_text(tiny, texts):
    with pytest.raises(TypeError, match="Expected a string or a list of strings. Received"):
        tiny.predict(texts)


def test_order_and_batches_do_not_matter(tiny):
    texts = ["good " * n for n in (1, 40, 3, 200, 7)]
    together = tiny.probabilities(texts)
    for text, row in zip(texts, together, strict=True):
        np.testing.assert_allclose(tiny.probabilities(text)[0], row, atol=1e-5)
    np.testing.assert_allclose(tiny.probabilities(texts, batch_size=2), together, atol=1e-5)


def test_many_lengths_make_few_shapes(tiny, monkeypatch):
    shapes = set()

    def record(model, ids):
        shapes.add(ids.shape)
        return predict_on_batch(model, ids)

    monkeypatch.setattr(classifier, "predict_on_batch", record)
    random = np.random.default_rng(0)
    tiny.predict(["word " * n for n in random.integers(0, 300, size=200)])
    assert 0 < len(shapes) <= len(DEFAULT_LENGTHS) + 1


def test_encode_makes_the_arrays_of_the_model(tiny):
    ids, targets = tiny.encode(["good", "the plot is dull"], ["positive", "negative"])
    assert ids.dtype == "int32" and ids.shape == (2, 16)
    np.testing.assert_array_equal(targets, [[0, 1], [1, 0]])
    np.testing.assert_allclose(
        tiny.model.predict_on_batch(ids),
        tiny.probabilities(["good", "the plot is dull"]),
        atol=1e-6,
    )


def test_unknown_label(tiny):
    with pytest.raises(ValueError, match=r"labels among \['negative', 'positive'\]. .*'neutral'"):
        tiny.encode(["hm"], ["neutral"])


def test_explain_is_leave_one_out(tiny):
    text = "The film isn't good."
    result = tiny.explain(text)
    assert result.words == ("the", "film", "isn't", "good.")
    assert len(result.contributions) == len(result.words)

    def log_odds(ids):
        scores = tiny.model.predict_on_batch(ids)[0].astype("float64")
        p = scores[tiny.card.labels.index(result.label.label)]
        return np.log(p) - np.log1p(-p)

    ids = tiny.encode(text)
    pieces = tiny.processor.tokenizer.pieces(ids[0][ids[0] != 0])
    without_first = ids.copy()
    without_first[0, : next(i for i, p in enumerate(pieces) if i and p.startswith("▁"))] = 0
    expected = log_odds(ids) - log_odds(without_first)
    assert result.contributions[0] == pytest.approx(expected, abs=1e-4)


def test_explain_shows_how_far_it_is(tiny, capsys):
    shown = tiny.explain("The film isn't good.", verbose=True)
    assert "5/5" in capsys.readouterr().out  # the text, and without each of four words
    assert shown.words == tiny.explain("The film isn't good.").words
    assert not capsys.readouterr().out


def test_a_long_text_is_explained_by_phrase(tiny, monkeypatch):
    text = "The film is good and the music is bad."
    alone = tiny.explain(text).words
    (ids,) = tiny.processor.encode([text])
    monkeypatch.setattr(classifier, "EXPLAINED_TOKENS", len(alone) * len(ids) // 3)
    phrases = tiny.explain(text).words
    assert len(phrases) == len(alone) // 3 and " ".join(phrases) == " ".join(alone)


def test_the_work_of_an_explanation_is_bounded():
    for words in (1, 50, 130, 220, 700, 1024):
        phrases = -(-words // classifier.phrase_length(words, words))
        assert phrases * words <= classifier.EXPLAINED_TOKENS
    assert classifier.phrase_length(100, 130) == 1 < classifier.phrase_length(220, 280)


def test_explain_nothing(tiny):
    assert tiny.explain("").words == ()


def test_fit_learns_and_saves(preset, tmp_path):
    task = gru_zoo.load(preset)
    texts = [f"The plot {i} is {word}." for i in range(20) for word in ("good", "awful")]
    labels = ["positive", "negative"] * 20
    # 36 of the texts are learned from: in batches of one size, which compile once.
    history = task.fit(texts, labels, epochs=6, learning_rate=0.03, batch_size=9, verbose=0)
    assert history.history["val_accuracy"][-1] > 0.9
    (accuracy, error) = task.evaluate(texts, labels)
    assert accuracy.name == "accuracy" and accuracy.value > 0.9
    assert error.name == "expected_calibration_error"
    folder = task.save(tmp_path / "mine")
    again = gru_zoo.load(folder)
    assert again.card.name == "mine"
    assert again.card.data[-1].examples == 40
    # float16 weights move the probabilities a little
    np.testing.assert_allclose(
        again.probabilities(texts[:2]), task.probabilities(texts[:2]), atol=5e-3
    )
    assert (folder / "history.csv").read_text().startswith("epoch,")


def test_the_same_seed_trains_the_same(preset):
    results = []
    # 18 of the 20 texts are learned from: in batches of one size, which compile once.
    options = {"epochs": 1, "learning_rate": 0.03, "batch_size": 6, "verbose": 0}
    for seed in (1, 1, 2):
        task = gru_zoo.load("tiny")
        texts = [f"{word} {i}" for i in range(10) for word in ("good", "bad")]
        task.fit(texts, ["positive", "negative"] * 10, seed=seed, **options)
        results.append(task.probabilities("The film is good."))
    same, other = (np.abs(results[0] - results[i]).max() for i in (1, 2))
    assert same < 1e-4 < 1e-3 < other


def test_the_model_can_be_fitted_by_hand(preset):
    task = gru_zoo.load(preset)
    task.compile("adam")
    task.model.fit(*task.encode(["good", "bad"], ["positive", "negative"]), verbose=0)


@pytest.mark.parametrize("validation", [0.0, 1.0])
def test_validation_must_leave_texts_on_both_sides(tiny, validation):
    with pytest.raises(ValueError, match=f"validation={validation} of 4 texts"):
        tiny.fit(["a"] * 4, ["positive"] * 4, validation=validation, verbose=0)


def test_texts_and_labels_of_different_number(tiny):
    with pytest.raises(ValueError, match="3 texts.*2 labels"):
        tiny.fit(["a", "b", "c"], ["positive", "negative"], verbose=0)


def test_new_labels_keep_the_encoder(preset):
    plain = gru_zoo.load("tiny")
    for labels in ("bugs", [0, 1]):
        with pytest.raises(TypeError, match="a list of labels, each a string. Received: "):
            gru_zoo.load("tiny", labels=labels)
    task = gru_zoo.load("tiny", labels=["bug", "feature", "question"])
    assert task.card.labels == ("bug", "feature", "question")
    assert task.probabilities("hm").shape == (1, 3)
    assert task.card.metrics == ()
    assert task.config.buckets == 0 < plain.config.buckets  # a bag knows only its own classes
    for name in ("embedding", "forward", "backward", "hidden"):
        for new, old in zip(
            task.model.get_layer(name).get_weights(),
            plain.model.get_layer(name).get_weights(),
            strict=True,
        ):
            np.testing.assert_array_equal(new, old)
    folder = task.save(preset.parent / "issues")
    assert gru_zoo.load(folder).predict("hm").label in task.card.labels
    assert task.card.title == "Classes of your own: bug, feature, question"
    assert "positive" not in task.card.summary + task.card.intended_use


def test_a_new_output_layer_is_always_the_same(preset):
    one, other = (gru_zoo.load("tiny", labels=["a", "b"]).model.get_layer("logits") for _ in "12")
    np.testing.assert_array_equal(one.get_weights()[0], other.get_weights()[0])


def test_threads_predict_side_by_side(tiny):
    expected = tiny.predict("a good film")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = list(pool.map(tiny.predict, ["a good film"] * 40))
    assert found == [expected] * 40


def test_present_weights_predict(tiny):
    model = Sentiment.build(tiny.config)
    ids = tiny.encode("The film is good.")
    for scale in (1.0, 0.5):
        model.set_weights([scale * weights for weights in tiny.model.get_weights()])
        expected = keras.ops.convert_to_numpy(model(ids, training=False))
        found = predict_on_batch(model, ids)
        np.testing.assert_allclose(found, expected, atol=1e-6)
        found += 1  # an array of the caller's own
    assert np.abs(expected - tiny.model.predict_on_batch(ids)).max() > 1e-4


@only_on("jax", "only there a program of ours predicts")
def test_a_model_is_compiled_once_a_shape(tiny, monkeypatch):
    model, calls = Sentiment.build(tiny.config), []
    layer = model.get_layer("logits")
    call = layer.call
    monkeypatch.setattr(
        layer, "call", lambda *args, **options: calls.append(1) or call(*args, **options)
    )
    for text in ("good", "bad", "The film is good.", "bad " * 20):
        predict_on_batch(model, tiny.encode(text))
    assert len(calls) == 2


@only_on("jax", "only there a program of ours predicts")
def test_a_program_does_not_keep_its_model(tiny):
    model = Sentiment.build(tiny.config)
    predict_on_batch(model, tiny.encode("good"))
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("labels", [[], ["one"], ["same", "same"]])
def test_labels_must_differ(preset, labels):
    with pytest.raises(ValueError, match="two or more different labels"):
        gru_zoo.load("tiny", labels=labels)


def test_labels_of_a_set_have_an_order(preset):
    assert gru_zoo.load("tiny", labels={"b", "c", "a"}).labels == ("a", "b", "c")


def test_a_task_says_what_it_is(tiny):
    assert repr(tiny) == f"<Sentiment '{tiny.card.name}': {tiny.card.title}>"


def test_a_field_that_the_config_does_not_have():
    with pytest.raises(TypeError, match="config of sentiment, .*units.*Received: unit"):
        gru_zoo.build("sentiment", unit=8)


@pytest.mark.parametrize(
    "table",
    [{"text": ["a", "b"]}, np.array([["a", "b"]]), 3],
    ids=lambda t: type(t).__name__,
)
def test_a_table_is_no_list_of_texts(tiny, table):
    with pytest.raises(TypeError, match="Expected a string or a list of strings. Received: "):
        tiny.predict(table)


def test_bytes_are_no_text(tiny):
    with pytest.raises(TypeError, match="a list of strings. Received: bytes b'a film'"):
        tiny.predict(b"a film")


def test_an_array_of_texts(tiny):
    assert tiny.predict(np.array(["a", "b"])) == tiny.predict(["a", "b"])


def test_a_label_that_no_text_has_is_left_out_of_a_split(tiny, monkeypatch):
    three = tiny.with_labels(["negative", "neutral", "positive"])
    examples = [LabelledText("good", "positive"), LabelledText("bad", "negative")] * 2
    monkeypatch.setattr(data, "load", lambda *args, **kwargs: examples)
    scores = np.array([[0.1, 0.7, 0.2], [0.2, 0.6, 0.2], [0.4, 0.1, 0.5], [0.3, 0.2, 0.5]])
    monkeypatch.setattr(three, "probabilities", lambda *args, **kwargs: scores.copy())
    rows = {row.metric: row for row in three.evaluate_split("contrast-sets-imdb", "test")}
    assert rows["accuracy"].value == 0.75 and rows["consistency"].value == 0.5
    rows = {row.metric: row for row in three.evaluate_split("semeval-twitter-sentiment", "test")}
    assert rows["macro_recall"].value == 75 and "consistency" not in rows
    assert {row.metric for row in three.evaluate_split("imdb", "test")} == {
        "accuracy",
        "expected_calibration_error",
    }
