import dataclasses
import hashlib
import io
import pathlib
import sys
import zipfile

import numpy as np
import pytest
import soundfile

from gru_zoo import data
from gru_zoo.audio.sound import Sound
from gru_zoo.data import fsdd, speech_commands, speech_commands_v2
from gru_zoo.data.examples import LabelledClip
from tests.backends import only_on

MEMBERS = {
    "train.zip": ["bed/01_nohash_0.opus", "go/01_nohash_0.opus", "on/02_nohash_1.opus"],
    "val.zip": ["yes/03_nohash_0.opus"],
    "test12.zip": [
        "_silence_/1024.opus",
        "_unknown_/six_04_nohash_0.opus",
        "go/04_nohash_1.opus",
        "off/05_nohash_0.opus",
        "up/05_nohash_0.opus",
    ],
    "test_extra.zip": ["cat/06_nohash_0.opus"],
    "probe_flac.zip": ["up/05_nohash_0.flac"],
    "background_noise.zip": ["_background_noise_/tap.opus"],
}
EXPECTED = {
    "train": [("unknown", "01"), ("go", "01"), ("unknown", "02")],
    "val": [("yes", "03")],
    "test10": [("silence", ""), ("unknown", "04"), ("go", "04"), ("up", "05")],
    "probe_flac": [("up", "05")],
    "probe_opus": [("up", "05")],
    "other_words": [("unknown", "06")],
    "background_noise": [("silence", "")],
}


def write(path, members, content=str.encode):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name in members:
            archive.writestr(name, content(name))
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def commands(tmp_path, monkeypatch):
    """Small archives stand in for those of the set."""
    folder = tmp_path / "data" / "speech_commands"
    files = {name: write(folder / name, members) for name, members in MEMBERS.items()}
    source = dataclasses.replace(speech_commands.SOURCE, files=files)
    monkeypatch.setattr(speech_commands, "SOURCE", source)
    for split, rows in EXPECTED.items():
        archive, _ = speech_commands.SPLITS[split]
        monkeypatch.setitem(speech_commands.SPLITS, split, (archive, len(rows)))
    return tmp_path / "data"


@pytest.mark.parametrize("split", EXPECTED)
def test_labels_and_speakers(commands, split):
    clips = data.load("speech_commands", split, commands)
    assert [(clip.label, clip.speaker) for clip in clips] == EXPECTED[split]
    assert {clip.label for clip in clips} <= set(speech_commands.LABELS)
    suffix = b".flac" if split == "probe_flac" else b".opus"
    assert all(clip.audio.endswith(suffix) for clip in clips)


def test_missing_clips_and_a_missing_set(commands, monkeypatch):
    monkeypatch.setitem(speech_commands.SPLITS, "val", ("val.zip", 2_047))
    with pytest.raises(ValueError, match="'val': expected 2,047 examples, received 1"):
        data.load("speech_commands", "val", commands)
    with pytest.raises(FileNotFoundError, match="'speech_commands_v2' is the whole set"):
        data.load("speech_commands", "val")


def digits(suffix):
    return [
        f"folder/{digit}_{speaker}_{take}{suffix}"
        for digit in range(10)
        for speaker in fsdd.SPEAKERS
        for take in range(50)
    ]


def sound(name):
    """Four samples that tell which clip it is."""
    digit, speaker, take = pathlib.PurePosixPath(name).stem.split("_")
    buffer = io.BytesIO()
    samples = np.array([int(digit), fsdd.SPEAKERS.index(speaker), int(take), 0], "int16")
    soundfile.write(buffer, samples, 8_000, format=pathlib.PurePosixPath(name).suffix[1:])
    return buffer.getvalue()


@only_on("torch", "thousands of clips are written, and none meets a backend")
def test_digits_from_a_folder_and_downloaded(tmp_path, serve, monkeypatch):
    names = digits(".flac")
    folder = tmp_path / "data" / "fsdd"
    files = {
        "train.zip": write(folder / "train.zip", [n for n in names if _take(n) >= 5], sound),
        "test.zip": write(folder / "test.zip", [n for n in names if _take(n) < 5], sound),
    }
    write(tmp_path / "served" / "master.zip", digits(".wav"), sound)
    server = serve(tmp_path / "served")
    source = dataclasses.replace(fsdd.SOURCE, files=files, url=server.url("master.zip"))
    monkeypatch.setattr(fsdd, "SOURCE", source)
    for split, takes in (("train", 40), ("valid", 5), ("test", 5)):
        local = data.load("fsdd", split, tmp_path / "data")
        assert len(local) == 60 * takes
        assert local[0].label == "zero" and local[-1].label == "nine"
        with pytest.raises(ValueError, match="The published set has changed"):
            data.load("fsdd", split)
        monkeypatch.setitem(fsdd.SHA256, split, fsdd.samples_sha256(clip.audio for clip in local))
        remote = data.load("fsdd", split)
        assert [clip.label for clip in remote] == [clip.label for clip in local]
        assert [clip.speaker for clip in remote] == [clip.speaker for clip in local]
        samples, _ = soundfile.read(io.BytesIO(remote[-1].audio), dtype="int16")
        assert samples[0] == 9 and samples[2] in fsdd.TAKES[split]
    assert server.requested == ["/master.zip"]


def _take(name):
    return int(name.rsplit("_")[-1].split(".")[0])


@only_on("tensorflow", "tensorflow-datasets imports TensorFlow")
def test_the_whole_set_by_tensorflow_datasets(monkeypatch):
    tfds = pytest.importorskip("tensorflow_datasets", reason="tensorflow-datasets is not installed")
    with tfds.testing.mock_data(num_examples=6):
        clips = data.load("speech_commands_v2", "train")
        again = data.load("speech_commands_v2", "val")
    assert len(clips) == len(again) == 6
    for clip in clips:
        assert isinstance(clip, LabelledClip) and isinstance(clip.audio, Sound)
        assert clip.label in speech_commands_v2.LABELS
        assert clip.audio.rate == 16_000 and clip.audio.samples.dtype == np.int16
        assert clip.audio.samples.ndim == 1


def test_without_tensorflow_datasets(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with pytest.raises(ImportError, match=r"pip install 'gru-zoo\[datasets\]'"):
        data.load("speech_commands_v2", "test")


def _percentage(speaker):
    """By which the official split assigns speakers (Warden 2018, section 6)."""
    most = 2**27 - 1
    return int(hashlib.sha1(speaker.encode()).hexdigest(), 16) % (most + 1) * 100 / most


@pytest.mark.data
def test_the_published_sets(data_root):
    splits = {split: data.load("speech_commands", split, data_root) for split in EXPECTED}
    speakers = {split: {clip.speaker for clip in clips} - {""} for split, clips in splits.items()}
    for split, (low, high) in {"val": (0, 10), "test10": (10, 20), "train": (20, 100)}.items():
        assert all(low <= _percentage(speaker) < high for speaker in speakers[split])
    assert speakers["probe_flac"] <= speakers["test10"]
    labels = [clip.label for clip in splits["test10"]]
    assert labels.count("unknown") == labels.count("silence") == 260
    digits = {split: data.load("fsdd", split, data_root) for split in fsdd.TAKES}
    assert [len(digits[split]) for split in ("train", "valid", "test")] == [2_400, 300, 300]
    for split, clips in digits.items():
        assert fsdd.samples_sha256(clip.audio for clip in clips) == fsdd.SHA256[split]
