import json
import subprocess
import sys

import numpy as np
import pytest

import gru_zoo
from gru_zoo import registry
from tests.backends import only_on

pytestmark = only_on("torch", "torch writes ONNX")

# The smallest preset of each task.
PRESETS = [
    "action_recognition_vowels",
    "anomalies_stream",
    "chess_moves",
    "forecasting_any",
    "music_folk",
    "question_answering_stories",
    "recommendation_beauty",
    "sentiment_stars",
    "speech_digits",
    "summarization_compression",
    "summarization_titles",
    "text_generation_shakespeare",
    "translation_es_en",
]


def run(folder, *arguments):
    command = [sys.executable, "run.py", *arguments]
    return subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False)


def test_every_task_has_a_preset_here():
    assert {gru_zoo.card(name).task for name in PRESETS} == set(registry.TASKS)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_exported_straight_after_load(name, tmp_path):
    import onnxruntime

    task = gru_zoo.load(name)
    folder = task.export(tmp_path / "out")
    settings = json.loads((folder / "settings.json").read_text())
    assert settings["name"] == name and settings["licence"] == task.card.licence
    for graph, file in zip(task.graphs().values(), sorted(folder.glob("*.onnx")), strict=True):
        session = onnxruntime.InferenceSession(file)
        assert {node.name for node in session.get_inputs()} <= set(graph.samples)
        assert [node.name for node in session.get_outputs()] == list(graph.outputs)


def test_the_script_of_sentiment_answers_as_predict_does(tmp_path):
    task = gru_zoo.load("sentiment_stars")
    folder = task.export(tmp_path / "out")
    texts = ["A <b>moving</b> film &amp; more: https://example.org/x", "", "word " * 900]
    answered = run(folder, *texts)
    assert not answered.stderr
    lines = [line.split("  <-  ")[0] for line in answered.stdout.splitlines()]
    assert lines == [str(label) for label in task.predict(texts)]


def test_the_script_of_keyword_spotting_answers_as_predict_does(tmp_path):
    import wave

    task = gru_zoo.load("speech_digits")
    folder = task.export(tmp_path / "out")
    samples = np.random.default_rng(0).normal(size=3_000).clip(-1, 1) * 0.1
    path = tmp_path / "noise.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    assert run(folder, str(path)).stdout.split("  <-  ")[0] == str(task.predict(str(path)))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 44_100, 0, "NONE", ""))
    assert "Expected 16 bits at 8000 Hz. Received: 16 bits at 44100 Hz" in run(folder, path).stderr


def test_the_script_of_recommendation_answers_as_predict_does(tmp_path):
    task = gru_zoo.load("recommendation_games")
    folder = task.export(tmp_path / "out")
    items = task.processor.items
    histories = [[], list(items[5:8]), [items[0], items[0]]]
    answered = run(folder, *map(", ".join, histories), f"{items[3]}, no such item")
    lines = [line.split("  <-  ")[0] for line in answered.stdout.splitlines()]
    assert lines == [str(found) for found in task.predict([*histories, [items[3]]])]


def test_what_cannot_be_written_is_refused(tmp_path):
    task = gru_zoo.load("speech_digits")
    with pytest.raises(ValueError, match=r"among \('onnx',\). Received: 'tflite'"):
        task.export(tmp_path / "out", format="tflite")
    preset = task.save(tmp_path / "preset")
    with pytest.raises(ValueError, match="which holds a preset"):
        task.export(preset)
    task.check_golden()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep")
    with pytest.raises(ValueError, match="Choose another name"):
        task.export(tmp_path / "mine")
    assert not (tmp_path / "out").exists()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")  # of torch
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_keras_exports_a_preset_straight_after_load(tmp_path):
    task = gru_zoo.load("speech_digits")
    task.model.export(str(tmp_path / "model.onnx"), format="onnx", verbose=False)
    assert (tmp_path / "model.onnx").stat().st_size > 1_000_000


def test_the_command(tmp_path, capsys):
    from gru_zoo.__main__ import main

    assert main(["export", "speech_digits", "--to", str(tmp_path / "out")]) == 0
    assert "model.onnx" in capsys.readouterr().out
    assert main(["export", "speech_digits", "--to", str(tmp_path / "out")]) == 2
