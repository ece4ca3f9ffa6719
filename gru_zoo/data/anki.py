"""Short everyday sentences of the Tatoeba project with translations, as made for Anki flashcards.

The sets have no published split. Here a hash of the source sentence decides the split, which so
does not depend on the order, length or version of the file. No sentence of "test" occurs in another
split, in either language.
"""

import hashlib
import lzma
import os
import pathlib
import zipfile

from gru_zoo.data.examples import ParallelText
from gru_zoo.data.normalize import normalize
from gru_zoo.data.source import Source, check_count, check_split

_LICENCE = (
    "CC BY 2.0 FR; attribution: www.manythings.org/anki and tatoeba.org, whose members wrote and "
    "translated the sentences"
)
_CITATION = (
    "Tatoeba Project, https://tatoeba.org; sentence pairs by Charles Kelly, "
    "https://www.manythings.org/anki/"
)
SOURCES = {
    "deu": Source(
        name="anki-deu-eng",
        homepage="https://www.manythings.org/anki/",
        licence=_LICENCE,
        citation=_CITATION,
        files={"deu.txt.xz": "aa6815002b155d14315ac44d6fdc90a8741e31f57a683febb6e718e0d840b10e"},
        url=(
            "https://raw.githubusercontent.com/rioyshky/translation/"
            "de48b7027f7318d77010a6e08ed928c10748c23d/deu-eng.zip"
        ),
        sha256="b7688f84f99fa33c17397c14d8bd9cef1fdeb2ee0bf50074767023aee8926e28",
    ),
    "fra": Source(
        name="anki-fra-eng",
        homepage="https://www.manythings.org/anki/",
        licence=_LICENCE,
        citation=_CITATION,
        files={"fra.txt.xz": "62a66fa85205362f1043ec23087cdaca244e67c5fb82354c7e4d2d25d04ac664"},
        url="http://d2l-data.s3-accelerate.amazonaws.com/fra-eng.zip",
        sha256="",
    ),
    "spa": Source(
        name="anki-spa-eng",
        homepage="https://www.manythings.org/anki/",
        licence=_LICENCE,
        citation=_CITATION,
        files={"spa-eng.zip": "0c4fd7825d3d872488d38c157f784e035edab4f2ff0df25a2a208790ecb5b58f"},
        url="http://storage.googleapis.com/download.tensorflow.org/data/spa-eng.zip",
        sha256="0c4fd7825d3d872488d38c157f784e035edab4f2ff0df25a2a208790ecb5b58f",
    ),
}
# Checksums of the text in the archives, which is the same in each archive.
TEXT_SHA256 = {
    "deu": "a79c90b3cd3102decffa49cc00fb6f20023974f2ae5c4782515bebe133fcc07b",
    "fra": "0bb85dbaa1c896844649094d7eaf2e34bee34e84fe362b26ce7e8f2e12aae104",
    "spa": "6ec60e212f812ee3430f7568ea6f33b6fb080e32193c5952e8da0ee8ba45574c",
}
PAIRS = {"deu": 169_813, "fra": 167_130, "spa": 118_964}  # in the whole file
# Source sentences.
COUNTS = {
    "deu": {"train": 130_932, "valid": 1_346, "test": 2_722},
    "fra": {"train": 112_898, "valid": 1_155, "test": 2_365},
    "spa": {"train": 108_898, "valid": 1_138, "test": 2_202},
}
# Languages of the two columns.
COLUMNS = {"deu": ("en", "de"), "fra": ("en", "fr"), "spa": ("en", "es")}
SOURCE_LANGUAGE = {"deu": "en", "fra": "en", "spa": "es"}


def load(
    split: str, root: str | os.PathLike | None = None, language: str = "fra"
) -> list[ParallelText]:
    """Load the sentences of a split with all their translations, ordered by length.

    A pair whose target sentence also occurs in "test" is left out of "valid" and "train"; one whose
    target occurs in "valid" is left out of "train". Two sentences that are equal after
    `gru_zoo.data.normalize.normalize` count as one.

    Args:
        split: "train", "valid" or "test", with 97, 1 and 2 % of the source sentences; `COUNTS` has
            their numbers.
        root: data folder with a folder of the set's name, such as anki-fra-eng. Default:
            `$GRU_ZOO_DATA`, else a download (3 to 4 MiB).
        language: "deu" for English to German, "fra" for English to French, "spa" for Spanish
            to English.

    Returns:
        One text in the source language, and one or more in the target language. Each run of white
        space, such as the no-break spaces of French, is replaced by one space.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: unknown split or language, wrong checksum, or wrong number of sentences.
        OSError: the download failed.
    """
    if language not in SOURCES:
        raise ValueError(
            f"Expected a language among {', '.join(SOURCES)}. Received: language={language!r}."
        )
    name = SOURCES[language].name
    check_split(name, split, COUNTS[language])
    pairs = _pairs(language, root)
    check_count(name, "whole file", len(pairs), PAIRS[language])
    columns = COLUMNS[language]
    source = columns.index(SOURCE_LANGUAGE[language])
    groups = _split([(pair[source], pair[1 - source]) for pair in pairs])[split]
    check_count(name, split, len(groups), COUNTS[language][split])
    return [
        ParallelText({columns[source]: (sentence,), columns[1 - source]: tuple(targets)})
        for sentence, targets in groups.items()
    ]


def split_of(sentence: str) -> str:
    """The split of a source sentence, by the SHA-256 of `normalize(sentence)`, modulo 100."""
    digest = hashlib.sha256(normalize(sentence).encode("utf-8")).digest()
    percent = int.from_bytes(digest[:8], "big") % 100
    return "test" if percent < 2 else "valid" if percent < 3 else "train"


def _split(pairs: list[tuple[str, str]]) -> dict[str, dict[str, list[str]]]:
    """For each split, "test" first, the targets of each source."""
    splits: dict[str, dict[str, list[str]]] = {"test": {}, "valid": {}, "train": {}}
    place = {sentence: split_of(sentence) for sentence in {source for source, _ in pairs}}
    normalized = {target: normalize(target) for target in {target for _, target in pairs}}
    reserved: set[str] = set()  # targets of earlier splits
    for split, groups in splits.items():
        own = [pair for pair in dict.fromkeys(pairs) if place[pair[0]] == split]
        for sentence, target in own:
            if normalized[target] not in reserved:
                groups.setdefault(sentence, []).append(target)
        reserved |= {normalized[target] for _, target in own}
    return splits


def _pairs(language: str, root: str | os.PathLike | None) -> list[tuple[str, str]]:
    """The two columns of the file, each run of white space replaced by one space."""
    source = SOURCES[language]
    folder = source.folder(root)
    if folder is not None:
        path = source.local_file(folder, next(iter(source.files)))
    else:
        path = source.download()
    content = _content(path, f"{language}.txt")
    received = hashlib.sha256(content).hexdigest()
    if received != TEXT_SHA256[language]:
        raise ValueError(
            f"Data set {source.name!r}: the text in {str(path)!r} is of another version. Expected "
            f"sha256 {TEXT_SHA256[language]}, received {received}."
        )
    rows = (line.split("\t") for line in content.decode("utf-8").rstrip("\n").split("\n"))
    return [(" ".join(first.split()), " ".join(second.split())) for first, second in rows]


def _content(path: pathlib.Path, name: str) -> bytes:
    if path.suffix == ".xz":
        return lzma.open(path).read()
    with zipfile.ZipFile(path) as archive:
        return archive.read(next(m for m in archive.namelist() if m.endswith(f"/{name}")))
