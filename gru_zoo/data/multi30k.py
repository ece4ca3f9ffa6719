"""Multi30K: descriptions of pictures in English, German and French."""

import dataclasses
import gzip
import os

from gru_zoo.data.examples import ParallelText
from gru_zoo.data.source import Source, check_count, check_split

LANGUAGES = ("en", "de", "fr")
COUNTS = {"train": 29_000, "val": 1_014, "test_2016_flickr": 1_000, "test_2017_flickr": 1_000}

SOURCE = Source(
    name="multi30k",
    homepage="https://github.com/multi30k/dataset",
    licence=(
        "none stated for the translations; made from Flickr30k, for researchers and educators, "
        "non-commercial research and educational use"
    ),
    citation=(
        "Elliott et al. 2016, Multi30K: Multilingual English-German Image Descriptions, VL; "
        "Elliott et al. 2017, Findings of the Second Shared Task on Multimodal Machine "
        "Translation, WMT (French, and test_2017_flickr)"
    ),
    files={
        "train.en.gz": "d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f",
        "train.de.gz": "726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6",
        "train.fr.gz": "622e75069e9f4c577425c4f277116ce66e63a2401c0a2312d90073cb12379a3c",
        "val.en.gz": "14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28",
        "val.de.gz": "f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a",
        "val.fr.gz": "ca3106f1a72390591d25f6c45cb4cd39dec4cd3f123e099748a3ce5256c160e9",
        "test_2016_flickr.en.gz": (
            "611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9"
        ),
        "test_2016_flickr.de.gz": (
            "9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8"
        ),
        "test_2016_flickr.fr.gz": (
            "6d326e188d259fb1d04ac19eae3af956559b3a0b93d7635e56c90987c40c8b90"
        ),
        "test_2017_flickr.en.gz": (
            "76a444ee25172e72695cddb13ae4a3bda59430617be88e0bb46b60504f054074"
        ),
        "test_2017_flickr.de.gz": (
            "a2c89666db00c495cd8513b9d708d5a3acc205d7de312ef2bf5fb7ebc1540aee"
        ),
        "test_2017_flickr.fr.gz": (
            "3ba671ceb2299f3304ffafefea7a833d08632fbaf0ba18546f8a2ec2391af496"
        ),
    },
    # A folder at one commit, from which each of `files` is fetched.
    url=(
        "https://raw.githubusercontent.com/multi30k/dataset/"
        "a3d2e0d26b56f3846f66a952536ffed4e401d05a/data/task1/raw"
    ),
    sha256="",
)


def load(split: str, root: str | os.PathLike | None = None) -> list[ParallelText]:
    """Load the descriptions of a split in published order, untokenized and cased.

    Args:
        split: "train" (29,000 pictures), "val" (1,014), "test_2016_flickr" (1,000) or
            "test_2017_flickr" (1,000).
        root: data folder with multi30k/*.gz. Default: `$GRU_ZOO_DATA`, else a download (1.9 MiB).

    Returns:
        One text for each of the languages "en", "de" and "fr". Each run of white space is replaced
        by one space.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of lines.
        OSError: the download failed.
    """
    check_split(SOURCE.name, split, COUNTS)
    columns = []
    for language in LANGUAGES:
        lines = _lines(f"{split}.{language}.gz", root)
        check_count(SOURCE.name, split, len(lines), COUNTS[split])
        columns.append([(" ".join(line.split()),) for line in lines])
    rows = zip(*columns, strict=True)
    return [ParallelText(dict(zip(LANGUAGES, row, strict=True))) for row in rows]


def _lines(name: str, root: str | os.PathLike | None) -> list[str]:
    folder = SOURCE.folder(root)
    if folder is not None:
        path = SOURCE.local_file(folder, name)
    else:
        url, sha256 = f"{SOURCE.url}/{name}", SOURCE.files[name]
        path = dataclasses.replace(SOURCE, url=url, sha256=sha256).download()
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        return file.read().rstrip("\n").split("\n")
