"""English dialogues: talk about tasks in twenty domains, and small talk about films and sport."""

import lzma
import os

from gru_zoo.data.source import Source, check_count, check_split

PARTS = ("sgd", "self-dialogue")

SOURCE = Source(
    name="chat-english",
    homepage="https://github.com/google-research-datasets/dstc8-schema-guided-dialogue",
    licence=(
        "CC BY-SA 4.0 (Schema-Guided Dialogue); BSD 3-Clause (Self-dialogue Corpus, "
        "https://github.com/jfainberg/self_dialogue_corpus)"
    ),
    citation=(
        "Rastogi et al. 2020, Towards Scalable Multi-Domain Conversational Agents, AAAI; "
        "Fainberg et al. 2018, Talking to myself: self-dialogues as data for conversational "
        "agents, arXiv:1809.06641"
    ),
    files={
        "sgd.train.txt.xz": "88f1153365bb1b90f2d27cd1835c8aef0ba8feed7c92f3ddd284971056e68797",
        "sgd.dev.txt.xz": "1f710ddf010c172983bbd0c5667777c2f5883902e37c33f0e13918f2a90b978e",
        "sgd.test.txt.xz": "8aba86e691dbb66213102fa6d76df8d17de68468c7c6fe549b7195329c1401de",
        "self-dialogue.train.txt.xz": (
            "5ab7f7ce727bad7275f403e0097482e9168fcd7c00fdc1ccf31cbf15f3da8fbd"
        ),
        "self-dialogue.dev.txt.xz": (
            "c136fc7291a27fe57e289775fd6a76877119ddd948ddc53507fbcc664e88a8e8"
        ),
        "self-dialogue.test.txt.xz": (
            "5e66f6900ccb827cbb1591e2f95ee9a020e5dd8cfb6a23c6667eba31e923c328"
        ),
    },
    url="https://github.com/google-research-datasets/dstc8-schema-guided-dialogue",
    sha256="",
)
# Dialogues.
COUNTS = {"train": 28_874, "dev": 1_275, "test": 1_221}


def load(split: str, root: str | os.PathLike | None = None) -> list[str]:
    """Load the dialogues of a split, each as a text with one turn a line.

    The set is put together from two published ones, and no archive holds it: it is read from a
    data folder alone. A SHA-1 of the name of a dialogue decides its split.

    Args:
        split: "train" (28,874 dialogues, 4.77 million words between spaces), "dev" (1,275) or
            "test" (1,221). The dialogues of Schema-Guided Dialogue come first.
        root: data folder with chat-english/*.txt.xz. Default: `$GRU_ZOO_DATA`.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: unknown split, wrong checksum, or wrong number of dialogues.
    """
    check_split(SOURCE.name, split, COUNTS)
    folder = SOURCE.folder(root)
    if folder is None:
        raise FileNotFoundError(
            f"Data set {SOURCE.name!r} cannot be downloaded. Put {', '.join(SOURCE.files)} into "
            f"a folder {SOURCE.name}/ and set $GRU_ZOO_DATA or root to the folder above it."
        )
    dialogues = []
    for part in PARTS:
        path = SOURCE.local_file(folder, f"{part}.{split}.txt.xz")
        with lzma.open(path, "rt", encoding="utf-8", newline="\n") as file:
            dialogues += [text.strip("\n") for text in file.read().split("\n\n") if text.strip()]
    check_count(SOURCE.name, split, len(dialogues), COUNTS[split])
    return dialogues
