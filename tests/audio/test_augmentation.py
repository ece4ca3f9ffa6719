import numpy as np
import pytest

from gru_zoo.audio.augmentation import Augmentation, apply_response, pink_noise, warp

RATE = 2_000
NOTHING = {"shift": 0, "speed": 0, "response": 0, "gain": (0, 0), "noisy": 0, "mixup": 0}
TARGETS = np.eye(4, dtype="float32")


def waves(count=4):
    time = np.arange(RATE) / RATE
    pitch = np.arange(1, count + 1)[:, None] * 50
    return (0.3 * np.sin(2 * np.pi * pitch * time)).astype("float32")


def varied(x=None, targets=TARGETS, seed=1, **options):
    x = waves() if x is None else x
    augment = Augmentation(**{**NOTHING, "smoothing": 0, **options})
    return augment(x, targets, pink_noise(3 * RATE), RATE, np.random.default_rng(seed))


def level(x):
    return 10 * np.log10(np.mean(np.square(x), axis=1))


def test_nothing_is_nothing():
    x, targets = varied()
    np.testing.assert_allclose(x, waves(), atol=1e-6)
    np.testing.assert_array_equal(targets, TARGETS)
    assert x.dtype == targets.dtype == np.float32


def test_shift_and_speed():
    x = np.random.default_rng(1).normal(size=(3, 100)).astype("float32")
    moved = warp(x, np.array([0, 3, -3]), np.ones(3))
    np.testing.assert_allclose(moved[0], x[0], atol=1e-5)
    np.testing.assert_allclose(moved[1], np.pad(x[1], (3, 0))[:100], atol=1e-5)
    np.testing.assert_allclose(moved[2], np.pad(x[2], (0, 3))[3:], atol=1e-5)
    fast = warp(x[:1], np.zeros(1), np.full(1, 2.0))[0]
    np.testing.assert_allclose(fast[25:75], x[0, ::2], atol=1e-5)
    assert not fast[:24].any() and not fast[76:].any()
    slow = warp(x[:1], np.zeros(1), np.full(1, 0.5))[0]
    np.testing.assert_allclose(slow[::2], x[0, 25:75], atol=1e-5)


def test_noise_is_as_loud_as_told():
    quiet, _ = varied(noisy=1, snr=(20, 20))
    noise = quiet - waves()
    np.testing.assert_allclose(level(waves()) - level(noise), 20, atol=0.1)
    some, _ = varied(np.tile(waves(), (50, 1)), np.tile(TARGETS, (50, 1)), noisy=0.3)
    changed = (abs(some - np.tile(waves(), (50, 1))) > 1e-4).any(axis=1).mean()
    assert 0.15 < changed < 0.45


@pytest.mark.parametrize("length", [100, RATE])
def test_noise_may_be_as_short_as_a_clip_or_shorter(length):
    augment = Augmentation(**{**NOTHING, "smoothing": 0, "noisy": 1, "snr": (20, 20)})
    random = np.random.default_rng(0)
    found, _ = augment(waves(), TARGETS, pink_noise(length), RATE, random)
    np.testing.assert_allclose(level(waves()) - level(found - waves()), 20, atol=0.1)


def test_silence_becomes_noise_of_many_levels():
    x, _ = varied(np.zeros((100, RATE), "float32"), np.tile(TARGETS, (25, 1)))
    levels = level(x)
    assert -71 < levels.min() < -60 and -35 < levels.max() < -24


def test_response_and_gain():
    x = apply_response(waves(2), np.array([[6.0, 6.0], [0.0, -40.0]]), RATE)
    np.testing.assert_allclose(x[0], waves(2)[0] * 10**0.3, atol=1e-4)
    assert level(x)[1] < level(waves(2))[1] - 5
    loud, _ = varied(gain=(40, 40))
    assert abs(loud).max() == 1.0


def test_mixup_mixes_waves_as_targets():
    x, targets = varied(mixup=1.0)
    np.testing.assert_allclose(x, targets @ waves(), atol=1e-5)
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-5)
    assert targets.max() < 1


def test_smoothing():
    _, targets = varied(smoothing=0.2)
    np.testing.assert_allclose(targets, 0.8 * TARGETS + 0.05, rtol=1e-6)


def test_a_seed_stands_for_its_variations():
    full = {**Augmentation().__dict__}
    first, again, other = (varied(seed=seed, **full) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first[0], again[0])
    assert (first[0] != other[0]).any()
    assert np.isfinite(first[0]).all() and abs(first[0]).max() <= 1


def test_pink_noise_falls_by_3_db_an_octave():
    power = np.abs(np.fft.rfft(pink_noise(1 << 14))) ** 2
    octaves = [power[1 << i : 2 << i].mean() for i in range(5, 12)]
    assert np.diff(10 * np.log10(octaves)) == pytest.approx(-3, abs=1)
