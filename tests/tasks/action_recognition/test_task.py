import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo import data, plot
from gru_zoo.data.examples import LabelledRecording
from gru_zoo.tasks.action_recognition.augmentation import Augmentation
from gru_zoo.tasks.action_recognition.batches import MovementBatches
from gru_zoo.tasks.action_recognition.model import Config, with_views
from gru_zoo.tasks.action_recognition.processor import ActionRecognitionProcessor
from gru_zoo.tasks.action_recognition.recording import Recording
from gru_zoo.tasks.action_recognition.samples import resting, waving
from gru_zoo.tasks.action_recognition.skeleton import mirrored
from gru_zoo.tasks.action_recognition.task import ActionRecognition
from gru_zoo.tasks.action_recognition.training import mirrored_classes
from tests.backends import only_on
from tests.tiny_card import tiny_card

LABELS = ("hold left", "hold right", "shake")
BODY = ActionRecognitionProcessor(30, 50, (0.0,) * 6, (1.0,) * 3 + (150.0,) * 3, 5, True)
TINY = {"filters": 8, "units": 6, "dropout": 0.0, "summary_dropout": 0.0, "input_dropout": 0.0}


def new_task(labels=LABELS):
    config = Config(classes=len(labels), **TINY)
    card = tiny_card("action_recognition", config, labels)
    return ActionRecognition(ActionRecognition.build(config), BODY, card)


@pytest.fixture(scope="module")
def task():
    """Random weights."""
    return new_task()


def movement(label, number=0):
    """A recording of an action, with both streams."""
    random = np.random.default_rng((LABELS.index(label), number))
    joints = waving(1.2 + 0.05 * number)
    if label != "shake":
        joints[:, 10:12, 0] = 0.3 * (1 if label == "hold right" else -1)
    signals = resting(6, 1.5 + 0.05 * number)
    size = {"hold left": 0.1, "hold right": 0.4, "shake": 1.5}[label]
    signals += size * random.normal(size=signals.shape) * BODY.scales
    return Recording(joints + random.normal(0, 0.01, joints.shape), signals)


MANY = [movement(label, number) for number in range(6) for label in LABELS]
TARGETS = list(LABELS) * 6


def skeletons(recordings):
    return [Recording(recording.skeleton) for recording in recordings]


def sensors(recordings):
    return [Recording(signals=recording.signals) for recording in recordings]


def test_anything_that_moves(task, tmp_path):
    one = MANY[0]
    mixed = [one, one.skeleton, one.signals, one.signals.tolist()]
    expected = [one, Recording(one.skeleton), *[Recording(signals=one.signals)] * 2]
    np.testing.assert_allclose(task.probabilities(mixed), task.probabilities(expected), atol=1e-6)
    np.savez(tmp_path / "one.npz", skeleton=one.skeleton, signals=one.signals)
    assert task.predict(tmp_path / "one.npz") == task.predict(one)
    assert task.predict(str(tmp_path / "one.npz")).label in LABELS
    assert task.predict([]) == []


def test_a_recording_among_others_has_the_score_that_it_has_alone(task):
    alone = np.concatenate([task.probabilities(recording) for recording in MANY[:5]])
    np.testing.assert_allclose(task.probabilities(MANY[:5]), alone, atol=1e-5)
    long = [*MANY[:5], Recording(waving(9.0))]  # padded to more steps
    np.testing.assert_allclose(task.probabilities(long)[:5], alone, atol=1e-5)


def test_an_absent_stream_adds_nothing(task):
    arrays = task.encode([Recording(MANY[0].skeleton)])
    assert not arrays[2].any() and not arrays[3].any()
    noise = [arrays[0], arrays[1], arrays[2] + 7, arrays[3]]  # masked
    expected = task.model.predict_on_batch(arrays)
    np.testing.assert_allclose(task.model.predict_on_batch(noise), expected, atol=1e-6)


def test_all_bad_recordings_are_named(task):
    bad = [MANY[0], np.zeros((9, 5)), MANY[1], "no.csv"]
    with pytest.raises(ValueError, match="2 of 4 recordings.*recording 1.*recording 3.*'no.csv'"):
        task.predict(bad)
    with pytest.raises(ValueError, match=r"of shape \(time, 6\)"):
        task.predict(np.zeros((9, 5)))


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_a_stream_ends_with_the_label_of_the_whole_recording(task, size):
    recording, labels = MANY[4], []
    stream = task.stream(hop=0.25)
    for start in range(0, len(recording.signals), size):
        part = slice(start, start + size)
        frames = recording.skeleton[part]  # as many frames as samples: they end earlier
        labels += stream.feed(frames if len(frames) else None, recording.signals[part])
    assert stream.finish() == task.predict(recording)
    assert len(labels) == {1: 6, 7: 6, 1_000: 1}[size]
    with pytest.raises(ValueError, match="before `finish`"):
        stream.feed(recording.skeleton)


def test_a_stream_forgets_what_lies_before_its_window(task):
    stream = task.stream(skeleton_rate=15, window=1.0)
    joints = waving(4.0, 15.0)
    stream.feed(joints[:30])
    stream.feed(joints[30:])
    assert stream.finish() == task.predict(joints[-15:], rate=15)
    for options in ({"hop": 0}, {"window": 0.1}, {"window": 21}):
        with pytest.raises(ValueError, match="Expected a hop"):
            task.stream(**options)


def test_a_stream_waits_for_a_person_and_rejects_other_frames(task):
    stream = task.stream()
    assert stream.feed(np.full((20, 20, 3), np.nan)) == []
    assert len(stream.feed(waving())) == 1
    with pytest.raises(ValueError, match="frames of shape"):
        stream.feed(waving()[:, :17])
    assert stream.finish().label in LABELS
    with pytest.raises(ValueError, match="Received: nothing"):
        task.stream().finish()


def test_a_trace_ends_with_the_scores_of_the_whole_recording(task):
    trace = task.trace(MANY[5], hop=0.3)
    seconds = len(MANY[5].signals) / 50
    assert trace.times[-1] == pytest.approx(seconds) and trace.times[0] == pytest.approx(0.3)
    np.testing.assert_allclose(trace.scores[-1], task.probabilities(MANY[5])[0], atol=1e-5)
    with pytest.raises(ValueError, match="a hop above 0"):
        task.trace(MANY[5], hop=0)


def test_labels_of_mirrored_movements():
    labels = ["swipe left", "draw circle clockwise", "wave", "swipe right", "turn left"]
    labels += ["draw circle counter-clockwise"]
    assert mirrored_classes(labels) == [3, 5, 2, 0, 4, 1]
    points = BODY.read(Recording(waving())).points
    np.testing.assert_array_equal(mirrored(mirrored(points)), points)
    assert points[0, 11, 1] > 0 and mirrored(points)[0, 7, 1] > 0  # the hand that is raised


@only_on("torch", "NumPy makes the batches")
def test_batches_are_varied_and_mirrored(task):
    movements = [BODY.read(recording) for recording in MANY]
    targets = task.targets(TARGETS)
    options = {"processor": BODY, "batch_size": 18, "mirrored": mirrored_classes(LABELS)}
    augmentation = Augmentation(mirror=1.0, smoothing=0.0)
    batches = MovementBatches(movements, targets, augmentation=augmentation, views=3, **options)
    (skeleton, _, signals, mask), varied = batches[0]
    assert len(batches) == 1 and np.isfinite(skeleton).all() and varied.shape == (18, 3, 3)
    assert not signals.any() and not mask.any()  # mirrored: no sensor
    np.testing.assert_array_equal(varied[:, 0].sum(axis=0), [6, 6, 6])
    (again, *_), _ = batches[0]
    np.testing.assert_array_equal(again, skeleton)
    batches.epoch = 1
    assert batches[0][0][0].shape != skeleton.shape or (batches[0][0][0] != skeleton).any()
    plain = MovementBatches(movements, targets, **options)
    np.testing.assert_array_equal(plain[0][0][0], BODY.batch(movements)[0])


def test_views_are_those_of_each_stream_alone(task):
    views, count = with_views(task.model)
    found = np.asarray(views.predict_on_batch(task.encode(MANY[:3])))
    assert count == 3
    for view, recordings in enumerate((MANY[:3], skeletons(MANY[:3]), sensors(MANY[:3]))):
        np.testing.assert_allclose(found[:, view], task.probabilities(recordings), atol=1e-5)


@only_on("torch", "the contract trains a small task on every backend")
def test_fit_learns_own_actions_of_both_streams(tmp_path):
    task = new_task()
    folder = tmp_path / "mine"
    for number, (recording, label) in enumerate(zip(MANY, TARGETS, strict=True)):
        (folder / label).mkdir(parents=True, exist_ok=True)
        parts = {"skeleton": recording.skeleton, "signals": recording.signals}
        np.savez(folder / label / f"{number}.npz", **parts)
    (folder / "shake" / "bad.csv").write_text("a,b\n1,2\n")
    with pytest.warns(UserWarning, match="1 of 19 recordings are left out.\n.*bad.csv"):
        task.fit(
            folder,
            validation=None,
            epochs=30,
            batch_size=6,
            learning_rate=0.01,
            average=3,
            verbose=0,
        )
    assert task.history["epoch"] == list(range(1, 31)) and task.card.data[-1].examples == 18
    accuracy, _, skeleton, signals = task.evaluate(MANY, TARGETS)
    assert accuracy.value >= 0.9 and skeleton.value >= 0.6 and signals.value >= 0.6
    assert skeleton.name == "accuracy_skeleton_alone" and "wilson_95" in signals.signature
    loaded = gru_zoo.load(task.save(tmp_path / "saved"))
    loaded.check_golden()
    assert loaded.predict(MANY[2]).label == "shake"

    other = loaded.with_labels(["still", "moving"])
    labels = ["moving" if label == "shake" else "still" for label in TARGETS]
    other.fit(sensors(MANY), labels, validation=0.3, epochs=2, batch_size=6, verbose=0)
    assert set(other.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_evaluate_split(task, monkeypatch):
    examples = [LabelledRecording(MANY[i].skeleton, None, TARGETS[i], "1") for i in range(6)]
    monkeypatch.setattr(data, "load", lambda dataset, split, root: examples)
    accuracy, error = task.evaluate_split("toy", "test")
    right = [task.predict(e.skeleton).label == e.label for e in examples]
    assert accuracy.value == np.mean(right) and error.metric == "expected_calibration_error"


@only_on("torch", "no drawing calls a backend")
def test_a_strip_of_poses(task):
    for recording, rows in ((MANY[0], 3), (MANY[0].skeleton, 2), (MANY[0].signals, 2)):
        axes = plot.skeleton(task, recording)
        assert len(axes) == rows and axes[-1].get_ylabel() == "probability"
        import matplotlib.pyplot as plt

        plt.close("all")


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="SavedModel is TensorFlow's")
def test_the_whole_model_is_exported(task, tmp_path):
    import tensorflow

    task.model.export(str(tmp_path / "model"), verbose=False)
    served = tensorflow.saved_model.load(str(tmp_path / "model"))
    arrays = task.encode(MANY[:3])
    expected = task.model.predict_on_batch(arrays)
    np.testing.assert_allclose(served.serve(arrays), expected, atol=1e-5)
