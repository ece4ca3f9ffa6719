"""Sets of translated texts in two or four languages, stored as tables.

They are selections from published texts, and cannot be downloaded as they are here.
"""

import csv
import lzma
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from gru_zoo.data._tables import folder_of
from gru_zoo.data.examples import ParallelText
from gru_zoo.data.source import Source, check_count, check_split

_FOUR = ("en", "de", "fr", "es")


class Part(NamedTuple):
    """A split of a set.

    Args:
        file: the file that holds it.
        rows: number of its rows.
        languages: languages of the columns.
        first: column of the first language; a column before it names a part of the file.
        values: values of that column that belong to the split; empty for all.
        header: whether the file begins with a line of names.
    """

    file: str
    rows: int
    languages: tuple[str, ...] = _FOUR
    first: int = 0
    values: tuple[str, ...] = ()
    header: bool = True


def _set(parts: Mapping[str, Part], **source: Any) -> tuple[Source, Mapping[str, Part]]:
    return Source(sha256="", **source), parts


_NEWS = "news2008-2013.4way.tsv.xz"
_YEARS = ("news-test2008", "newstest2009", "newstest2010", "newstest2011", "newstest2012")
_SETS = (
    _set(
        {
            "train": Part("train.tsv.xz", 80_000, ("en", "fr"), header=False),
            "dev": Part("dev.tsv.xz", 1_500, ("en", "fr"), header=False),
            "test": Part("test.tsv.xz", 2_000, ("en", "fr"), header=False),
        },
        name="europarl-enfr",
        homepage="https://www.statmt.org/europarl/",
        licence="no copyright restrictions known to the authors; European Parliament, with source",
        citation="Koehn 2005, Europarl: A Parallel Corpus for Statistical Machine Translation",
        files={
            "train.tsv.xz": "581315ddbede777ef010f53ca2781d85f1f702bf3e281bf49bf51d2fc1133541",
            "dev.tsv.xz": "b38ad1e6b86bfe70538ea73fc97ab88f4c03aa3e72d5bebc0da6969d90f6b6c2",
            "test.tsv.xz": "f242b315332d7581382dec2c1a25946143bfaad90bb783e29f9978a4a4018fd6",
        },
        url="https://github.com/mjlaali/Europarl-ConcoDisco",
    ),
    _set(
        {
            "train": Part(_NEWS, 13_071, first=1, values=_YEARS),
            "newstest2013": Part(_NEWS, 3_000, first=1, values=("newstest2013",)),
        },
        name="wmt-news-2008-2013",
        homepage="https://www.statmt.org/wmt13/translation-task.html",
        licence="released for research by the organizers of WMT, without a formal licence",
        citation="Bojar et al. 2013, Findings of the 2013 Workshop on Statistical MT, WMT",
        files={_NEWS: "f541589842d3ace2cec6d6a6836fa7f3ca39309bd7c7302907ab710f86020e6d"},
        url="https://github.com/Helsinki-NLP/OPUS-MT-testsets",
    ),
    _set(
        {
            "flores200-devtest": Part("flores200-devtest.4way.tsv.xz", 1_012),
            "tatoeba-en-de": Part(
                "tatoeba-test-unseen.en-de.tsv.xz", 11_037, ("en", "de"), header=False
            ),
            "tatoeba-en-es": Part(
                "tatoeba-test-unseen.en-es.tsv.xz", 9_827, ("en", "es"), header=False
            ),
            "tatoeba-en-fr": Part(
                "tatoeba-test-unseen.en-fr.tsv.xz", 5_471, ("en", "fr"), header=False
            ),
        },
        name="mt-eval",
        homepage="https://github.com/Helsinki-NLP/OPUS-MT-testsets",
        licence="FLORES-200 CC BY-SA 4.0; Tatoeba CC BY 2.0 FR",
        citation=(
            "NLLB Team 2022, No Language Left Behind; Tiedemann 2020, The Tatoeba Translation "
            "Challenge, WMT"
        ),
        files={
            "flores200-devtest.4way.tsv.xz": (
                "1a1bbeef6ab73676a205628b778367bb2673d61065e7ea241c9fdac3f613b18f"
            ),
            "tatoeba-test-unseen.en-de.tsv.xz": (
                "291a3e25b713a156bf17fab7417688a07f7cdebf6c0ca2732af0e4eb8067b053"
            ),
            "tatoeba-test-unseen.en-es.tsv.xz": (
                "735efd77169098f52eaaea7ad4dda8d796232c06a39780fea32dba9f70ccd7a1"
            ),
            "tatoeba-test-unseen.en-fr.tsv.xz": (
                "58bef07f509f29062744fc1adff3031c4aedbfde0dcbc95b36d73b7f9c0593fc"
            ),
        },
        url="https://github.com/Helsinki-NLP/OPUS-MT-testsets",
    ),
    _set(
        {"train": Part("gnome-user-docs.tsv.xz", 2_902)},
        name="l10n-free-programs",
        homepage="https://gitlab.gnome.org/GNOME/gnome-user-docs",
        licence="CC BY-SA 3.0",
        citation="The GNOME Documentation Project, gnome-user-docs 43.0",
        files={
            "gnome-user-docs.tsv.xz": (
                "93e46c8b1d34a3d6578eaf4b2a4d84064763db6854af3e008c5b0bb6b344bb33"
            )
        },
        url="https://gitlab.gnome.org/GNOME/gnome-user-docs",
    ),
    _set(
        {"train": Part("names.tsv.xz", 2_360, first=1)},
        name="iso-codes-names",
        homepage="https://salsa.debian.org/iso-codes-team/iso-codes",
        licence="LGPL-2.1-or-later",
        citation="iso-codes 4.15.0, names of countries, regions, languages and currencies",
        files={"names.tsv.xz": "f691e9b4b3274babd51d65163f8c3dbdceb370d20d278f7d1bb819a006959b38"},
        url="https://salsa.debian.org/iso-codes-team/iso-codes",
    ),
)
SETS = {source.name: (source, parts) for source, parts in _SETS}


def load(split: str, root: str | os.PathLike | None = None, name: str = "") -> list[ParallelText]:
    """Load the texts of a split in the order of its file.

    Args:
        split: a split of the set, see `SETS`. "train" of wmt-news-2008-2013 has the years to 2012;
            mt-eval is for tests alone.
        root: data folder with a folder of the set's name. Default: `$GRU_ZOO_DATA`.
        name: name of the set, a key of `SETS`.

    Returns:
        One text for each language of the split that a row has. A language without a text is left
        out of that row.

    Raises:
        FileNotFoundError: `root` lacks the set, or neither `root` nor `$GRU_ZOO_DATA` is set.
        ValueError: unknown split, wrong checksum, or wrong number of rows.
    """
    source, parts = SETS[name]
    check_split(name, split, parts)
    part = parts[split]
    path = source.local_file(folder_of(source, root), part.file)
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[part.header :]
    if part.values:
        rows = [row for row in rows if row[0] in part.values]
    check_count(name, split, len(rows), part.rows)
    return [
        ParallelText({k: (v,) for k, v in zip(part.languages, row[part.first :], strict=True) if v})
        for row in rows
    ]
