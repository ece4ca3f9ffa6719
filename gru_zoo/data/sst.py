"""Stanford Sentiment Treebank: film review sentences with a sentiment for every phrase.

With all five grades it is known as SST-5, with two as SST-2. (GLUE's SST-2 has other splits: it
trains on phrases and hides its test labels.)
"""

import os
import zipfile

from gru_zoo.data.examples import LabelledText
from gru_zoo.data.source import Source, check_count, check_split

SOURCE = Source(
    name="sst",
    homepage="https://nlp.stanford.edu/sentiment/",
    licence="none stated; distributed for research",
    citation=(
        "Socher et al. 2013, Recursive Deep Models for Semantic Compositionality Over a Sentiment "
        "Treebank, EMNLP"
    ),
    files={
        "trainDevTestTrees_PTB.zip": (
            "5c613a4f673fc74097d523a2c83f38e0cc462984d847b82c7aaf36b01cbbbfcc"
        ),
    },
    url="https://nlp.stanford.edu/sentiment/trainDevTestTrees_PTB.zip",
    sha256="5c613a4f673fc74097d523a2c83f38e0cc462984d847b82c7aaf36b01cbbbfcc",
)
LABELS = {
    2: {0: "negative", 1: "negative", 3: "positive", 4: "positive"},
    5: {0: "very negative", 1: "negative", 2: "neutral", 3: "positive", 4: "very positive"},
}
COUNTS = {
    2: {"train": 6_920, "dev": 872, "test": 1_821, "train_phrases": 77_616},
    5: {"train": 8_544, "dev": 1_101, "test": 2_210, "train_phrases": 159_274},
}

_ESCAPES = {"-LRB-": "(", "-RRB-": ")"}
_QUOTES = {"``": '"', "''": '"', "`": "'", "'": "'"}
_OPENING = frozenset("( [ { $ # `` `".split())
_JOINS_PREVIOUS = frozenset(") ] } . , : ; ! ? !? ?!? ... % ' '' n't 's 're 've 'll 'd 'm".split())


def load(split: str, root: str | os.PathLike | None = None, classes: int = 2) -> list[LabelledText]:
    """Load the sentences or phrases of a split in published order, as natural text.

    Args:
        split: "train", "dev" or "test" for sentences; "train_phrases" for the distinct phrases of
            the training trees, whole sentences included. `COUNTS` has the numbers.
        root: data folder with sst/trainDevTestTrees_PTB.zip. Default: `$GRU_ZOO_DATA`, else a
            download (0.8 MiB).
        classes: 5 for all grades; 2 for negative and positive, without neutral examples.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: unknown split or classes, wrong checksum, or wrong number of examples.
        OSError: the download failed.
    """
    if classes not in LABELS:
        raise ValueError(f"Data set 'sst' has 2 or 5 classes. Received: classes={classes!r}.")
    check_split(SOURCE.name, split, COUNTS[classes])
    rows = load_tokens(split, root)
    labels = LABELS[classes]
    examples = [
        LabelledText(detokenize(tokens), labels[grade]) for tokens, grade in rows if grade in labels
    ]
    check_count(f"sst{classes}", split, len(examples), COUNTS[classes][split])
    return examples


def load_tokens(split: str, root: str | os.PathLike | None = None) -> list[tuple[str, int]]:
    """Sentences or phrases of a split as Penn Treebank tokens joined by single spaces.

    Args:
        split: see `load`.
        root: see `load`.

    Returns:
        Tokens and grade, from 0 (very negative) to 4 (very positive), of each.
    """
    check_split(SOURCE.name, split, COUNTS[5])
    trees = load_trees(split.removesuffix("_phrases"), root)
    if not split.endswith("_phrases"):
        return [tree[-1] for tree in trees]
    return list(dict.fromkeys(phrase for tree in trees for phrase in tree))


def load_trees(split: str, root: str | os.PathLike | None = None) -> list[list[tuple[str, int]]]:
    """The phrases of each sentence, in the form of `load_tokens`, the sentence itself last.

    Args:
        split: "train", "dev" or "test".
        root: see `load`.

    Raises:
        ValueError: unknown split, or wrong checksum.
    """
    check_split(SOURCE.name, split, ("train", "dev", "test"))
    folder = SOURCE.folder(root)
    if folder is not None:
        path = SOURCE.local_file(folder, "trainDevTestTrees_PTB.zip")
    else:
        path = SOURCE.download()
    with zipfile.ZipFile(path) as archive:
        trees = archive.read(f"trees/{split}.txt").decode("utf-8").strip("\n").split("\n")
    return [parse_tree(tree) for tree in trees]


def parse_tree(tree: str) -> list[tuple[str, int]]:
    """All phrases of a tree with their grades, children before parents, the sentence last.

    Args:
        tree: `(grade child child)` or `(grade token)`. Only U+0020 separates, since tokens may
            contain a no-break space.

    Example:
        >>> parse_tree("(3 (2 Good) (2 fun))")
        [('Good', 2), ('fun', 2), ('Good fun', 3)]
    """
    phrases: list[tuple[str, int]] = []
    tokens: list[str] = []
    open_nodes: list[tuple[int, int]] = []  # grade, and index of the first token
    for piece in tree.split(" "):
        if piece.startswith("("):
            open_nodes.append((int(piece[1:]), len(tokens)))
            continue
        token = piece.rstrip(")")
        tokens.append(_unescape(token))
        for _ in range(len(piece) - len(token)):
            grade, start = open_nodes.pop()
            phrases.append((" ".join(tokens[start:]), grade))
    return phrases


def _unescape(token: str) -> str:
    token = token.replace("\\/", "/").replace("\\*", "*")
    return _ESCAPES.get(token, token)


def detokenize(tokens: str) -> str:
    """Natural text of Penn Treebank tokens joined by spaces.

    Clitics and punctuation are joined to the word before, opening quotes, brackets, "$" and "#" to
    the word after. Dashes keep their spaces. Only white space and the form of quotation marks
    change. The rules are written here, since data sets load without the extra `train`, which has
    sacremoses, and since a change of its rules would change what the presets were trained on.

    Example:
        >>> detokenize("`` Was it fun , '' he says ( at $ 5 ) .")
        '"Was it fun," he says (at $5).'
    """
    text, previous = "", ""
    joins_next = True
    for token in tokens.split(" "):
        # The mark ' opens a quotation only at the beginning of a text, or after an opening mark.
        opens = token in _OPENING or (token in ("'", "''") and joins_next)
        cannot = token == "not" and previous in ("can", "Can")
        text += "" if joins_next or cannot or token in _JOINS_PREVIOUS else " "
        text += _QUOTES.get(token, token)
        joins_next, previous = opens, token
    return text
