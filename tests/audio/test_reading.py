import io

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest
import soundfile

from gru_zoo import audio
from gru_zoo.audio.sound import Sound
from tests.paths import FIXTURES

FOLDER = FIXTURES / "sounds"
TONE = 0.5 * np.sin(2 * np.pi * 440 * np.arange(4_000) / 16_000)


def file_of(samples, rate=16_000, **options) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, **{"format": "WAV", **options})
    return file.getvalue()


def test_paths_bytes_and_arrays_are_the_same(tmp_path):
    data = file_of(TONE, subtype="FLOAT")
    (tmp_path / "tone.wav").write_bytes(data)
    for given in (data, tmp_path / "tone.wav", str(tmp_path / "tone.wav"), Sound(TONE, 16_000)):
        samples, rate = audio.read(given)
        assert rate == 16_000 and samples.dtype == np.float32
        np.testing.assert_allclose(samples, TONE, atol=1e-6)
    np.testing.assert_allclose(audio.read(TONE, 16_000).samples, TONE, atol=1e-6)


@pytest.mark.parametrize(
    ("options", "rate", "channels", "error"),
    [
        ({"subtype": "PCM_U8"}, 16_000, 1, 0.01),
        ({"subtype": "PCM_24"}, 96_000, 2, 1e-6),
        ({"subtype": "PCM_16"}, 44_100, 12, 1e-4),
        ({"format": "FLAC"}, 8_000, 1, 1e-4),
        ({"format": "OGG", "subtype": "OPUS"}, 16_000, 1, 0.1),
    ],
)
def test_formats(options, rate, channels, error):
    data = file_of(np.repeat(TONE[:, None], channels, axis=1), rate, **options)
    samples, found = audio.read(data)
    assert found == rate and samples.shape == (4_000,)
    np.testing.assert_allclose(samples, TONE, atol=error)


@pytest.mark.parametrize(
    ("given", "rate", "error", "message"),
    [
        (b"no sound at all", None, ValueError, "Expected a sound file such as .* the 15 bytes"),
        (b"", None, ValueError, "Received: the 0 bytes, which cannot be read"),
        (file_of(TONE[:0]), None, ValueError, "one sample or more"),
        (file_of(np.full(9, np.nan), subtype="FLOAT"), None, ValueError, "9 are infinite or NaN"),
        (np.zeros(0), 16_000, ValueError, "one sample or more"),
        (np.array([0.0, np.inf]), 16_000, ValueError, "1 are infinite or NaN"),
        (np.full(9, 12_000.0), 16_000, ValueError, "which reaches 12,000. Keep whole numbers"),
        (np.zeros((2, 3, 4)), 16_000, ValueError, r"\(samples, channels\). Received: shape \(2, 3"),
        (np.zeros((1, 16_000)), 16_000, ValueError, r"\(1, 16000\). Where.*pass samples.T"),
        (np.zeros(9, "complex64"), 16_000, TypeError, "dtype complex64"),
        (TONE, None, ValueError, "rate=None. Pass rate=16000"),
        (TONE, 10, ValueError, "from 1,000 to 768,000. Received: rate=10"),
        (file_of(TONE), 8_000, ValueError, "with arrays alone.*rate=8000 with bytes"),
        ("nowhere.wav", None, FileNotFoundError, "Received: 'nowhere.wav', which is no file"),
        (3, None, TypeError, "Received: int"),
    ],
)
def test_what_is_no_sound(given, rate, error, message):
    with pytest.raises(error, match=message):
        audio.read(given, rate)


def test_text_named_wav_and_a_truncated_file(tmp_path):
    path = tmp_path / "text.wav"
    path.write_text("RIFF? No, a text.")
    with pytest.raises(ValueError, match="text.wav', which cannot be read"):
        audio.read(path)
    path.write_bytes(file_of(TONE)[:4_044])
    np.testing.assert_allclose(audio.read(path).samples, TONE[:2_000], atol=1e-4)


def test_hours_are_refused(monkeypatch):
    monkeypatch.setattr("gru_zoo.audio.reading.MAX_SECONDS", 0.1)
    with pytest.raises(ValueError, match="Feed it piece by piece"):
        audio.read(file_of(TONE))


HEADERS = [
    file_of(TONE[:200]),
    file_of(TONE[:200], format="FLAC"),
    file_of(TONE, format="OGG", subtype="VORBIS"),
]


@hypothesis.settings(max_examples=60)
@hypothesis.given(
    st.sampled_from(HEADERS),
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 255)), max_size=8),
    st.integers(20, 10_000),
)
def test_damaged_headers_are_read_or_refused(file, changes, length):
    damaged = bytearray(file[:length])
    for place, value in changes:
        if place < len(damaged):
            damaged[place] = value
    try:
        samples, rate = audio.read(bytes(damaged))
    except ValueError:
        return
    assert np.isfinite(samples).all() and len(samples) and rate >= 1_000


def test_labeled_folders(tmp_path):
    paths, words = audio.labeled_files(FOLDER)
    assert len(paths) == 12 and words[0] == "falling" and words[-1] == "steady"
    with pytest.raises(FileNotFoundError, match="which has none"):
        audio.labeled_files(tmp_path)
    with pytest.raises(FileNotFoundError, match="which does not exist"):
        audio.labeled_files(tmp_path / "x")


def test_what_is_no_sound_in_labeled_folders(tmp_path):
    for name in ("lamp/a.wav", "lamp/._a.wav", "lamp/b.m4a", "fan/c.wav", "__MACOSX/d.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    with pytest.warns(UserWarning, match="are passed over: 1 with .m4a"):
        paths, words = audio.labeled_files(tmp_path)
    assert words == ["fan", "lamp"] and [path.name for path in paths] == ["c.wav", "a.wav"]
