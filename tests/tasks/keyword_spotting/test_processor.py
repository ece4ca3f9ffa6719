import numpy as np
import pytest

from gru_zoo.audio.augmentation import Augmentation
from gru_zoo.audio.sound import Sound
from gru_zoo.tasks.keyword_spotting.batches import ClipBatches
from gru_zoo.tasks.keyword_spotting.processor import (
    KeywordSpottingProcessor,
    crop_or_pad,
    decode_clips,
)

PROCESSOR = KeywordSpottingProcessor(1_000, 0.1)


def test_crop_or_pad():
    assert crop_or_pad(np.arange(5), 3).tolist() == [1, 2, 3]
    assert crop_or_pad(np.arange(1, 3), 5).tolist() == [0, 1, 2, 0, 0]
    assert crop_or_pad(np.arange(3), 3).tolist() == [0, 1, 2]


def test_processor(tmp_path):
    PROCESSOR.save(tmp_path)
    assert KeywordSpottingProcessor.load(tmp_path) == PROCESSOR
    wave = PROCESSOR.encode(np.full((100, 2), 0.5), 2_000)
    assert wave.shape == (100,) and wave.dtype == np.float32
    np.testing.assert_allclose(wave[35:65], 0.5, atol=0.01)
    assert not wave[:25].any() and not wave[75:].any()
    (tmp_path / "processor.json").write_text('{"rate": 1}')
    with pytest.raises(ValueError, match=r"Expected the settings \['rate', 'seconds'\]"):
        KeywordSpottingProcessor.load(tmp_path)


def test_decoded_keeps_a_cache(tmp_path):
    clips = [Sound(np.full(100, value), 1_000) for value in (0.5, 2.0, -0.25)]
    cache = tmp_path / "folder" / "clips.npy"
    waves = decode_clips(clips, PROCESSOR, cache=cache)
    assert waves.dtype == np.int16 and waves[:, 50].tolist() == [16384, 32767, -8192]
    np.testing.assert_array_equal(decode_clips([None] * 3, PROCESSOR, cache=cache), waves)
    assert [path.name for path in cache.parent.iterdir()] == ["clips.npy"]
    with pytest.raises(ValueError, match="made from other clips"):
        decode_clips(clips[:2], PROCESSOR, cache=cache)


def batches(**options):
    waves = np.repeat(np.arange(1, 11, dtype="int16")[:, None] * 1_000, 100, axis=1)
    targets = np.eye(3, dtype="float32")[np.arange(10) % 3]
    return ClipBatches(waves, targets, batch_size=4, rate=1_000, **options)


def test_validation_keeps_every_clip_in_order():
    plain = batches()
    waves, targets = (np.concatenate(parts) for parts in zip(*plain, strict=True))
    np.testing.assert_allclose(waves[:, 0], np.arange(1, 11) * 1_000 / 32768)
    assert targets.argmax(axis=1).tolist() == [i % 3 for i in range(10)]


def test_training_varies_by_epoch_and_adds_silence():
    train = batches(augmentation=Augmentation(), silence=2, seed=3)
    assert len(train) == 2
    waves, targets = train[0]
    assert waves.shape == (5, 100) and targets.shape == (5, 3)
    again = batches(augmentation=Augmentation(), silence=2, seed=3)
    np.testing.assert_array_equal(again[0][0], waves)
    again.epoch = 1
    assert (again[0][0] != waves).any()


def test_silence_is_noise():
    still = Augmentation(mixup=0, smoothing=0)
    waves, targets = batches(augmentation=still, silence=2)[0]
    assert (targets[4:] == [0, 0, 1]).all()
    assert (np.abs(waves[4:]).max(axis=1) > 0).all()


def test_unknown_words_are_clips_played_backwards():
    nothing = {"shift": 0, "speed": 0, "response": 0, "gain": (0, 0), "noisy": 0, "mixup": 0}
    train = batches(augmentation=Augmentation(**nothing, smoothing=0), unknown=1)
    train.waves[:, :50] = 0
    waves, targets = train[0]
    np.testing.assert_allclose(waves[4], waves[0, ::-1], atol=1e-6)
    assert targets[4].tolist() == [0, 1, 0]


def test_an_epoch_takes_so_many_of_a_class():
    train = batches(augmentation=Augmentation(), max_per_class=2, seed=1)
    first = np.concatenate(train._plan)
    train.epoch = 1
    second = np.concatenate(train._plan)
    for rows in (first, second):
        assert np.bincount(rows % 3).max() <= 2 and len(rows) == 4
    assert set(first) != set(second)


def test_a_teacher_makes_half_of_the_targets():
    plain = batches(augmentation=Augmentation())[0][1]
    taught = batches(augmentation=Augmentation(), teacher=lambda waves: np.full((4, 3), 1 / 3))
    np.testing.assert_allclose(taught[0][1], plain / 2 + 1 / 6, rtol=1e-5)
