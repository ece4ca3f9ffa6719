"""Tiny Shakespeare: 40,000 lines of the plays in one file, for language models of characters."""

import os

from gru_zoo.data import plain_text
from gru_zoo.data.source import Source, check_count, check_split

SOURCE = Source(
    name="tiny-shakespeare",
    homepage="https://github.com/karpathy/char-rnn",
    licence="public domain",
    citation="Karpathy 2015, The Unreasonable Effectiveness of Recurrent Neural Networks",
    files={"input.txt.gz": "13125fe8f49092165d7d489e3944db52d1ba546e64a60080cc9523bcd0c5e46a"},
    url="https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare",
    sha256="",
)
SHA256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
CHARACTERS = 1_115_394
# Where a split begins and ends, as shares of the text. The file has no split; this is nanoGPT's.
SPLITS = {"train": (0.0, 0.9), "last_10_percent": (0.9, 1.0)}


def load(split: str, root: str | os.PathLike | None = None) -> list[str]:
    """Load the text of a split.

    Args:
        split: "train" (the first nine tenths of 1,115,394 characters) or "last_10_percent".
        root: data folder with tiny-shakespeare/input.txt.gz. Default: `$GRU_ZOO_DATA`, else a
            download (1.1 MiB).

    Returns:
        A list of one text.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of characters.
        OSError: the download failed.
    """
    check_split(SOURCE.name, split, SPLITS)
    text = plain_text.published(SOURCE, "input.txt", SHA256, root)
    check_count(SOURCE.name, split, len(text), CHARACTERS)
    start, end = (int(share * len(text)) for share in SPLITS[split])
    return [text[start:end]]
