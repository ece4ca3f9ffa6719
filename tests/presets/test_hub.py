"""Presets from the hub, with a download that lays files out as huggingface_hub does."""

import pathlib
import shutil
import sys
import types

import pytest

import gru_zoo
from gru_zoo.presets import store
from gru_zoo.presets.card import Card
from gru_zoo.presets.hub import download_snapshot

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def as_snapshot(preset: pathlib.Path, cache: pathlib.Path) -> pathlib.Path:
    """A snapshot of a preset: links into a store of files that are named by their checksums."""
    repository = cache / "models--owner--tiny"
    (repository / "blobs").mkdir(parents=True)
    snapshot = repository / "snapshots" / COMMIT
    for path in (path for path in preset.rglob("*") if path.is_file()):
        blob = repository / "blobs" / store.sha256(path)
        shutil.copyfile(path, blob)
        link = snapshot / path.relative_to(preset)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(blob)
    return snapshot


@pytest.fixture
def asked(monkeypatch, preset, tmp_path_factory):
    """What `snapshot_download` is asked for, one (repository, revision) a call."""
    snapshot = as_snapshot(preset, tmp_path_factory.mktemp("hub"))
    calls = []

    def snapshot_download(repo_id, *, revision=None):
        calls.append((repo_id, revision))
        return str(snapshot)

    package = types.SimpleNamespace(snapshot_download=snapshot_download)
    monkeypatch.setitem(sys.modules, "huggingface_hub", package)
    return calls


def test_a_snapshot_of_links_is_loaded(asked, tiny):
    task = gru_zoo.load("hf://owner/tiny")
    assert asked == [("owner/tiny", None)]
    task.check_golden()
    assert task.predict("good").label in tiny.labels


@pytest.mark.parametrize("revision", ["v1.0", COMMIT, "refs/pr/1"])
def test_a_revision_is_asked_for_and_its_commit_recorded(asked, revision, tmp_path):
    card = gru_zoo.card(f"hf://owner/tiny@{revision}")
    assert asked == [("owner/tiny", revision)]
    assert card.training["source"] == f"hf://owner/tiny@{COMMIT}"
    task = gru_zoo.load(f"hf://owner/tiny@{revision}")
    assert task.card == card
    assert gru_zoo.card(task.save(tmp_path / "mine")).training["source"] == card.training["source"]
    record = Card.load(tmp_path / "mine")  # a card of schema 1 like any other
    assert record.training["source"] in (tmp_path / "mine" / "README.md").read_text("utf-8")


def test_a_file_behind_a_link_is_checked(asked):
    folder = store.find("hf://owner/tiny")
    weights = (folder / "model.weights.h5").resolve()
    weights.write_bytes(weights.read_bytes()[:-10])
    with pytest.raises(ValueError, match="damaged or was changed"):
        gru_zoo.load("hf://owner/tiny")


@pytest.mark.parametrize(
    "url", ["hf://nobody", "hf://a/b/c", "hf://a/b@", "hf:///b", "hf://", "hf://@main", "hf://a/@x"]
)
def test_other_urls(url):
    with pytest.raises(ValueError, match=f"'hf://owner/name@revision'. Received: '{url}'"):
        store.find(url)


def test_the_package_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ImportError, match=r"pip install 'gru-zoo\[hub\]'"):
        store.find("hf://owner/name")


class ConnectError(Exception):
    """As of an HTTP library, whose errors are no OSError."""


@pytest.mark.parametrize("kind", [ConnectError, FileNotFoundError, ValueError])
def test_errors_of_the_network_say_what_to_do(monkeypatch, kind):
    def snapshot_download(repo_id, *, revision=None):
        raise kind("401 Client Error.\n\nRepository Not Found for url: ...")

    package = types.SimpleNamespace(snapshot_download=snapshot_download)
    monkeypatch.setitem(sys.modules, "huggingface_hub", package)
    message = (
        rf"download 'hf://owner/name@v1'.*Received {kind.__name__}: 401 Client Error\. "
        "Check the name and the revision, the network connection"
    )
    with pytest.raises(OSError, match=message) as error:
        download_snapshot("hf://owner/name@v1")
    assert isinstance(error.value.__cause__, kind)
