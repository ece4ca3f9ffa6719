import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.question_answering.exchange import Exchange, Group
from gru_zoo.tasks.question_answering.model import Config
from gru_zoo.tasks.question_answering.passages.batches import PlacesLoss, SpanBatches, places
from gru_zoo.tasks.question_answering.passages.processor import PassageProcessor, pad_windows
from gru_zoo.tasks.question_answering.passages.scoring import likeliest
from gru_zoo.tasks.question_answering.passages.words import affixes_of, features_of, tokens_of
from gru_zoo.tasks.question_answering.task import QuestionAnswering
from tests.backends import only_on
from tests.tiny_card import tiny_card

PEOPLE = ("Ann", "Bob", "Cem", "Dora")
THINGS = ("a lamp", "two books", "the red bag", "tea")
WORDS = ("bought", "what", "did", "buy", "in", "town", ".", "?", "a", "two", "the", "red", "and")
once = only_on("torch", "no backend computes here")
learned = only_on("torch", "a model learns there in less time, and computes the same elsewhere")


def rows():
    """Two bought something; half of the questions are about somebody else."""
    found = []
    for i, one in enumerate(PEOPLE):
        other, absent = PEOPLE[i - 1], PEOPLE[i - 2]
        for mine in THINGS:
            for theirs in THINGS:
                context = f"{one} bought {mine} in town. {other} bought {theirs} in town."
                found.append((f"What did {one} buy?", context, mine))
                found.append((f"What did {absent} buy?", context, ""))
    return found


def new_task():
    config = Config("passages", 3 + len(WORDS), units=12, embedding_dim=8, affixes=64, dropout=0.0)
    processor = PassageProcessor(WORDS, affixes=64, window=20)
    card = tiny_card("question_answering", config)
    return QuestionAnswering(gru_zoo.build("question_answering", **vars(config)), processor, card)


@pytest.fixture(scope="module")
def task():
    """Learned on torch to tell who bought what; shared by tests that do not train it."""
    keras.utils.set_random_seed(2)
    task = new_task()
    epochs = 14 if keras.backend.backend() == "torch" else 1
    task.fit(rows(), validation=rows()[:16], epochs=epochs, learning_rate=0.02, verbose=0)
    return task


def logits(task, inputs):
    return np.asarray(predict_on_batch(task.model, inputs))


@learned
def test_it_learns_where_an_answer_stands_and_that_there_is_none(task):
    found = task.predict([row[:2] for row in rows()])
    right = [(answer.text or "") == row[2] for answer, row in zip(found, rows(), strict=True)]
    assert np.mean(right) > 0.9
    for answer, (_, context, _) in zip(found, rows(), strict=True):
        assert 0 < answer.score <= 1 + 1e-6
        if answer.text is not None:
            assert context[answer.start : answer.end] == answer.text
            assert sum(answer.weights) <= 1 + 1e-5
            assert any(answer.text in sentence for sentence in answer.evidence)


@learned
def test_the_likeliest_words_can_be_asked_for(task):
    question, context, _ = next(row for row in rows() if not row[2])
    found = task.answer(question, context)
    assert found.text is found.start is found.end is None and found.score > 0.5
    assert task.answer(question, context, allow_none=False).text in context


@learned
def test_a_long_passage_is_read_in_windows(task):
    question, context, answer = rows()[0]
    filler = "It rained in town. " * 20
    found = task.answer(question, filler + context + " " + filler)
    assert found.text == answer
    assert found.start == len(filler) + context.index(answer)
    assert len(found.evidence) == 1 and answer in found.evidence[0]


@learned
def test_evaluation_gives_every_question_an_answer_if_all_have_one(task):
    asked = [row for row in rows() if row[2]]
    metrics = {
        m.name: m.value for m in task.evaluate([r[:2] for r in asked], [r[2] for r in asked])
    }
    assert metrics["f1"] >= metrics["exact_match"] > 90
    both = {m.name: m.value for m in task.evaluate([r[:2] for r in rows()], [r[2] for r in rows()])}
    assert both["exact_match"] > 90


@pytest.mark.parametrize("pair", [("", "Ann bought tea."), ("What?", ""), ("?", " \n"), ("", "")])
def test_nothing_to_read_has_no_answer(task, pair):
    found = task.predict(pair)
    assert found.score <= 1 and (found.text is None or pair[1].strip())


def test_other_scripts_and_100_000_characters(task):
    found = task.answer(
        ["何を買いましたか", "What did Ann buy?"], ["アンは町でお茶を買った。", "mud " * 25_000]
    )
    assert len(found) == 2


def test_saved_and_loaded_it_answers_alike(task, tmp_path):
    again = gru_zoo.load(task.save(tmp_path / "own"))
    pairs = [row[:2] for row in rows()[:8]]
    scores, before = ([answer.score for answer in t.predict(pairs)] for t in (again, task))
    assert scores == pytest.approx(before, rel=0.02)
    again.check_golden()


def test_padding_changes_nothing(task):
    windows = [task.processor.encode(*row[:2])[0] for row in (rows()[0], rows()[-1])]
    alone = [logits(task, pad_windows([window]))[0] for window in windows]
    wider = [np.pad(array, ((0, 0), (0, 16), (0, 0))) for array in pad_windows(windows)]
    together = logits(task, wider)
    for row, values in zip(together, alone, strict=True):
        count = (values > -1e8).all(axis=-1).sum()
        np.testing.assert_allclose(row[:count], values[:count], rtol=1e-3, atol=1e-4)
        assert (row[count:] < -1e8).all()


@once
def test_tokens_keep_their_places():
    text = "In 1,000.5 b.c., O’Neil’s"
    assert [token.text for token in tokens_of(text)][:3] == ["In", "1,000.5", "b"]
    assert all(text[token.start : token.end] == token.text for token in tokens_of(text))


@once
def test_affixes_of_names_are_shared():
    first, last = affixes_of("Lindberg", 64)
    assert affixes_of("linden", 64)[0] == first and affixes_of("Nyberg", 64)[1] == last
    assert first < 32 <= last


@once
def test_features_tell_what_the_other_text_has():
    found = features_of(["Founded", "in", "1932", ",", "BBC"], ["founder", "IN", "?"], [0.5] * 5)
    assert found[0].tolist() == [1, 0, 0, 0, 0, 1, 0.5]
    assert found[1].tolist() == [0, 0, 0, 0, 1, 1, 0.5]
    assert found[2].tolist() == [0, 0, 1, 0, 0, 0, 0]
    assert found[3].tolist() == [0, 0, 0, 1, 0, 0, 0]
    assert found[4].tolist() == [1, 1, 0, 0, 0, 0, 0]


@once
def test_all_places_of_an_answer_count():
    (window,) = PassageProcessor(WORDS).encode("What?", "Red tea and red tea and green tea.")
    assert places(window, "tea")[:, 0].tolist() == [0, 0, 1, 0, 0, 1, 0, 0, 1, 0]
    assert places(window, "red tea").nonzero()[0].tolist() == [4, 5]
    assert places(window, "coffee").nonzero()[0].tolist() == [0, 0]


@once
def test_windows_overlap_and_cover_the_passage():
    context = " ".join(f"w{i}" for i in range(50))
    windows = PassageProcessor(WORDS, window=20).encode("What?", context)
    seen = [token.text for window in windows for token in window.tokens]
    assert set(seen) == set(context.split())
    assert len(windows) == 4 and all(len(window.tokens) <= 20 for window in windows)
    assert windows[1].tokens[0].text == "w10"


@once
def test_the_same_words_at_several_places_have_one_chance():
    (window,) = PassageProcessor(WORDS).encode("What?", "tea and tea")
    logits = np.full((4, 2), -20.0, "float32")
    logits[1] = logits[3] = 1.0
    margin, answer = likeliest(window, logits, "tea and tea")
    assert answer.text == "tea" and margin > 0
    # Besides "tea" twice, "tea and tea" from the first to the last word.
    assert answer.score == pytest.approx(2 / 3, abs=1e-3)


@once
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((),), "Expected words"),
        ((("a", "a"),), "each once"),
        ((("a",), 3), "even number"),
        ((("a",), 4, 400), "window of 16 to 399"),
    ],
)
def test_processor_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        PassageProcessor(*arguments)


def test_the_loss_is_small_where_the_likely_place_is_one_of_several():
    right = np.zeros((1, 4, 2), "float32")
    right[0, 1], right[0, 3] = 1, 1
    logits = np.full((1, 4, 2), -9.0, "float32")
    logits[0, 3] = 9
    assert float(PlacesLoss()(right, logits)) < 1e-3
    logits[0, 3], logits[0, 2] = -9, 9
    assert float(PlacesLoss()(right, logits)) > 15
    again = keras.losses.deserialize(keras.losses.serialize(PlacesLoss()))
    assert isinstance(again, PlacesLoss)


@once
def test_batches_pad_places_with_none():
    processor = PassageProcessor(WORDS)
    texts = ["Ann bought tea.", "Ann bought tea in town and two books."]
    windows = [processor.encode("What?", text)[0] for text in texts]
    targets = [places(window, "tea") for window in windows]
    inputs, found = SpanBatches(windows, targets, batch_size=2, shuffle=False)[0]
    assert inputs[0].shape[:2] == found.shape[:2] == (2, 16)
    assert found.sum(axis=(1, 2)).tolist() == [2, 2]


@once
def test_exchanges_are_for_stories():
    swaps = Exchange((Group((("ann",), ("bob",))),))
    with pytest.raises(ValueError, match="Expected no exchanges: they are for stories"):
        new_task().fit(rows()[:8], exchanges=[swaps] * 8, validation=rows()[:8], epochs=1)
