"""Damaged files are read or refused; `python tools/fuzz.py` tries 10,000 of each format."""

import signal

import pytest

from tests.backends import only_on
from tools import fuzz

pytestmark = [
    only_on("torch", "no reader of files has a part in a backend"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def formats(tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setattr(fuzz, "FOLDER", tmp_path_factory.mktemp("fuzz"))
    handler = signal.signal(signal.SIGALRM, fuzz.alarm)
    yield fuzz.formats()
    signal.signal(signal.SIGALRM, handler)
    patch.undo()


NAMES = "wav flac ogg mp3 midi csv jsonl series log pgn squad card weights npz packed".split()


def test_every_format_is_here(formats):
    assert list(formats) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_damaged_files_are_read_or_refused(formats, name):
    assert fuzz.fuzz(name, formats[name], count=60, seed=1) == []


def test_a_fault_is_found(formats):
    broken = formats["csv"]._replace(read=lambda path: path.read_bytes()[10_000])
    with pytest.raises(IndexError):
        fuzz.fuzz("csv", broken, count=1, seed=0)


def test_an_error_of_another_kind_is_a_fault(formats, tmp_path):
    def read(path):
        if path.read_bytes() != formats["csv"].content:
            raise KeyError("text")

    (fault,) = fuzz.fuzz("csv", formats["csv"]._replace(read=read), count=1, seed=0)
    assert "KeyError: 'text'" in fault
