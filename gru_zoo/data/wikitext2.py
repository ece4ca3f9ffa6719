"""WikiText-2: verified good articles of Wikipedia, for language models of words."""

import os

from gru_zoo.data import plain_text
from gru_zoo.data.source import Source, check_split

SOURCE = Source(
    name="wikitext-2",
    homepage="https://github.com/pytorch/examples/tree/main/word_language_model/data/wikitext-2",
    licence="CC BY-SA 3.0 (text of Wikipedia)",
    citation="Merity et al. 2016, Pointer Sentinel Mixture Models",
    files={
        "train.txt.xz": "7f5b03a0219b81adcc680f2d8bd24b7b3f19e4a01ac52f9533ca18cc807ac2bd",
        "valid.txt.xz": "1322771e23310248961e17b3c55df138cd3e5c57f2e36ac1d131e9c6158ccd74",
        "test.txt.xz": "306c08b989e77ca6d5587c58d90bf8f8fa3be85671b0eda75315de9f68584fbe",
    },
    url=(
        "https://raw.githubusercontent.com/pytorch/examples/main/word_language_model/data/"
        "wikitext-2"
    ),
    sha256="",
)
SHA256 = {
    "train": "9e9fa1ad55b1c2c95b08e37dd8e653f638fac2c6de904b79e813611eefbc985f",
    "valid": "f0737ed31fc1329026e95cb8b98e19c2a182c39c240ab909dc31abf2f8af58e8",
    "test": "d790b833ef8cf03a90db7bf1271b7520b83c45ce07ba3c1a9699df81e239eca0",
}
# The end of a line counts as a word.
WORDS = {"train": 2_088_628, "valid": 217_646, "test": 245_569}


def load(split: str, root: str | os.PathLike | None = None) -> list[str]:
    """Load the articles of a split as published.

    Words are separated by spaces; rare words are replaced by `<unk>`.

    Args:
        split: "train" (2,088,628 words), "valid" (217,646) or "test" (245,569).
        root: data folder with wikitext-2/*.txt.xz. Default: `$GRU_ZOO_DATA`, else a download
            (13 MiB).

    Returns:
        A list of one text, without spaces at the ends of lines.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of words.
        OSError: the download failed.
    """
    check_split(SOURCE.name, split, WORDS)
    name = f"{split}.txt"
    return plain_text.words(SOURCE, split, name, SHA256[split], WORDS[split], root)
