import dataclasses
import hashlib
import pathlib
import subprocess
import sys

import pytest

from gru_zoo import data
from gru_zoo.data import imdb, sst
from gru_zoo.data.source import Source, cache_folder

CONTENT = b"a set of one file"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def source(serve, tmp_path):
    """A set of one file, and the server of its archive."""
    published = tmp_path / "published"
    published.mkdir()
    (published / "toy.zip").write_bytes(CONTENT)
    server = serve(published)
    toy = Source("toy", "", "", "", {"toy.txt": DIGEST}, server.url("toy.zip"), DIGEST)
    return toy, server


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "data" / "toy"
    folder.mkdir(parents=True)
    (folder / "toy.txt").write_bytes(CONTENT)
    return folder.parent


def test_the_given_folder_comes_before_the_variable(source, root, tmp_path, monkeypatch):
    toy, _ = source
    other = tmp_path / "other"
    (other / "toy").mkdir(parents=True)
    monkeypatch.setenv("GRU_ZOO_DATA", str(other))
    assert toy.folder(root) == root / "toy"
    assert toy.folder(None) == other / "toy"


@pytest.mark.parametrize("value", ["", None])
def test_without_a_folder_the_set_has_to_be_downloaded(source, monkeypatch, value):
    if value is not None:
        monkeypatch.setenv("GRU_ZOO_DATA", value)
    assert source[0].folder(None) is None


def test_a_data_folder_of_other_sets_leads_to_the_download(source, monkeypatch, tmp_path):
    monkeypatch.setenv("GRU_ZOO_DATA", str(tmp_path))
    assert source[0].folder(None) is None


def test_a_given_folder_without_the_set_is_an_error(source, tmp_path):
    with pytest.raises(FileNotFoundError, match="expected the folder .*toy.*the root argument"):
        source[0].folder(tmp_path)


def test_a_variable_that_names_no_folder_is_an_error(source, tmp_path, monkeypatch):
    monkeypatch.setenv("GRU_ZOO_DATA", str(tmp_path / "typo"))
    with pytest.raises(FileNotFoundError, match=r"as set by \$GRU_ZOO_DATA.*Put toy.txt there"):
        source[0].folder(None)


def test_a_local_file_is_found(source, root):
    assert source[0].local_file(root / "toy", "toy.txt").read_bytes() == CONTENT


def test_a_damaged_local_file_is_an_error(source, root):
    (root / "toy" / "toy.txt").write_bytes(CONTENT[:-1])
    with pytest.raises(ValueError, match=f"is damaged .* Expected sha256 {DIGEST}, received"):
        source[0].local_file(root / "toy", "toy.txt")


def test_a_missing_local_file_is_an_error_that_lists_the_folder(source, root):
    (root / "toy" / "toy.txt").rename(root / "toy" / "Toy.text")
    with pytest.raises(FileNotFoundError, match=r"toy.txt', which .* holds \['Toy.text'\]"):
        source[0].local_file(root / "toy", "toy.txt")


def test_a_download_is_kept(source):
    toy, server = source
    path = toy.download()
    assert path == cache_folder() / "toy" / "toy.zip"
    assert path.read_bytes() == CONTENT
    assert toy.download() == path
    assert server.requested == ["/toy.zip"]


def test_a_cut_off_download_is_fetched_again(source):
    toy, server = source
    toy.download().write_bytes(CONTENT[:5])
    assert toy.download().read_bytes() == CONTENT
    assert server.requested == ["/toy.zip"] * 2


def test_a_download_of_another_content_is_an_error_and_not_kept(source):
    toy = dataclasses.replace(source[0], sha256="0" * 64)
    with pytest.raises(ValueError, match="is damaged .* Expected sha256 0000"):
        toy.download()
    assert not (cache_folder() / "toy" / "toy.zip").exists()


def test_a_failed_download_says_where_was_looked(source):
    toy, server = source
    toy = dataclasses.replace(toy, url=server.url("moved.zip"))
    with pytest.raises(OSError, match=r"404.*GRU_ZOO_DATA \(not set\).*Check the network"):
        toy.download()


def test_the_cache_is_in_the_home_folder_by_default(monkeypatch):
    monkeypatch.delenv("GRU_ZOO_HOME")
    assert cache_folder() == pathlib.Path.home() / ".cache" / "gru_zoo" / "datasets"


@pytest.mark.parametrize("module", [imdb, sst])
def test_a_source_is_complete(module):
    for field in dataclasses.fields(Source):
        assert getattr(module.SOURCE, field.name), field.name
    for digest in (*module.SOURCE.files.values(), module.SOURCE.sha256):
        assert len(digest) == 64
    assert module.SOURCE.url.startswith("https://")


def test_an_unknown_set_names_the_closest():
    with pytest.raises(ValueError, match="among .*'imdb', .*dataset='imbd'. Did you mean 'imd"):
        data.load("imbd", "train")


@pytest.mark.parametrize("name", data.DATASETS)
def test_an_unknown_split_lists_the_splits(name):
    with pytest.raises(ValueError, match="has the splits '.*Received: split='trains'"):
        data.load(name, "trains")


def test_reading_local_data_imports_no_keras(tmp_path):
    code = (
        "import sys, gru_zoo.data, gru_zoo.data.imdb, gru_zoo.data.sst\n"
        "try: gru_zoo.data.load('imdb', 'train', sys.argv[1])\n"
        "except FileNotFoundError: pass\n"
        "print([name for name in ('keras', 'tensorflow', 'numpy') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    repository = pathlib.Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=repository)
    assert done.stdout.strip() == "[]"
