"""The sets of running text, and files of one's own."""

import dataclasses
import gzip
import hashlib
import lzma

import pytest

from gru_zoo import data
from gru_zoo.data import plain_text, ptb, tiny_shakespeare, wikitext2
from gru_zoo.text.word_count import count_words

PLAY = "ROMEO:\nIs the day so young?\n"
SENTENCES = " no it was n't <unk> \n but N points \n"
ARTICLE = " \n = Robert <unk> = \n \n Robert is an actor . \n"
PACK = {"gz": gzip.compress, "xz": lzma.compress}


@pytest.fixture
def small(serve, tmp_path, monkeypatch):
    """Small files stand in for the published ones, packed in a data folder and on a server."""

    def install(module, texts, ending):
        folder, web = tmp_path / "data" / module.SOURCE.name, tmp_path / "web"
        folder.mkdir(parents=True)
        web.mkdir(exist_ok=True)
        digests = {}
        for name, text in texts.items():
            raw = text.encode()
            (web / name).write_bytes(raw)
            (folder / f"{name}.{ending}").write_bytes(PACK[ending](raw))
            digests[name] = hashlib.sha256(raw).hexdigest()
        files = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}
        server = serve(web)
        url = server.url("").rstrip("/")
        source = dataclasses.replace(module.SOURCE, files=files, url=url)
        monkeypatch.setattr(module, "SOURCE", source)
        return digests, server

    return install


def test_tiny_shakespeare_is_cut_by_characters(small, tmp_path, monkeypatch):
    digests, server = small(tiny_shakespeare, {"input.txt": PLAY}, "gz")
    monkeypatch.setattr(tiny_shakespeare, "SHA256", digests["input.txt"])
    monkeypatch.setattr(tiny_shakespeare, "CHARACTERS", len(PLAY))
    for root in (tmp_path / "data", None):
        (train,) = data.load("tiny-shakespeare", "train", root)
        (last,) = data.load("tiny-shakespeare", "last_10_percent", root)
        assert train + last == PLAY
        assert len(train) == int(0.9 * len(PLAY))
    assert server.requested == ["/input.txt"]
    monkeypatch.setattr(tiny_shakespeare, "CHARACTERS", 1_115_394)
    with pytest.raises(ValueError, match="expected 1,115,394 examples, received 28"):
        tiny_shakespeare.load("train")


@pytest.mark.parametrize(
    "module, name, text, ending, expected",
    [
        (ptb, "ptb.test.txt", SENTENCES, "gz", "no it was n't <unk>\nbut N points\n"),
        (wikitext2, "test.txt", ARTICLE, "xz", "\n= Robert <unk> =\n\nRobert is an actor .\n"),
    ],
)
def test_word_sets_count_the_ends_of_lines(
    small, tmp_path, monkeypatch, module, name, text, ending, expected
):
    digests, _ = small(module, {name: text}, ending)
    monkeypatch.setattr(module, "SHA256", {"test": digests[name]})
    monkeypatch.setattr(module, "WORDS", {"test": len(text.split()) + text.count("\n")})
    for root in (tmp_path / "data", None):
        assert data.load(module.SOURCE.name, "test", root) == [expected]
    monkeypatch.setattr(module, "WORDS", {"test": 99})
    with pytest.raises(ValueError, match="expected 99 examples"):
        module.load("test")


@pytest.mark.parametrize("module", [ptb, tiny_shakespeare, wikitext2])
def test_an_unknown_split_is_an_error(module):
    with pytest.raises(ValueError, match="has the splits .* Received: split='dev'"):
        module.load("dev")


def test_own_files(tmp_path):
    path = tmp_path / "my.txt"
    path.write_bytes("\ufeffnaïve\r\nlines\r\n".encode())
    assert plain_text.own(path) == "naïve\nlines\n"
    path.write_bytes("naïve".encode("latin-1"))
    with pytest.raises(ValueError, match="Expected UTF-8 text in '.*my.txt'. Received: 'utf-8'"):
        plain_text.own(path)
    path.write_text(" \n")
    with pytest.raises(ValueError, match="Received: 2 blank characters"):
        plain_text.own(path)
    with pytest.raises(FileNotFoundError):
        plain_text.own(tmp_path / "none.txt")


@pytest.mark.data
def test_real_texts(data_root):
    (train,) = data.load("tiny-shakespeare", "train", data_root)
    (last,) = data.load("tiny-shakespeare", "last_10_percent", data_root)
    assert train.startswith("First Citizen:") and len(set(train + last)) == 65
    assert (len(train), len(last)) == (1_003_854, 111_540)
    for name, module in (("wikitext-2", wikitext2), ("ptb", ptb)):
        for split, count in module.WORDS.items():
            (text,) = data.load(name, split, data_root)
            assert count_words(text) == count
            packed = next(f for f in module.SOURCE.files if split in f)
            unpack = {"gz": gzip, "xz": lzma}[packed[-2:]].open
            with unpack(data_root / name / packed) as file:
                assert hashlib.sha256(file.read()).hexdigest() == module.SHA256[split]
