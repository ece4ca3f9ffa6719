import dataclasses
import itertools

import keras
import numpy as np
import pytest
from keras import ops

import gru_zoo
from gru_zoo.tasks.music import midi
from gru_zoo.tasks.music.decoder_steps import FIRST_CLASS_TOKEN
from gru_zoo.tasks.music.key_finding import key_correlations
from gru_zoo.tasks.music.model import ChordHead, Config
from gru_zoo.tasks.music.processor import MusicProcessor
from gru_zoo.tasks.music.score import Score
from gru_zoo.tasks.music.task import Music
from gru_zoo.tasks.music.training import split
from tests.paths import FIXTURES
from tests.tiny_card import tiny_card

FOLDER = FIXTURES / "midi"
VOICES = {"soprano": (60, 81), "alto": (53, 74), "tenor": (48, 69), "bass": (36, 62)}
MELODY = Score(tuple((pitch,) for pitch in (67, 67, 69, 71, 72)) + ((), (67,), (64,)))


def new_task(**config):
    config = Config(embedding_dim=12, units=12, hidden=12, **config)
    return Music(
        Music.build(config), MusicProcessor(5, 1, voices=VOICES), tiny_card("music", config)
    )


@pytest.fixture(scope="module")
def task():
    """Random weights."""
    return new_task()


def all_chords(keys, slots):
    """Every subset of the keys as a chord."""
    chords = np.zeros((2**keys, slots), "int32")
    for chord, bits in zip(chords, itertools.product([0, 1], repeat=keys), strict=True):
        classes = [keys - i for i, bit in enumerate(bits) if bit]
        chord[: len(classes)] = classes
    return chords


@pytest.mark.parametrize("joint", [True, False])
def test_probabilities_of_all_chords_sum_to_1(joint):
    head = ChordHead(6, 8, joint)
    chords = all_chords(6, 7)
    context = np.repeat(np.random.normal(size=(1, 5)).astype("float32") * 3, len(chords), axis=0)
    p = np.exp(ops.convert_to_numpy(head(context, chords)))
    assert len({tuple(chord) for chord in chords}) == 64
    assert p.sum() == pytest.approx(1, abs=1e-5)
    # More slots after the end change nothing.
    roomy = np.exp(ops.convert_to_numpy(head(context, np.pad(chords, ((0, 0), (0, 3))))))
    np.testing.assert_allclose(roomy, p, rtol=1e-5)


def test_independent_keys_are_sigmoids():
    head = ChordHead(6, 8, joint=False)
    chords = all_chords(6, 7)
    context = np.random.normal(size=(1, 5)).astype("float32") * 3
    p = np.exp(ops.convert_to_numpy(head(np.repeat(context, len(chords), axis=0), chords)))
    h = ops.swish(head.read(context))
    s = ops.convert_to_numpy(ops.sigmoid(head.scores(h + head.deeper(h))))[0]
    sounds = np.array([[k in chord for k in range(1, 7)] for chord in chords])
    np.testing.assert_allclose(p, np.where(sounds, s, 1 - s).prod(axis=1), rtol=1e-4)


@pytest.mark.parametrize(("joint", "depth"), [(True, 1), (True, 2), (False, 1)])
def test_probabilities_of_all_pieces_sum_to_1(joint, depth):
    config = Config(keys=3, embedding_dim=4, units=5, hidden=6, joint=joint, depth=depth)
    model = Music.build(config)
    chords = all_chords(3, 4)
    pieces = np.array(list(itertools.product(chords, repeat=3)))
    found = model.predict_on_batch(pieces)
    assert found.shape == (512, 3)
    assert np.exp(found.sum(axis=1)).sum() == pytest.approx(1, abs=1e-5)


def test_joint_chords_are_not_a_product():
    head = ChordHead(2, 8)
    chords = all_chords(2, 3)
    context = np.ones((4, 5), "float32")
    head(context, chords)
    head.set_weights([np.random.normal(size=weight.shape) / 3 for weight in head.get_weights()])
    none, low, high, both = np.exp(ops.convert_to_numpy(head(context, chords)))
    assert abs(both - (both + high) * (both + low)) > 1e-4
    assert none + low + high + both == pytest.approx(1, abs=1e-5)


def test_a_step_depends_on_earlier_steps_alone(task):
    piece = [(60, 64), (62,), (), (65, 69, 72), (60,)]
    chords = task.encode([piece])
    found = task.model.predict_on_batch(chords)
    changed = task.encode([[*piece[:3], (50,), (51,)]])
    again = task.model.predict_on_batch(changed)
    np.testing.assert_allclose(again[:, :3], found[:, :3], atol=1e-5)
    assert np.abs(again[:, 3:5] - found[:, 3:5]).max() > 1e-3
    assert not found[:, 5:].any()  # padding


@pytest.mark.parametrize("config", [{"depth": 2}, {"joint": False}])
def test_scores_of_samples_equal_the_likelihood(config):
    task = new_task(**config)
    task.processor = dataclasses.replace(task.processor, slots=90)  # room for all keys
    for prompt in ([], [(60, 64), (), (62, 65, 69, 74)]):
        rolls, mask = task.sampler.encode_prompts([prompt] * 2)
        required, permitted = np.full((2, 16), -1, "int32"), np.ones((2, 90, 89), bool)
        inputs = rolls, mask, np.array([3, 5], "int32"), required, permitted
        samples = task.sampler.decoder.sample(inputs, np.array([300, 500]), seed=1)
        before = task.log_likelihood([prompt])[0] if prompt else 0.0
        for (tokens,), score, steps in zip(samples.ids, samples.scores[:, 0], (3, 5), strict=True):
            piece = task.processor.decode(tokens - FIRST_CLASS_TOKEN)
            assert len(piece) == steps
            expected = task.log_likelihood([[*prompt, *piece]])[0] - before
            assert score == pytest.approx(expected, rel=1e-4)


def test_compose(task):
    score = task.compose(bars=1, seed=1, tempo=77)
    assert score.bars == 1 and len(score.steps) == 4 and score.tempo == 77
    assert task.compose(bars=1, seed=1, tempo=77) == score
    assert task.compose(bars=1, seed=2) != score
    assert task.compose(bars=1) != task.compose(bars=1)
    assert all(len(step) <= 4 for step in score.steps)
    assert [score.bars for score in task.predict([1, "2"])] == [8, 8]
    with pytest.raises(ValueError, match="Expected a whole number, .* Received: 'waltz'"):
        task.predict("waltz")


def test_compose_in_a_key(task):
    plain = task.compose(bars=2, seed=1)
    score = task.compose(bars=2, seed=1, key="e minor")
    correlation = key_correlations(score.steps)["E minor"]
    assert correlation > key_correlations(plain.steps)["C minor"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bars": 0}, "bars above 0. Received: bars=0"),
        ({"temperature": 0}, "temperature > 0"),
        ({"key": "H"}, "Expected a key such as"),
        ({"tempo": 0}, "tempo from 4 to 1,000"),
    ],
)
def test_options_out_of_range(task, options, message):
    with pytest.raises(ValueError, match=message):
        task.compose(**{"bars": 1, **options})


def test_continue(task, tmp_path):
    prompt = Score.load(FOLDER / "cadence_1.mid", 1)
    score = task.continue_(FOLDER / "cadence_1.mid", bars=1, seed=1)
    assert score.steps[: len(prompt.steps)] == prompt.steps
    assert len(score.steps) == len(prompt.steps) + 4
    assert score == task.continue_(prompt, bars=1, seed=1)
    assert score.tempo == pytest.approx(100)
    with pytest.raises(ValueError, match="Expected music with notes"):
        task.continue_(Score(((), ())))
    (tmp_path / "x.mid").write_bytes(b"no music")
    with pytest.raises(ValueError, match="is not a MIDI file"):
        task.continue_(tmp_path / "x.mid")


def test_the_notes_of_a_file_are_quantized_once(task, tmp_path):
    fine = Score(((60,), (60,), (62,), (62,), (62,), *[(64,)] * 5), steps_per_beat=5)
    path = fine.save(tmp_path / "x.mid")
    with pytest.warns(UserWarning, match="1 of 3 notes of .*x.mid' are left out"):
        score = task.continue_(path, bars=1, seed=1)
    # Quantized to four steps a beat first, the second note would start in the second step.
    assert score.steps[:2] == ((60,), (64,))


def test_a_file_without_notes_is_named(task, tmp_path):
    for name, steps in (("a.mid", MELODY.steps), ("b.mid", ((),))):
        Score(steps).save(tmp_path / name)
    with pytest.raises(ValueError, match="besides drums. Received: '.*b.mid', which has none"):
        task.fit(tmp_path, epochs=1, verbose=0)


def test_harmonise(task):
    score = task.harmonise(MELODY, seed=1)
    assert score == task.harmonise(MELODY, seed=1)
    assert len(score.steps) == len(MELODY.steps)
    for step, melody in zip(score.steps, MELODY.steps, strict=True):
        if not melody:
            assert step == ()
            continue
        assert step[-1:] == melody and len(step) == 4
        for pitch, (low, high) in zip(reversed(step), VOICES.values(), strict=True):
            assert low <= pitch <= high


def test_melodies_are_transposed_by_octaves(task):
    low = MELODY.transposed(-24)
    assert task.harmonise(low, seed=1) == task.harmonise(MELODY, seed=1).transposed(-24)
    with pytest.raises(ValueError, match="within the soprano's range, 60 to 81"):
        task.harmonise(Score(((40,), (70,))))
    plain = new_task()
    plain.processor = dataclasses.replace(plain.processor, voices=None)
    with pytest.raises(ValueError, match="Expected a preset with voices"):
        plain.harmonise(MELODY)


def test_empty_pieces_and_large_chords_are_refused(task):
    with pytest.raises(ValueError, match="one step or more"):
        task.encode([[]])
    with pytest.raises(ValueError, match="at most 4 notes"):
        task.log_likelihood([[(60, 61, 62, 63, 64)]])


def test_evaluate_is_the_mean_over_steps(task):
    pieces = [[(60,), (62, 65)], [()] * 3]
    (metric,) = task.evaluate(pieces)
    assert metric.name == "nats_per_step"
    assert metric.value == pytest.approx(-task.log_likelihood(pieces).sum() / 5)
    assert metric.signature == "exact|whole pieces|steps:5|pieces:2"
    batched = task.log_likelihood(pieces, batch_size=1)
    np.testing.assert_allclose(batched, task.log_likelihood(pieces), rtol=1e-5)


def test_fit_learns_from_midi_files(tmp_path):
    none = dict.fromkeys(("input_dropout", "dropout", "recurrent_dropout"), 0.0)
    task = new_task(**none)
    before = task.evaluate(task._pieces(FOLDER))[0].value
    task.fit(
        FOLDER,
        validation=0.2,
        epochs=15,
        batch_size=3,
        learning_rate=0.03,
        average=2,
        directory=tmp_path / "work",
        verbose=0,
    )
    held = split(task._pieces(FOLDER), 0.2, 0)[1]
    assert task.evaluate(held)[0].value == pytest.approx(task.history["val_nats"][-1], rel=0.1)
    assert set(task.history) == {"loss", "nats", "val_loss", "val_nats"}
    assert task.history["val_nats"][-1] < 0.7 * before
    loaded = gru_zoo.load(task.save(tmp_path / "mine"))
    loaded.check_golden()
    assert loaded.processor == task.processor
    now = loaded.evaluate(task._pieces(midi.files(FOLDER)))[0].value
    assert now < 0.7 * before
    assert loaded.card.data[-1].examples == 5
    with pytest.raises(ValueError, match="validation=1.0 of 6 pieces"):
        task.fit(FOLDER, validation=1.0)


def test_half_precision():
    policy = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        task = new_task()
    finally:
        keras.mixed_precision.set_global_policy(policy)
    piece = [(60, 64), (62,)] * 4
    assert np.isfinite(task.log_likelihood([piece])).all()
    assert task.compose(bars=1, seed=1).bars == 1


def test_demo(task):
    assert [line.split(":")[0] for line in task.demo()] == ["compose(seed=1)", "compose(seed=2)"]
