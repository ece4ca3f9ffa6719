import numpy as np
import pytest

import gru_zoo
from gru_zoo.data.examples import ItemSequence
from gru_zoo.tasks.recommendation.model import Config
from gru_zoo.tasks.recommendation.results import Recommendations, Recommended
from tests.tasks.recommendation.toy import CONFIG, ITEMS, NAMES, counted_task, sequences


@pytest.fixture(scope="module")
def task():
    """Shared by the tests that do not train it."""
    return counted_task()


@pytest.fixture(scope="module")
def trained():
    task = counted_task()
    task.fit(sequences(), validation=0.5, epochs=2, samples=16, verbose=0)
    return task


def test_one_history_and_several(task):
    histories = [["p3"], [], ["p1", "p2", "p3", "p4"]]
    several = task.recommend(histories, n=4)
    assert [len(one) for one in several] == [4, 4, 4]
    for history, found in zip(histories, several, strict=True):
        alone = task.recommend(history, n=4)
        assert [one.item for one in alone] == [one.item for one in found]
        np.testing.assert_allclose(
            [one.score for one in alone], [one.score for one in found], rtol=1e-4
        )
        scores = [one.score for one in found]
        assert scores == sorted(scores, reverse=True) and 0 < sum(scores) <= 1
        assert not {one.item for one in found} & set(history)
    assert several == task.recommend([tuple(h) for h in histories], n=4)


def test_scores_are_the_probabilities_of_the_model(task):
    found = task.recommend(["p2", "p3"], n=ITEMS, exclude_seen=False)
    assert sum(one.score for one in found) == pytest.approx(1, abs=1e-5)
    probabilities = task.model.predict(np.array([[2, 3]], "int32"), verbose=0)[0]
    for one in found:
        assert one.score == pytest.approx(probabilities[task.processor.number(one.item)], abs=1e-6)


def test_seen_items_are_left_out_and_no_others(task):
    found = task.recommend(["p1", "p2"], n=50)
    assert {one.item for one in found} == set(NAMES) - {"p1", "p2"}
    assert len(task.recommend(["p1", "p2"], n=50, exclude_seen=False)) == ITEMS
    assert task.recommend(NAMES) == ()


def test_an_empty_history_gets_the_most_popular(task):
    counts = {name: sum(items.count(name) for items in sequences()) for name in NAMES}
    found = task.recommend([], n=3)
    expected = sorted(NAMES, key=lambda name: (-counts[name], NAMES.index(name)))[:3]
    assert [one.item for one in found] == expected
    assert found[0].score == pytest.approx(counts[expected[0]] / sum(counts.values()), abs=1e-6)


def test_unknown_items_are_skipped_with_a_notice(task):
    with pytest.warns(UserWarning, match="2 of 4 items are unknown and skipped, such as 'x', '7'"):
        found = task.recommend(["p1", "x", "p2", 7], n=3)
    assert found == task.recommend(["p1", "p2"], n=3)
    with pytest.warns(UserWarning, match="1 of 1 items"):
        assert task.recommend(["x"], n=2) == task.recommend([], n=2)


@pytest.mark.parametrize("wrong", ["p1", 17, None, [1.5], [["p1"], 5], [True], [["p1"], "p2"]])
def test_what_is_no_history_is_an_error(task, wrong):
    with pytest.raises(TypeError, match="Expected"):
        task.recommend(wrong)


def test_n_is_checked(task):
    with pytest.raises(ValueError, match="n of 1 or more. Received: n=0"):
        task.recommend(["p1"], n=0)


@pytest.mark.parametrize("history", [[], ["p3"], ["p1", "p1", "p5"], ["p1", "p9", "p2"] * 7])
def test_a_session_recommends_as_the_whole_history_does(trained, history):
    session = trained.session()
    assert [session.add(item) for item in history] == [True] * len(history)
    for exclude_seen in (True, False):
        found = session.recommend(5, exclude_seen)
        whole = trained.recommend(history, 5, exclude_seen)
        assert [one.item for one in found] == [one.item for one in whole]
        np.testing.assert_allclose(
            [one.score for one in found], [one.score for one in whole], rtol=1e-4
        )
    assert session.items == history
    assert trained.session(history).recommend(5) == session.recommend(5)


def test_an_unknown_item_changes_no_session(trained):
    session = trained.session(["p1"])
    before = session.recommend(3)
    assert not session.add("x") and session.recommend(3) == before
    assert session.items == ["p1", "x"]
    with pytest.raises(TypeError, match="Received: 1.5"):
        session.add(1.5)


def test_similar_items(task):
    found = task.similar("p4", n=3)
    table = np.asarray(task.model.get_layer("embedding").get_weights()[0])[1:]
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    cosines = unit @ unit[3]
    cosines[3] = -2
    assert [one.item for one in found] == [NAMES[i] for i in np.argsort(-cosines)[:3]]
    assert found[0].score == pytest.approx(cosines.max(), abs=1e-5)
    assert len(task.similar("p4", n=100)) == ITEMS - 1
    with pytest.raises(ValueError, match="Received: item='x', which is none of the 12 items"):
        task.similar("x")


def test_training_learns_the_circle(trained):
    # Every item is followed by the next or the one after it.
    for number in range(1, ITEMS + 1):
        following = {f"p{number % ITEMS + 1}", f"p{(number + 1) % ITEMS + 1}"}
        assert trained.recommend([f"p{number}"], n=1)[0].item in following
    assert set(trained.history) == {"loss", "val_loss", "val_ndcg_10"}
    (gain, hit) = trained.evaluate([["p1", "p2"]], ["p3"])
    assert hit.value == 1 and gain.value >= 0.6


def test_fit_adds_new_items_and_keeps_the_old(tmp_path):
    task = counted_task()
    before = task.recommend(["p1"], n=3)
    log = [["p1", "new", 99], ["p2", "new", 99], ["p1", "new", "p5"]] * 4
    task.fit(log, titles={"new": "Tea cup"}, epochs=1, samples=16, verbose=0)
    assert task.processor.items == (*NAMES, "new", "99") and task.config.items == ITEMS + 2
    after = task.recommend(["p1"], n=3)
    assert ("new", "Tea cup") in [(one.item, one.title) for one in after]
    assert before[0].item in [one.item for one in after]  # old counts stay beside the new ones
    loaded = gru_zoo.load(task.save(tmp_path / "larger"))
    loaded.check_golden()
    assert [one.item for one in loaded.recommend(["p1"])] == [
        one.item for one in task.recommend(["p1"])
    ]
    session = task.session(["p1"])  # of the new model
    assert [one.item for one in session.recommend(3)] == [one.item for one in after]


def test_evaluate_counts_unknown_and_seen_targets_as_misses(task):
    best = task.recommend(["p1"], n=1)[0].item
    metrics = task.evaluate([["p1"], ["p1"], ["p1", best]], [best, "x", best])
    assert [metric.name for metric in metrics] == ["ndcg_10", "hit_rate_10"]
    assert metrics[0].value == metrics[1].value == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="Expected as many predictions as labels"):
        task.evaluate([["p1"]], [])


def test_examples_of_a_split(task):
    pairs = task.examples([ItemSequence(("p1", "p2"), "p3"), ItemSequence((), "p1")])
    assert pairs == ([("p1", "p2"), ()], ["p3", "p1"])
    with pytest.raises(ValueError, match="'validation' or 'test'. Received: training data"):
        task.examples([ItemSequence(("p1",), None)])


@pytest.mark.parametrize(
    ("log", "options", "message"),
    [
        ([["p1", "p2"]], {"validation": 0.5}, "with 0 such sequences"),
        ([["p1", "p2", "p3"]], {"validation": 0.0}, "Received: validation=0.0"),
        ([["p1"], ["p2"]], {"validation": ([["p1"]], ["p2"])}, "no item follows another"),
    ],
)
def test_logs_that_cannot_be_learned(log, options, message):
    with pytest.raises(ValueError, match=message):
        counted_task().fit(log, epochs=1, verbose=0, **options)


def test_a_catalog_of_100_000_items():
    config = Config(items=100_000, embedding_dim=4, units=4, neighbors=2)
    task = counted_task(CONFIG)
    processor = type(task.processor)(range(1, 100_001))
    large = type(task)(type(task).build(config), processor, task.card)
    found = large.recommend([[1, 2, 100_000], []], n=10)
    assert [len(one) for one in found] == [10, 10]
    assert not {one.item for one in found[0]} & {"1", "2", "100000"}


def test_results_as_text_and_html():
    found = Recommendations([Recommended("17", 0.5, "Tea <pot>"), Recommended("18", 0.25)])
    assert str(found) == "Tea <pot> (0.5), 18 (0.25)"
    assert "Tea &lt;pot&gt;" in found._repr_html_() and "0.2500" in found._repr_html_()


def test_a_line_of_text_is_a_history(task):
    assert task.from_text("p1, p2,,p3 ") == ["p1", "p2", "p3"]
    assert task.from_text("") == []
