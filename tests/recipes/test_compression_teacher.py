"""A transformer as a teacher of compression, and its soft targets."""

import importlib.util
import json

import numpy as np
import pytest

import gru_zoo
from gru_zoo.tasks.compression.model import Config
from gru_zoo.tasks.compression.processor import CompressionProcessor
from gru_zoo.tasks.compression.task import Compression
from gru_zoo.tasks.compression.words import words_of
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from recipes.compression import distillation
from tests.scripts import on_torch, run
from tests.tiny_card import tiny_card
from tests.tiny_transformer import tiny_transformer

pytestmark = on_torch


def _soft_targets(folder, texts, size=3):
    """Soft targets in which every path is over all words."""
    targets = distillation.SoftTargets.new(
        folder, [len(words_of(text)) + 2 for text in texts], size
    )
    for row in range(len(texts)):
        targets.arcs(row)[:] = np.eye(len(targets.arcs(row)), k=1)
        targets.states(row)[:] = row + 1
    targets.finish(folder, texts)
    return distillation.SoftTargets(folder)


def test_soft_targets_are_read_as_they_were_written(tmp_path):
    targets = _soft_targets(tmp_path, ["It rained.", "It rained a lot."])
    assert targets.texts == ["It rained.", "It rained a lot."] and targets.size == 3
    assert targets.arcs(0).tolist() == np.eye(5, k=1).tolist()
    assert targets.states(1).tolist() == [[2.0] * 3] * 7
    distillation.SoftTargets.new(tmp_path, [4], 3)
    with pytest.raises(FileNotFoundError, match="that train_teacher.py completed"):
        distillation.SoftTargets(tmp_path)


def test_a_batch_of_soft_targets(tmp_path):
    targets = _soft_targets(tmp_path, ["It rained.", "It rained a lot."])
    processor = gru_zoo.load("compression").processor
    batches = distillation.SoftTargetBatches(
        targets, processor, [0, 1, 1], batch_size=3, shuffle=False
    )
    (_, _, _, kinds), expected = batches[0]
    assert expected["arcs"].shape == (3, *kinds.shape[1:], *kinds.shape[1:])
    assert ((expected["states"] != 0).all(axis=-1) == (kinds != 0)).all()
    assert expected["arcs"].sum(axis=(1, 2)).tolist() == [4, 6, 6]


def test_the_loss_of_states_ignores_padding():
    expected = np.array([[[1.0, 2.0], [0.0, 0.0]], [[1.0, 1.0], [2.0, 2.0]]], "float32")
    predicted = np.array([[[1.0, 4.0], [9.0, 9.0]], [[1.0, 1.0], [1.0, 2.0]]], "float32")
    assert float(distillation.HiddenStateLoss()(expected, predicted)) == pytest.approx(
        (2.0 + 0.5) / 2
    )


def test_a_compressor_learns_from_soft_targets(tmp_path):
    texts = ["It rained a lot.", "The sun, who knows why, shone.", "A man has died."]
    config = Config(vocabulary_size=283, embedding_dim=8, units=8, word_units=8, key=4, dropout=0.0)
    processor = CompressionProcessor(SubwordTokenizer.train(texts, 283))
    card = tiny_card("compression", config)
    task = Compression(Compression.build(config), processor, card)
    targets = _soft_targets(tmp_path / "lessons", texts)
    distillation.distill(
        task,
        (targets, targets),
        2,
        (texts, texts),
        0.5,
        epochs=20,
        batch_size=5,
        learning_rate=0.02,
        average=1,
        seed=1,
        directory=tmp_path / "work",
        resume=False,
        verbose=0,
    )
    assert task.history["val_arcs_loss"][-1] < task.history["val_arcs_loss"][0] / 4
    assert task.history["val_states_loss"][-1] < task.history["val_states_loss"][0]
    assert task.compress(texts) == texts
    assert task.card.data[-1].examples == 5  # the first two twice
    copy = gru_zoo.load(task.save(tmp_path / "mine"))  # without the layer for the states
    np.testing.assert_allclose(copy.arcs(texts)[0], task.arcs(texts)[0], rtol=1e-4, atol=1e-4)


def test_teaching(tmp_path, capsys):
    transformer = tiny_transformer(tmp_path / "transformer")
    teach = ("recipes/compression/train_teacher.py", "--smoke", "--teacher", transformer)
    teach += ("--beside", "saved_models/summarization_compression", "--epochs", "1")
    teach += ("--work", str(tmp_path / "work"), "--to", str(tmp_path / "lessons"))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(importlib.util, "find_spec", lambda name: None)
        run(*teach)
    assert "pip install 'gru-zoo[train]'" in capsys.readouterr().err
    output = run(*teach)
    assert "made of 24 pairs" in output and "of the teacher: 0." in output
    texts = json.loads((tmp_path / "lessons" / "train" / "texts.json").read_text())
    assert output.splitlines()[-1].startswith(f"{len(texts)} sentences to train on")

    train = ("recipes/compression/train.py", "summarization_compression", "--smoke")
    train += ("--work", str(tmp_path / "work"), "--save-to", str(tmp_path))
    output = run(*train, "--lessons", str(tmp_path / "lessons"))
    assert f"a teacher labelled {len(texts) - 24} sentences beside those of the pairs" in output
    card = gru_zoo.load(tmp_path / "summarization_compression").card
    assert [row.examples for row in card.data] == [24, 74_116, len(texts) - 24]
