import dataclasses
import hashlib

import numpy as np
import pytest
import scipy.io

from gru_zoo import data
from gru_zoo.data import polyphonic_music

STEPS = {
    "train": [[(21, 60), ()], [(108,)]],
    "valid": [[(60, 64, 67)] * 3],
    "test": [[(), (40,)]],
}


@pytest.fixture
def published(serve, tmp_path, monkeypatch):
    """A small file stands in for the published one, in a data folder and on a server."""
    folder = tmp_path / "data" / "polyphonic_music"
    folder.mkdir(parents=True)
    cells = {}
    for split, pieces in STEPS.items():
        cells[f"{split}data"] = np.empty((1, len(pieces)), object)
        for index, piece in enumerate(pieces):
            roll = np.zeros((len(piece), 88), "uint8")
            for row, step in zip(roll, piece, strict=True):
                row[[pitch - 21 for pitch in step]] = 1
            cells[f"{split}data"][0, index] = roll
    path = folder / "JSB_Chorales.mat"
    scipy.io.savemat(path, cells)
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    server = serve(folder)
    source = dataclasses.replace(
        polyphonic_music.SOURCES["jsb_chorales"],
        files={path.name: checksum},
        url=server.url(path.name),
        sha256=checksum,
    )
    monkeypatch.setitem(polyphonic_music.SOURCES, "jsb_chorales", source)
    counts = {split: len(pieces) for split, pieces in STEPS.items()}
    monkeypatch.setitem(polyphonic_music.COUNTS, "jsb_chorales", counts)
    return server


@pytest.mark.parametrize("split", STEPS)
def test_downloaded_and_from_a_folder(published, split, tmp_path):
    assert data.load("jsb_chorales", split) == STEPS[split]
    assert data.load("jsb_chorales", split, tmp_path / "data") == STEPS[split]
    assert published.requested == ["/JSB_Chorales.mat"]


def test_unknown_split_and_music():
    with pytest.raises(ValueError, match="has the splits 'train', 'valid', 'test'. Received"):
        data.load("nottingham", "dev")
    with pytest.raises(ValueError, match="Received: music='jazz'"):
        polyphonic_music.load("train", music="jazz")


def test_missing_pieces_are_an_error(published, monkeypatch):
    counts = {**polyphonic_music.COUNTS["jsb_chorales"], "valid": 76}
    monkeypatch.setitem(polyphonic_music.COUNTS, "jsb_chorales", counts)
    with pytest.raises(ValueError, match="'valid': expected 76 examples, received 1"):
        data.load("jsb_chorales", "valid")


@pytest.mark.data
@pytest.mark.parametrize(
    ("music", "steps"),
    [
        ("jsb_chorales", {"train": 13_807, "valid": 4_602, "test": 4_725}),
        ("nottingham", {"train": 176_561, "valid": 45_513, "test": 44_463}),
        ("piano_midi", {"train": 75_911, "valid": 8_540, "test": 19_036}),
    ],
)
def test_the_published_sets(data_root, music, steps):
    pieces = {split: data.load(music, split, data_root) for split in steps}
    assert {split: sum(map(len, part)) for split, part in pieces.items()} == steps
    pitches = {pitch for part in pieces.values() for p in part for step in p for pitch in step}
    assert min(pitches) >= 21 and max(pitches) <= 108
