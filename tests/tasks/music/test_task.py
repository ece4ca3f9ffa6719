import dataclasses
import itertools
import re

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
from tests.tasks.music.made_files import midi_file, notes, track
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


SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_scale_stays_a_scale(task, count, tmp_path):
    path = Score(tuple((p,) for p in SCALE), 70, count).save(tmp_path / "x.mid")
    for prompt in (path, Score.load(path), Score.load(path, 12)):
        score = task.continue_(prompt, bars=1, seed=1)
        assert [note.pitch for note in score.notes[:8]] == [*SCALE]
        assert (score.tempo, score.steps_per_beat) == (70, count)
        assert score.beats == pytest.approx(8 / count + 4)


def test_long_notes_take_the_steps_of_the_model(task):
    halves = Score(tuple((p,) for p in SCALE for _ in range(8)), steps_per_beat=4)
    score = task.continue_(halves, bars=1, seed=1)
    assert score.steps_per_beat == 1 and score.steps[:4] == ((60,), (60,), (62,), (62,))


def test_notes_beside_the_grid_do_not_become_chords(task, tmp_path):
    path = tmp_path / "x.mid"
    starts = [n + beside for n in range(60) for beside in (0, *[0.9] * (n == 30))]
    events = notes([60 + n % 7 for n in range(61)], starts, [0.1] * 61, 96)
    path.write_bytes(midi_file([track(events)], 96))
    with pytest.warns(UserWarning, match="1 of 61 notes of .*x.mid' are left out: they lie betw"):
        score = task.continue_(path, bars=1, seed=1)
    assert {len(step) for step in score.steps[:60]} == {1}


@pytest.mark.parametrize(
    ("meter", "count"), [((3, 4), 3), ((6, 8), 6), ((5, 4), 5), ((7, 8), 7), ((3, 8), 3)]
)
def test_pieces_are_continued_in_their_meter(task, tmp_path, meter, count):
    prompt = Score(((60,), (64,), (67,), (64,)) * count, 100, 2, meter)
    score = task.continue_(prompt.save(tmp_path / "x.mid"), bars=2, seed=1)
    added = 2 * 4 * meter[0] / meter[1]
    assert score.meter == meter and score.meter_changes == ()
    assert score.beats == prompt.beats + added and score.bars == prompt.bars + 2
    assert Score.load(score.save(tmp_path / "y.mid")).meter == meter
    new = [note.start for note in score.notes if note.start >= prompt.beats]
    assert set(new) & set(score.bar_lines)


def test_the_last_tempo_and_meter_go_on(task):
    prompt = Score(((60,),) * 10, 60, meter_changes=((4, (3, 4)),), tempo_changes=((8, 120),))
    score = task.continue_(prompt, bars=2, seed=1)
    assert score.seconds == pytest.approx(8 + 8 / 2) and score.bars == 5
    assert score.meter_changes == prompt.meter_changes


def test_repeated_notes_stay_repeated(task, tmp_path):
    struck = ((67,), (67,), (), (67,))
    path = Score(((67,),) * 4, struck=struck).save(tmp_path / "x.mid")
    for score in (task.continue_(path, bars=1, seed=1), task.harmonise(path, seed=1)):
        own = [(n.start, n.length) for n in score.notes if n.pitch == 67 and n.start < 4]
        assert own[:2] == [(0, 1), (1, 2)] and own[2][0] == 3


def test_files_that_cannot_be_read_are_left_out(task, tmp_path):
    for name in "abc":
        Score(MELODY.steps).save(tmp_path / f"{name}.mid")
    Score(((),)).save(tmp_path / "silent.mid")
    (tmp_path / "text.mid").write_text("no music")
    (tmp_path / "._a.mid").write_text("of a Mac")
    (tmp_path / "notes.txt").write_text("...")
    expected = task._pieces([tmp_path / "a.mid"]) * 3
    with pytest.warns(UserWarning) as caught:
        assert task._pieces(tmp_path) == expected
    passed_over, left_out = (str(warning.message) for warning in caught)
    assert "1 with .txt" in passed_over
    assert left_out.startswith("2 of 5 pieces are left out.\n")
    assert re.search("Received: '.*silent.mid', which has none", left_out)
    assert re.search("text.mid' is not a MIDI file", left_out) and "._a" not in left_out
    with pytest.raises(ValueError, match="pieces that can be read. Received: none.\n.*silent.mid"):
        task.fit([tmp_path / "silent.mid"])


def test_harmonise(task):
    score = task.harmonise(MELODY, seed=1)
    assert score == task.harmonise(MELODY, seed=1)
    assert len(score.steps) == len(MELODY.steps)
    assert score.remark == "The melody was harmonized 5 semitones higher, in C, and moved back."
    for step, melody in zip(score.transposed(5).steps, MELODY.transposed(5).steps, strict=True):
        if not melody:
            assert step == ()
            continue
        assert step[-1:] == melody and len(step) == 4
        for pitch, (low, high) in zip(reversed(step), VOICES.values(), strict=True):
            assert low <= pitch <= high


def test_every_key_and_octave_is_harmonized_alike(task):
    expected = task.harmonise(MELODY, seed=1)
    for semitones in (-24, -11, -7, -3, 2, 6, 12):
        score = task.harmonise(MELODY.transposed(semitones), seed=1)
        assert score == expected.transposed(semitones)


@pytest.mark.parametrize("lowest", [41, 57, 66])
def test_every_melody_of_two_octaves_is_harmonized(task, lowest):
    tune = Score(tuple((lowest + pitch,) for pitch in (0, 4, 7, 12, 24, 12, 7)))
    score = task.harmonise(tune, seed=1)
    assert [step[-1:] for step in score.steps] == [*tune.steps]
    assert all(len(step) == 4 for step in score.steps) and "harmonized" in score.remark


def test_what_is_no_melody(task):
    with pytest.raises(ValueError, match="between the pitches 54 and 108 .* from 30 to 100"):
        task.harmonise(Score(((30,), (100,))))
    chords = Score(((60, 64), (62,), (60, 67, 71)))
    with pytest.raises(ValueError, match="a melody, one note at a time. Received: up to 3 tog"):
        task.harmonise(chords)
    score = task.harmonise(chords, seed=1, top_line=True)
    assert [step[-1] for step in score.steps] == [64, 62, 71]
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
