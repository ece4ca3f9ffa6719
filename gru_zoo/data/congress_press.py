"""Press releases of the US Congress, the first 120 words of each, and their headlines."""

import os

from gru_zoo.data._json_lines import records
from gru_zoo.data.examples import SummarizedText
from gru_zoo.data.source import Source, check_count, check_split

COUNTS = {"train": 52_338, "dev": 1_385, "test": 2_475}
ORIGINS = {"senate": 1_413, "congress": 1_062}  # of the test split

SOURCE = Source(
    name="congress-press-headlines",
    homepage="https://github.com/dwillis/congress-press",
    licence=(
        "works of the US Government, public domain in the US (17 U.S.C. 105); quotations from "
        "third parties inside them may not be"
    ),
    citation=(
        "Grimmer 2010, A Bayesian Hierarchical Topic Model for Political Texts: Measuring "
        "Expressed Agendas in Senate Press Releases, Political Analysis 18(1); Willis, "
        "congress-press, https://github.com/dwillis/congress-press"
    ),
    files={
        "train.jsonl.xz": "70d12ad9ad0ab1f06c384abc9f45a0109d4d661ecb87b391fe913490fbfde468",
        "dev.jsonl.xz": "acdb361fdc5ca7de657fc2ebe43ca1678dc9504e87d2898f95c5c7112cb38885",
        "test.jsonl.xz": "07f89ad65bbd7d552528a7bdddf65c060c016587e67a7944863f736c20f8d748",
    },
    url=(
        "https://github.com/lintool/GrimmerSenatePressReleases and "
        "https://github.com/dwillis/congress-press"
    ),
    sha256="",
)


def load(split: str, root: str | os.PathLike | None = None) -> list[SummarizedText]:
    """Load the releases and headlines of a split, in the order of a hash.

    Releases of origin "senate" (2004 to 2008) have headlines in capitals, most of which begin with
    senators' names. Releases of origin "congress" (2001 to 2026) are of both chambers, with cased
    headlines. A hash of the release's address decides the split. No headline of "dev" or "test",
    and no release nearly equal to one of these, is in "train".

    Args:
        split: "train" (52,338 releases), "dev" (1,385) or "test" (2,475). "test_senate" (1,413) and
            "test_congress" (1,062) are the test releases of one origin.
        root: data folder with congress-press-headlines/. Default: `$GRU_ZOO_DATA`.

    Returns:
        Releases with headlines; the origin is "senate" or "congress".

    Raises:
        FileNotFoundError: `root` lacks the set, or neither `root` nor `$GRU_ZOO_DATA` is set.
        ValueError: unknown split, wrong checksum, or wrong number of records.
    """
    check_split(SOURCE.name, split, (*COUNTS, *(f"test_{origin}" for origin in ORIGINS)))
    file, _, origin = split.partition("_")
    texts = [
        SummarizedText(row["lead"], row["headline"], row["source"])
        for row in records(SOURCE, file, COUNTS[file], root)
        if origin in ("", row["source"])
    ]
    if origin:
        check_count(SOURCE.name, split, len(texts), ORIGINS[origin])
    return texts
