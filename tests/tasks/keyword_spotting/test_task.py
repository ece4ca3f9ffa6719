import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo import audio, data
from gru_zoo.audio.augmentation import Augmentation
from gru_zoo.audio.sound import Sound
from gru_zoo.data.examples import LabelledClip
from gru_zoo.tasks.keyword_spotting.model import Config
from gru_zoo.tasks.keyword_spotting.processor import KeywordSpottingProcessor, decode_clips
from gru_zoo.tasks.keyword_spotting.scoring import score
from gru_zoo.tasks.keyword_spotting.task import KeywordSpotting
from gru_zoo.tasks.keyword_spotting.training import waveforms
from tests.paths import FIXTURES
from tests.tiny_card import tiny_card

SOUNDS = FIXTURES / "sounds"
LABELS = ("falling", "rising", "steady")
PATHS, WORDS = audio.labeled_files(SOUNDS)
CALM = Augmentation(shift=0.02, speed=0.02, response=1.0, noisy=0.2, mixup=0.0, smoothing=0.0)


# Few weights, and nothing that makes learning slow.
TINY = {"bands": 20, "filters": (8, 8), "features": 12, "units": 12, "depth": 1, "heads": 2}
TINY |= {"key": 4, "dropout": 0.0, "frames_masked": 2, "bands_masked": 1}


def new_task(labels=LABELS):
    config = Config(rate=4_000, seconds=0.5, classes=len(labels), **TINY)
    processor = KeywordSpottingProcessor(config.rate, config.seconds)
    return KeywordSpotting(
        KeywordSpotting.build(config), processor, tiny_card("keyword_spotting", config, labels)
    )


@pytest.fixture(scope="module")
def task():
    """Random weights."""
    return new_task()


def long_sound(rate=8_000):
    """Two whistles in three seconds of very faint noise."""
    samples = np.random.default_rng(1).normal(size=3 * rate) * 1e-4
    for start, path in ((0.5, PATHS[0]), (1.9, PATHS[4])):
        clip = audio.resample(audio.read(path), rate)
        samples[int(start * rate) : int(start * rate) + len(clip)] += clip
    return Sound(samples, rate)


def test_anything_that_sounds(task):
    samples, rate = audio.read(PATHS[0])
    expected = task.predict(PATHS[0])
    assert expected.label in LABELS and 0 <= expected.score <= 1
    many = [str(PATHS[0]), PATHS[0].read_bytes(), Sound(samples, rate)]
    assert {label.label for label in task.predict(many)} == {expected.label}
    assert task.predict(samples, rate=rate) == expected
    assert task.predict(np.stack([samples] * 2, axis=1), rate=rate).label == expected.label
    assert task.predict([]) == []
    with pytest.raises(ValueError, match="Pass rate=16000"):
        task.predict(samples)
    with pytest.raises(FileNotFoundError, match="no one.wav"):
        task.predict("no one.wav")


def test_encode(task):
    waves, targets = task.encode(PATHS, labels=WORDS)
    assert waves.shape == (12, 2_000) and targets.shape == (12, 3)
    np.testing.assert_allclose(
        task.model.predict_on_batch(waves), task.probabilities(PATHS), atol=1e-5
    )
    assert task.encode([]).shape == (0, 2_000)
    with pytest.raises(ValueError, match="a label for each sound. Received: 12 sounds and 1"):
        task.encode(PATHS, labels=["steady"])


def test_clips_as_arrays_are_what_they_are_as_files(task):
    sounds = [audio.read(path) for path in PATHS]
    shortest = min(len(sound.samples) for sound in sounds)
    clips = np.stack([sound.samples[:shortest] for sound in sounds])
    rate = sounds[0].rate
    expected = task.evaluate([Sound(clip, rate) for clip in clips], WORDS)
    assert task.evaluate(clips, WORDS, rate=rate) == expected
    waves = waveforms(clips, task.processor, rate)
    assert waves.dtype == np.int16
    expected = decode_clips([Sound(clip, rate) for clip in clips], task.processor)
    np.testing.assert_array_equal(waves, expected)
    assert waveforms(waves, task.processor, None) is waves
    with pytest.raises(ValueError, match="Pass rate=16000"):
        waveforms(clips, task.processor, None)


def test_long_sounds_are_judged_by_their_clearest_word(task):
    wave = task.processor.read(long_sound())
    assert len(wave) == 12_000
    starts = np.linspace(0, 10_000, 10).round().astype(int)  # 10,000 / 1,200, rounded up, and one
    scores = score(task.model, np.stack([wave[start : start + 2_000] for start in starts]))
    expected = scores[scores.max(axis=1).argmax()]
    np.testing.assert_allclose(task.probabilities(long_sound())[0], expected, atol=1e-6)


def test_a_sample_more_changes_no_prediction():
    task = gru_zoo.load("speech_commands")
    for sound in task.samples:
        longer = np.pad(sound.samples, (0, 1))
        expected, found = task.predict([sound, Sound(longer, sound.rate)])
        assert found.label == expected.label
        assert found.score == pytest.approx(expected.score, abs=0.01)


def test_a_long_sound_of_a_model_without_words():
    task = new_task(("silence", "unknown"))
    assert task.predict(long_sound()).label in task.labels
    assert task.overview(long_sound()).window[1] > 0


def test_a_stream_finds_what_detect_finds(task):
    sound = long_sound()
    options = {"threshold": float(np.median(task.trace(sound).scores.max(axis=1)))}
    expected = task.detect(sound, **options)
    assert expected and all(0 <= event.time <= 3.3 for event in expected)
    stream = task.stream(sound.rate, **options)
    chunks = np.split(sound.samples, range(160, len(sound.samples), 160))
    found = sum((stream.feed(chunk) for chunk in chunks), []) + stream.finish()
    assert [event[::2] for event in found] == [event[::2] for event in expected]
    scores = [event.score for event in expected]
    assert [event.score for event in found] == pytest.approx(scores, abs=2e-4)


def test_attention_of_each_head_sums_to_1(task):
    weights = task.attention(task.encode(PATHS[:3]))
    assert weights.shape[:2] == (3, 2)
    np.testing.assert_allclose(weights.sum(axis=2), 1, rtol=1e-5)


def test_evaluate_split(monkeypatch):
    task = new_task(("falling", "rising", "unknown"))
    clips = {
        "words": [LabelledClip(PATHS[i].read_bytes(), WORDS[i]) for i in range(8)],
        "noise": [LabelledClip(long_sound(), "silence"), LabelledClip(PATHS[9], "unknown")],
    }
    monkeypatch.setattr(data, "load", lambda dataset, split, root: clips[split])
    accuracy, error = task.evaluate_split("toy", "words")
    right = [task.predict(clip.audio).label == clip.label for clip in clips["words"]]
    assert accuracy.value == np.mean(right) and accuracy.signature == "examples:8"
    assert error.metric == "expected_calibration_error"
    (alarms,) = task.evaluate_split("toy", "noise")
    assert alarms.metric == "false_alarms_per_hour"
    assert alarms.signature.startswith("defaults|minutes:0.1|alarms:")


def test_false_alarms_are_counted_an_hour(task):
    sounds = [long_sound()] * 4
    metric = task.false_alarms(sounds, threshold=0.01, refractory=0.0, smoothing=1)
    alarms = int(metric.signature.split("alarms:")[1])
    assert alarms > 30  # every window, as no class is silence here
    assert metric.value == pytest.approx(alarms * 3_600 / 12)
    assert metric.signature.startswith("refractory:0.0|smoothing:1|threshold:0.01|minutes:0.2")
    with pytest.raises(ValueError, match="Expected at least one sound. Received: none"):
        task.false_alarms([])


def test_fit_learns_own_words(tmp_path):
    task = new_task()
    task.model.get_layer("log_mel").adapt(task.encode(PATHS))
    task.fit(
        PATHS,
        WORDS,
        validation=(PATHS, WORDS),
        epochs=25,
        batch_size=6,
        learning_rate=0.015,
        augmentation=CALM,
        average=2,
        directory=tmp_path / "work",
        verbose=0,
    )
    assert set(task.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert min(task.history["val_loss"]) < 0.6 * task.history["val_loss"][0]
    loaded = gru_zoo.load(task.save(tmp_path / "mine"))
    loaded.check_golden()
    assert loaded.processor == task.processor
    assert loaded.evaluate(PATHS, WORDS)[0].value >= 0.6
    assert loaded.card.data[-1].examples == 12
    assert "whistle" in loaded.demo()[2]

    other = gru_zoo.load(tmp_path / "mine", labels=["up", "down"])
    frozen = other.model.get_layer("conv_1a").get_weights()
    learnt = other.model.get_layer("forward_1").get_weights()
    words = ["up" if word == "rising" else "down" for word in WORDS]
    other.fit(PATHS, words, validation=0.2, epochs=1, batch_size=5, verbose=0)
    np.testing.assert_array_equal(other.model.get_layer("conv_1a").get_weights(), frozen)
    assert (other.model.get_layer("forward_1").get_weights()[0] != learnt[0]).any()
    again = gru_zoo.load(other.save(tmp_path / "other"))
    np.testing.assert_allclose(
        again.probabilities(PATHS), other.probabilities(PATHS), atol=5e-3
    )  # weights of 16 bits


def test_new_labels_freeze_the_convolutions_or_not(task):
    labels = ["up", "down"]
    frozen = {layer.name for layer in task.with_labels(labels).model.layers if not layer.trainable}
    with_weights = {layer.name for layer in task.model.layers if layer.weights}
    grus = {"forward_1", "backward_1"}
    assert frozen == with_weights - grus - {"log_mel", "masks", "queries", "attention", "logits"}
    assert frozen == {layer for layer in with_weights if layer.startswith(("conv", "features"))}
    free = task.with_labels(labels, freeze=False).model
    assert all(layer.trainable for layer in free.layers)
    assert len(free.trainable_weights) > len(task.with_labels(labels).model.trainable_weights)


def test_a_teacher_knows_the_same_words(task):
    with pytest.raises(ValueError, match="Expected a teacher of the labels"):
        task.fit(PATHS, WORDS, teacher=new_task(("a", "b", "c")))


def test_half_precision():
    policy = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        task = new_task()
    finally:
        keras.mixed_precision.set_global_policy(policy)
    task.fit(PATHS, WORDS, validation=0.2, epochs=1, batch_size=5, verbose=0)
    assert np.isfinite(task.probabilities(PATHS)).all()


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="SavedModel is TensorFlow's")
def test_the_whole_model_is_exported(task, tmp_path):
    import tensorflow

    task.model.export(str(tmp_path / "model"), verbose=False)
    served = tensorflow.saved_model.load(str(tmp_path / "model"))
    waves = task.encode(PATHS[:3])
    np.testing.assert_allclose(served.serve(waves), task.model.predict_on_batch(waves), atol=1e-5)
