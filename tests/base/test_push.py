"""Uploads to a hub on this machine and downloads from it, by the package huggingface_hub itself."""

import copy
import os
import re
import sys

import numpy as np
import pytest

import gru_zoo
from gru_zoo.presets.hub_page import hub_page
from tests.backends import only_on
from tests.hub_server import TOKEN, serving

pytestmark = only_on("torch", "the hub has files, which are the same on every backend")


def pop_package() -> dict:
    """Take the modules of huggingface_hub out of those that are imported."""
    names = [name for name in sys.modules if name.partition(".")[0] == "huggingface_hub"]
    return {name: sys.modules.pop(name) for name in names}


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A hub, with which a new import of huggingface_hub talks: it reads its variables only then."""
    pytest.importorskip("huggingface_hub", reason="huggingface_hub is missing: gru-zoo[hub]")
    for name in os.environ:
        if name.startswith(("HF_", "HUGGING")) or name == "TRANSFORMERS_OFFLINE":
            monkeypatch.delenv(name)
    with serving() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        imported = pop_package()
        yield server
        package = sys.modules.get("huggingface_hub")
        if hasattr(package, "close_session"):  # its sockets, in versions that keep them
            package.close_session()
        pop_package()
        sys.modules.update(imported)


def test_what_is_pushed_is_loaded(hub, tiny, saved):
    card, folder = tiny.card, tiny.folder
    url = tiny.push("hf://owner/small", message="Our first model")
    assert (tiny.card, tiny.folder) == (card, folder)
    repository = hub.repositories["owner/small"]
    assert url == f"hf://owner/small@{repository.head}"
    assert repository.messages == ["initial commit", "Our first model"]
    paths = {path.relative_to(saved).as_posix() for path in saved.rglob("*") if path.is_file()}
    assert set(repository.files) == {".gitattributes", *paths}

    task = gru_zoo.load("hf://owner/small")
    task.check_golden()
    inputs = tiny.golden_inputs()
    for ours, theirs in zip(task.golden_outputs(inputs), tiny.golden_outputs(inputs), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-3)  # float16 in the file
    assert task.card.name == "small" and task.card.training["source"] == url


def test_the_page_is_that_of_the_hub(hub, tiny):
    tiny.push("hf://owner/small")
    text = hub.repositories["owner/small"].files["README.md"].decode("utf-8")
    assert text in hub.pages  # the hub was asked whether its metadata are valid
    assert text == hub_page(
        gru_zoo.card("hf://owner/small").replace(training={}), "hf://owner/small"
    )


def test_a_commit_loads_what_was_pushed_then(hub, tiny):
    older = copy.copy(tiny)
    older.history = {"loss": [1.0, 0.5]}
    first = older.push("hf://owner/small")
    repository = hub.repositories["owner/small"]
    repository.commit({**repository.files, "picture.png": b"of the user"}, "A picture")
    second = tiny.push("hf://owner/small")
    assert "history.csv" not in repository.files and "picture.png" in repository.files
    assert len(repository.commits) == 4
    assert gru_zoo.load(first).history == {"loss": [1.0, 0.5]}
    assert gru_zoo.load(second).history == gru_zoo.load("hf://owner/small").history == {}


def test_a_private_repository(hub, tiny, monkeypatch):
    url = tiny.push("hf://owner/small", private=True)
    assert hub.repositories["owner/small"].private
    tiny.push("hf://owner/small")  # stays as private as it is
    assert hub.repositories["owner/small"].private
    monkeypatch.setenv("HF_TOKEN", "hf_of_another")
    with pytest.raises(OSError, match=rf"download '{url}'.*401 Client Error.*`hf auth login`"):
        gru_zoo.load(url)


def test_nothing_private_is_uploaded_for_all_to_read(hub, tiny):
    tiny.push("hf://owner/small")
    with pytest.raises(ValueError, match="'hf://owner/small', which exists and is public"):
        tiny.push("hf://owner/small", private=True)
    assert len(hub.repositories["owner/small"].commits) == 2


def test_without_a_login(hub, tiny, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_of_another")
    with pytest.raises(OSError, match="401 .*Log in with a token that may write") as e:
        tiny.push("hf://owner/small")
    assert str(e.value).startswith("Expected to upload to 'hf://owner/small' on the Hugging Face")
    assert not hub.repositories


@pytest.mark.parametrize(
    "url", ["owner/tiny", "hf://tiny", "hf://a/b/c", "hf://a/..", "hf://a/b@main", "hf://a/b c"]
)
def test_other_urls(tiny, url):
    with pytest.raises(ValueError, match=f"without a revision.* Received: '{re.escape(url)}'"):
        tiny.push(url)


def test_the_package_is_missing(tiny, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(ImportError, match=r"Uploading to 'hf://a/b'.*pip install 'gru-zoo\[hub\]'"):
        tiny.push("hf://a/b")
