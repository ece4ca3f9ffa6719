"""What every registered task can do, on its smallest config: build, fit, predict, evaluate, save
and load. What is special about a task is tested in its own folder."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo import audio
from gru_zoo.data.examples import ChessGame
from gru_zoo.registry import TASKS, task_class
from gru_zoo.text.character_tokenizer import CharacterTokenizer
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from tests.backends import only_on
from tests.paths import FIXTURES
from tests.tiny_card import tiny_card


class Case(NamedTuple):
    """The smallest model of a task and examples for it.

    Args:
        config: fields of the task's `Config`.
        processor: arguments of the task's `Processor`.
        examples: what `fit` learns from.
        inputs: what `predict` takes.
        fit: further arguments of `fit`.
        labels: of a classifier.
        judged: inputs and targets to evaluate on, where they are not what `fit` learns from.
    """

    config: dict[str, Any]
    processor: tuple
    examples: tuple
    inputs: Any
    fit: dict[str, Any]
    labels: tuple[str, ...] | None = None
    judged: tuple = ()

    @property
    def evaluated(self) -> tuple:
        """Inputs and targets; what is learned without targets is its own target."""
        if self.judged or len(self.examples) == 2:
            return self.judged or self.examples
        (inputs,) = self.examples
        inputs = [inputs] if isinstance(inputs, str) else inputs
        return inputs, inputs


SENTENCES = ("A fine film.", "A dull film.", "The cast is fine.", "The plot is dull.")


def columns(file: str) -> tuple[list[str], list[str]]:
    """The two columns of a table among the fixtures, its first 16 rows."""
    lines = (FIXTURES / file).read_text(encoding="utf-8").splitlines()[:16]
    first, second = zip(*(line.split("\t")[:2] for line in lines), strict=True)
    return list(first), list(second)


def action_recognition() -> Case:
    config = {"skeleton": 0, "signals": 2, "signals_kernels": [3], "signals_strides": [2]}
    config |= {"skeleton_kernels": [], "skeleton_strides": []}
    config |= {"filters": 4, "units": 4, "classes": 2}
    random = np.random.default_rng(0)
    recordings = [random.normal(size=(20 + i, 2)).astype("float32") for i in range(8)]
    labels = ["still", "moving"] * 4
    fit = {"validation": (recordings[:4], labels[:4]), "batch_size": 4}
    processor = (0, 50, (0.0, 0.0), (1.0, 1.0))
    examples = (recordings, labels)
    return Case(config, processor, examples, recordings[:3], fit, ("moving", "still"))


def anomalies() -> Case:
    series = [10 + np.sin(np.arange(60) / 2), np.random.default_rng(0).normal(size=50)]
    judged = (series, [[(40, 50)], []])
    return Case({"units": 4, "hidden": 4}, (), (series,), series, {}, judged=judged)


def chess() -> Case:
    moves = "e2e4 e7e5 g1f3 b8c6 f1b5", "d2d4 d7d5 c2c4", "c2c4 e7e5", "f2f3 e7e5 g2g4 d8h4"
    games = [ChessGame(tuple(text.split()), "0-1", 1200 + len(text)) for text in moves]
    config = {"board_units": 4, "units": 4, "context_units": 4, "move_dim": 4, "query_dim": 2}
    return Case(config, (), (games,), list(moves), {"validation": games[:2]})


def compression() -> Case:
    texts, shorter = columns("shorter.tsv")
    config = {"vocabulary_size": 300, "embedding_dim": 4, "units": 4, "word_units": 4, "key": 4}
    tokenizer = SubwordTokenizer.train([*texts, *SENTENCES], 300)
    fit = {"validation": (texts[:4], shorter[:4])}
    return Case(config, (tokenizer,), (texts, shorter), texts[:2], fit)


def forecasting() -> Case:
    series = [10 + np.sin(np.arange(60) / 2), np.arange(40.0)]
    return Case({"units": 4, "depth": 1}, (), (series,), series, {"horizon": 4})


def keyword_spotting() -> Case:
    config = {"rate": 2_000, "seconds": 0.5, "bands": 8, "filters": [4], "features": 4}
    config |= {"units": 4, "depth": 1, "heads": 1, "key": 2, "classes": 3}
    sounds, labels = audio.labeled_files(FIXTURES / "sounds")
    names = ("falling", "rising", "steady")
    fit = {"validation": (sounds[:3], labels[:3])}
    return Case(config, (2_000, 0.5), (sounds, labels), sounds[:2], fit, names)


def music() -> Case:
    pieces = [[(60, 64, 67), (60,), (), (62, 65)] * 4, [(67, 71), (60, 64), (55,), ()] * 4] * 2
    voices = {"soprano": (60, 81), "bass": (36, 62)}
    config = {"embedding_dim": 4, "units": 4, "hidden": 4}
    return Case(config, (5, 1, 21, 88, 4, voices), (pieces,), [1], {"validation": pieces[:2]})


def question_answering() -> Case:
    people, rooms = ("Ann", "Bob"), ("attic", "cellar", "yard")
    rows = [
        (f"Where is {who}?", f"{who} went to the {room}. {other} slept.", room)
        for who, other in (people, people[::-1])
        for room in rooms
    ]
    words = ["ann", "bob", "is", "slept", "the", "to", "went", "where", *rooms]
    config = {"vocabulary_size": 13, "answers": 3, "sentence_words": 6}
    config |= {"units": 4, "heads": 2, "hops": 2}
    inputs = [row[:2] for row in rows]
    judged = (inputs, [row[2] for row in rows])
    fit = {"validation": rows[:2], "batch_size": 4}
    return Case(config, (words, rooms, 6), (rows,), inputs, fit, judged=judged)


def recommendation() -> Case:
    sequences = [["a", "b", "c", "d"], ["b", "c", "d", "a"], ["c", "d", 5], ["a", 5]] * 3
    config = {"items": 5, "embedding_dim": 4, "units": 4, "neighbors": 3}
    judged = ([["a", "b"], ["b"], []], ["c", "c", "a"])
    inputs, fit = [["a"], [5, "b"], []], {"validation": 0.5, "samples": 8}
    return Case(config, ("abcd5",), (sequences,), inputs, fit, judged=judged)


def sentiment() -> Case:
    config = {"vocabulary_size": 280, "embedding_dim": 4, "units": 4, "hidden": 4, "buckets": 300}
    labels = ("negative", "positive")
    targets = [labels["fine" in text] for text in SENTENCES]
    fit = {"validation": (list(SENTENCES), targets)}
    tokenizer = SubwordTokenizer.train(SENTENCES, 280)
    examples = (list(SENTENCES), targets)
    return Case(config, (tokenizer, 64), examples, list(SENTENCES), fit, labels)


def summarization() -> Case:
    texts, short = list(SENTENCES), ["Fine", "Dull", "Cast fine", "Plot dull"]
    config = {"vocabulary_size": 280, "embedding_dim": 4, "units": 4}
    tokenizer = SubwordTokenizer.train([*texts, *short], 280)
    return Case(config, (tokenizer, 63), (texts, short), texts[:2], {"validation": (texts, short)})


def text_generation() -> Case:
    text = "\n".join(SENTENCES * 8) + "\n"
    tokenizer = CharacterTokenizer.train(text)
    config = {"vocabulary_size": tokenizer.vocabulary_size, "embedding_dim": 4, "units": 4}
    fit = {"validation": text, "rows": 4, "window": 40}
    return Case({**config, "depth": 1}, (tokenizer,), (text,), "A ", fit)


def translation() -> Case:
    sources, targets = columns("pairs.tsv")
    config = {"vocabulary_size": 300, "embedding_dim": 4, "units": 4}
    tokenizer = SubwordTokenizer.train([*sources, *targets], 300, True, 1.0)
    fit = {"validation": (sources[:4], targets[:4])}
    processor = (tokenizer, ("en", "fr"), 40)
    return Case(config, processor, (sources, targets), sources[:2], fit)


CASES: dict[str, Callable[[], Case]] = {
    "action_recognition": action_recognition,
    "anomalies": anomalies,
    "chess": chess,
    "compression": compression,
    "forecasting": forecasting,
    "keyword_spotting": keyword_spotting,
    "music": music,
    "question_answering": question_answering,
    "recommendation": recommendation,
    "sentiment": sentiment,
    "summarization": summarization,
    "text_generation": text_generation,
    "translation": translation,
}


def test_every_task_has_a_case():
    assert set(CASES) == set(TASKS)


def tiny_task(name: str, case: Case):
    """A new task of a case, and its model."""
    cls = task_class(name)
    model, processor = gru_zoo.build(name, **case.config), cls.Processor(*case.processor)
    card = tiny_card(name, cls.Config(**case.config), case.labels)
    return cls(model, processor, card), model


@pytest.mark.parametrize("name", TASKS)
def test_a_task_keeps_the_contract(name, tmp_path):
    cls, case = task_class(name), CASES[name]()
    task, model = tiny_task(name, case)
    assert isinstance(task, gru_zoo.Task) and cls.__module__ == f"gru_zoo.tasks.{name}.task"

    before = model.get_weights()
    history = task.fit(*case.examples, epochs=1, verbose=0, **case.fit)
    assert all(np.isfinite(values).all() for values in history.history.values())
    assert any((new != old).any() for new, old in zip(model.get_weights(), before, strict=True))
    assert task.card.training["command"] == "Task.fit" and task.card.data[-1].examples > 0

    metrics = task.evaluate(*case.evaluated)
    assert metrics and all(np.isfinite(metric.value) and metric.name for metric in metrics)

    loaded = gru_zoo.load(task.save(tmp_path / "mine"))
    assert type(loaded) is cls and loaded.config == task.config and loaded.history == task.history
    loaded.check_golden()
    model.set_weights(loaded.model.get_weights())  # rounded to float16 by saving
    again, metrics = loaded.evaluate(*case.evaluated), task.evaluate(*case.evaluated)
    if cls.inputs == "series":  # forecasts are numbers, and threads add up float32 in any order
        for one, other in zip(loaded.predict(case.inputs), task.predict(case.inputs), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-6)
        assert [m.name for m in again] == [m.name for m in metrics]
        assert [m.value for m in again] == pytest.approx([m.value for m in metrics], rel=1e-6)
    else:
        assert repr(loaded.predict(case.inputs)) == repr(task.predict(case.inputs))
        assert again == metrics


class Seen(keras.callbacks.Callback):
    """Keeps the logs of each epoch."""

    def __init__(self):
        super().__init__()
        self.logs = []

    def on_epoch_end(self, epoch, logs=None):
        self.logs.append(dict(logs))


# One with classes, one whose trained model has states, one whose trained model returns the loss.
FEW = ("sentiment", "text_generation", "recommendation")


@pytest.mark.parametrize("name", TASKS if keras.backend.backend() == "torch" else FEW)
def test_every_task_takes_the_options_of_fit(name):
    task, model = tiny_task(name, case := CASES[name]())
    # The second one, since recommendation starts the vectors of new items, which are in its first.
    first, second, *rest = (layer for layer in model.layers if layer.trainable_weights)
    kept = second.get_weights()
    old = [weights for layer in (first, *rest) for weights in layer.get_weights()]
    seen = Seen()
    options = {"freeze": second.name, "callbacks": [seen], "patience": 5, "average": 1}
    history = task.fit(*case.examples, epochs=2, verbose=0, **options, **case.fit)

    for new, before in zip(second.get_weights(), kept, strict=True):
        np.testing.assert_array_equal(new, before)
    new = [weights for layer in (first, *rest) for weights in layer.get_weights()]
    assert any((a != b).any() for a, b in zip(new, old, strict=True))
    assert second.trainable  # again
    assert len(seen.logs) == 2 and {*seen.logs[1]} == {*history.history}

    with pytest.raises(ValueError, match=f"among .*'{second.name}'.*Received: freeze='encoders'"):
        task.fit(*case.examples, freeze=["encoders"], **case.fit)
    with pytest.raises(TypeError, match="'callbacks'.*Received: patients=3"):
        task.fit(*case.examples, patients=3, **case.fit)


PAIRED = [name for name in TASKS if len(CASES[name]().examples) == 2]


def pandas_column(values):
    """A Series whose index is no list of positions."""
    pandas = pytest.importorskip("pandas")
    return pandas.Series(list(values), index=range(len(values), 0, -1))


def polars_column(values):
    return pytest.importorskip("polars").Series(list(values))


def array_column(values):
    column = np.empty(len(values), object)
    column[:] = list(values)
    return column


@only_on("torch", "columns become lists before a backend has a part in them")
@pytest.mark.parametrize(
    "name, column",
    [
        *((name, pandas_column) for name in PAIRED),
        *((name, polars_column) for name in ("keyword_spotting", "sentiment", "translation")),
        *((name, array_column) for name in ("keyword_spotting", "sentiment")),
    ],
)
def test_columns_of_tables_are_taken_as_lists(name, column):
    task, _ = tiny_task(name, case := CASES[name]())
    inputs, targets = case.examples
    columns = column(list(map(str, inputs)) if name == "keyword_spotting" else inputs)
    targets_column = column(targets)
    found = task.predict(columns)
    assert isinstance(found, list) and repr(found) == repr(task.predict(list(inputs)))
    assert task.evaluate(columns, targets_column) == task.evaluate(inputs, targets)
    if case.labels:
        report = task.report(columns, targets_column)
        assert report.confusion.tolist() == task.report(inputs, targets).confusion.tolist()
    for validation in ((columns[:4], targets_column[:4]), 0.5):
        options = {**case.fit, "validation": validation, "epochs": 1, "verbose": 0}
        history = task.fit(columns, targets_column, **options).history
        assert np.isfinite(history["loss"]).all()
