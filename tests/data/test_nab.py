"""The Numenta Anomaly Benchmark, with a small archive in its place."""

import dataclasses
import hashlib
import json
import zipfile

import numpy as np
import pytest

from gru_zoo import data
from gru_zoo.data import nab
from tests.backends import only_on

pytestmark = only_on("torch", "data sets are the same on every backend")

STEPS = 40


@pytest.fixture
def small_nab(monkeypatch, tmp_path):
    """An archive of two series, of which one has a window at steps 30 to 33."""
    folder = tmp_path / "nab"
    folder.mkdir()
    times = np.datetime64("2014-04-01T00:00:00") + np.arange(STEPS) * np.timedelta64(5, "m")
    texts = [str(time).replace("T", " ") for time in times]
    rows = "\n".join(["timestamp,value", *(f"{text},{i}.5" for i, text in enumerate(texts))])
    windows = {
        "realTraffic/occupancy_6005.csv": [[f"{texts[30]}.000000", f"{texts[33]}.000000"]],
        "artificialNoAnomaly/art_noisy.csv": [],
    }
    with zipfile.ZipFile(folder / nab._FILE, "w") as archive:
        archive.writestr("labels/combined_windows.json", json.dumps(windows))
        for name in windows:
            archive.writestr(f"data/{name}", rows + "\n")
    digest = hashlib.sha256((folder / nab._FILE).read_bytes()).hexdigest()
    source = dataclasses.replace(nab.SOURCE, files={nab._FILE: digest})
    monkeypatch.setattr(nab, "SOURCE", source)
    monkeypatch.setattr(nab, "SERIES", 2)
    return tmp_path


def test_series_have_times_and_windows(small_nab):
    first, second = data.load("nab", "standard", small_nab)
    assert (first.origin, first.windows) == ("artificialNoAnomaly/art_noisy", ())
    assert second.windows == ((30, 33),) and second.values[3] == 3.5
    assert second.times[1] - second.times[0] == np.timedelta64(300, "s")


def test_the_shared_series_lack_their_last_step(small_nab):
    (one,) = data.load("nab", "tsb_ad_18", small_nab)
    assert len(one.values) == len(one.times) == STEPS - 1 and one.windows == ((30, 32),)


def test_wrong_splits_and_counts_are_errors(small_nab, monkeypatch):
    with pytest.raises(ValueError, match="train"):
        data.load("nab", "train", small_nab)
    monkeypatch.setattr(nab, "SERIES", 58)
    with pytest.raises(ValueError, match="58"):
        data.load("nab", "standard", small_nab)
