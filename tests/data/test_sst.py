import dataclasses
import gzip
import hashlib
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_zoo import data
from gru_zoo.data import sst
from gru_zoo.data.examples import LabelledText

TREES = {
    "train": [
        "(4 (3 (2 A) (3 great)) (2 (2 film) (2 .)))",
        "(0 (1 (2 Is) (1 n't)) (2 (2 -LRB-) (2 (2 8\u00a01/2) (2 -RRB-))))",
        "(2 (2 and\\/or) (2 \\*))",
        "(1 (2 A) (1 film))",
    ],
    "dev": ["(3 (2 A) (3 hit))", "(2 (2 Whatever) (2 .))"],
    "test": ["(1 (2 No) (1 fun))"],
}


@pytest.fixture
def archive(serve, tmp_path, monkeypatch):
    """The small archive stands in for the published one, in a data folder and on a server."""
    folder = tmp_path / "data" / "sst"
    folder.mkdir(parents=True)
    path = folder / "trainDevTestTrees_PTB.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for split, trees in TREES.items():
            archive.writestr(f"trees/{split}.txt", "".join(tree + "\n" for tree in trees))
    server = serve(folder)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    small = dataclasses.replace(
        sst.SOURCE, files={path.name: digest}, url=server.url(path.name), sha256=digest
    )
    monkeypatch.setattr(sst, "SOURCE", small)
    counts = {
        2: {"train": 3, "dev": 1, "test": 1, "train_phrases": 8},
        5: {"train": 4, "dev": 2, "test": 1, "train_phrases": 21},
    }
    monkeypatch.setattr(sst, "COUNTS", counts)
    return server


def test_two_classes_drop_the_neutral_sentences(archive):
    assert data.load("sst2", "train") == [
        LabelledText("A great film.", "positive"),
        LabelledText("Isn't (8\u00a01/2)", "negative"),
        LabelledText("A film", "negative"),
    ]
    assert data.load("sst2", "dev") == [LabelledText("A hit", "positive")]
    assert data.load("sst2", "test") == [LabelledText("No fun", "negative")]


def test_five_classes_keep_every_grade(archive):
    assert [e.label for e in data.load("sst5", "train")] == [
        "very positive",
        "very negative",
        "neutral",
        "negative",
    ]


def test_trees_keep_the_phrases_of_each_sentence(archive):
    assert sst.load_trees("dev") == [
        [("A", 2), ("hit", 3), ("A hit", 3)],
        [("Whatever", 2), (".", 2), ("Whatever .", 2)],
    ]
    with pytest.raises(ValueError, match="Received: split='train_phrases'"):
        sst.load_trees("train_phrases")


def test_phrases_are_distinct(archive):
    rows = sst.load_tokens("train_phrases")
    assert rows[:5] == [("A", 2), ("great", 3), ("A great", 3), ("film", 2), (".", 2)]
    assert len(rows) == len(set(rows)) == 21
    assert ("film", 1) in rows
    assert data.load("sst2", "train_phrases")[:2] == [
        LabelledText("great", "positive"),
        LabelledText("A great", "positive"),
    ]


def test_the_archive_is_downloaded_once_and_equals_the_data_folder(archive, tmp_path):
    for split in ("train", "dev", "test", "train_phrases"):
        assert sst.load(split, classes=5) == sst.load(split, tmp_path / "data", classes=5)
    assert archive.requested == ["/trainDevTestTrees_PTB.zip"]


def test_an_incomplete_archive_is_an_error(archive, monkeypatch):
    monkeypatch.setattr(sst, "COUNTS", {5: {"dev": 1_101}})
    with pytest.raises(
        ValueError, match="'sst5', split 'dev': expected 1,101 examples, received 2"
    ):
        sst.load("dev", classes=5)


def test_another_number_of_classes_is_an_error():
    with pytest.raises(ValueError, match="2 or 5 classes. Received: classes=3"):
        sst.load("dev", classes=3)


def test_children_come_before_their_parents():
    assert sst.parse_tree("(3 (2 (2 a) (1 b)) (4 c))") == [
        ("a", 2),
        ("b", 1),
        ("a b", 2),
        ("c", 4),
        ("a b c", 3),
    ]


@pytest.mark.parametrize(
    "tokens, text",
    [
        ("what 's next ?", "what's next?"),
        ("a moving , beautifully acted film .", "a moving, beautifully acted film."),
        ("do n't", "don't"),
        ("I wo n't ; you ca n't !", "I won't; you can't!"),
        ("words can not say", "words cannot say"),
        ("American not", "American not"),
        ("new `` Conan '' and", 'new "Conan" and'),
        ("` Analyze This ' ( 1999 )", "'Analyze This' (1999)"),
        ("( ' I speak , ' he says )", "('I speak,' he says)"),
        ("its characters ' lives", "its characters' lives"),
        ("a good time . ''", 'a good time."'),
        ("a little $ 1.8 million charmer", "a little $1.8 million charmer"),
        ("Revolution # 9 is 100 % fun", "Revolution #9 is 100% fun"),
        ("songs -- a few hits - or so", "songs -- a few hits - or so"),
        ("co-writer/director", "co-writer/director"),
        ("the story ... is sad ...", "the story... is sad..."),
        ("... a sour movie", "... a sour movie"),
        ("the '70s rock 'n' roll of 'em", "the '70s rock 'n' roll of 'em"),
        ("8\u00a01/2 : E.T. & you 've", "8\u00a01/2: E.T. & you've"),
        ("'s new", "'s new"),
        (".", "."),
    ],
)
def test_detokenise(tokens, text):
    assert sst.detokenize(tokens) == text


@given(st.lists(st.sampled_from("a film . , `` '' ` ' ( ) $ # n't 's can not -- ...".split())))
def test_detokenise_changes_only_spaces_and_quotes(tokens):
    quotes = {"``": '"', "''": '"', "`": "'"}
    text = sst.detokenize(" ".join(tokens))
    assert text.replace(" ", "") == "".join(quotes.get(token, token) for token in tokens)
    assert "  " not in text and text == text.strip()


@pytest.mark.data
@pytest.mark.parametrize("split", ["train", "dev", "test", "train_phrases"])
def test_the_trees_give_the_sentences_made_from_them_elsewhere(data_root, split):
    with gzip.open(data_root / "sst" / f"sst5.{split}.tsv.gz", "rt", encoding="utf-8") as file:
        lines = [line.split("\t") for line in file.read().strip("\n").split("\n")]
    assert sst.load_tokens(split, data_root) == [(text, int(grade)) for grade, text in lines]


@pytest.mark.data
@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_two_real_classes(data_root, split):
    with gzip.open(data_root / "sst" / f"sst2.{split}.tsv.gz", "rt", encoding="utf-8") as file:
        lines = [line.split("\t") for line in file.read().strip("\n").split("\n")]
    names = {"0": "negative", "1": "positive"}
    assert data.load("sst2", split, data_root) == [
        LabelledText(sst.detokenize(text), names[label]) for label, text in lines
    ]
