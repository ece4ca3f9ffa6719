"""Sets of recordings of movements."""

import dataclasses
import gzip
import hashlib

import numpy as np
import pytest

from gru_zoo import data
from gru_zoo.data import japanese_vowels, utd_mhad


def put(folder, name, content):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return {name: hashlib.sha256(content).hexdigest()}


def test_utd_mhad(tmp_path, monkeypatch):
    arrays = {
        "skeleton": np.arange(5 * 60).reshape(5, 20, 3).astype("int16"),
        "inertial": np.arange(7 * 6).reshape(7, 6).astype("int16"),
        "action": np.array([1, 27], "uint8"),
        "subject": np.array([1, 2], "uint8"),
        "skeleton_len": np.array([2, 3]),
        "inertial_len": np.array([4, 3]),
        "skeleton_scale": np.array(0.5),
        "inertial_scale": np.full(6, 2.0),
    }
    path = tmp_path / "made.npz"
    np.savez(path, **arrays)
    (name,) = utd_mhad.SOURCE.files
    files = put(tmp_path / "utd_mhad", name, path.read_bytes())
    monkeypatch.setattr(utd_mhad, "SOURCE", dataclasses.replace(utd_mhad.SOURCE, files=files))
    monkeypatch.setattr(utd_mhad, "COUNTS", {"train": 1, "test": 1})
    (first,) = data.load("utd_mhad", "train", tmp_path)
    (second,) = data.load("utd_mhad", "test", tmp_path)
    assert (first.label, first.subject) == ("swipe left", "1")
    assert (second.label, second.subject) == ("squat", "2")
    np.testing.assert_array_equal(first.skeleton, arrays["skeleton"][:2] * 0.5)
    np.testing.assert_array_equal(second.signals, arrays["inertial"][4:] * 2)
    with pytest.raises(ValueError, match="'valid'"):
        data.load("utd_mhad", "valid", tmp_path)


def test_japanese_vowels(tmp_path, monkeypatch):
    row = ":".join(["1.5,2,3"] * 12)
    text = f"#\n@problemName X\n@data\n{row}:1\n{row}:9\n"
    name = "JapaneseVowels_TEST.ts.gz"
    files = put(tmp_path / "japanese_vowels", name, gzip.compress(text.encode()))
    source = dataclasses.replace(japanese_vowels.SOURCE, files=files)
    monkeypatch.setattr(japanese_vowels, "SOURCE", source)
    monkeypatch.setitem(japanese_vowels.COUNTS, "test", 2)
    first, last = data.load("japanese_vowels", "test", tmp_path)
    assert first.label == "speaker 1" and last.label == "speaker 9"
    np.testing.assert_array_equal(first.signals, np.repeat([[1.5], [2], [3]], 12, axis=1))
    monkeypatch.setitem(japanese_vowels.COUNTS, "test", 3)
    with pytest.raises(ValueError, match="expected 3 examples, received 2"):
        data.load("japanese_vowels", "test", tmp_path)


@pytest.mark.parametrize("name", ["utd_mhad", "japanese_vowels"])
def test_a_missing_folder(name, monkeypatch, tmp_path):
    monkeypatch.setenv("GRU_ZOO_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=f"'{name}': expected the file"):
        data.load(name, "train")
