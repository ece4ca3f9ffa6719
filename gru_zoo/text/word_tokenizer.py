"""Tokenizer of words and punctuation marks."""

import collections
import pathlib
import re
from collections.abc import Iterable, Sequence

from gru_zoo.text.special_tokens import EOS, UNK

_FILE = pathlib.Path("assets", "words.txt")
UNKNOWN = "<unk>"  # what the unknown word is decoded as

# Numbers with marks inside, abbreviations with dots, words with apostrophes or hyphens inside, and
# single marks.
_TOKEN = re.compile(
    r"\d+(?:[.,:]\d+)+|(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’-][^\W_]+)*|\.\.\.|[^\w\s]|_"
)
_ENDS_SENTENCE = frozenset(".!?")
_NO_SPACE_BEFORE = frozenset([*".,!?;:)]}%’'/", "..."])
_NO_SPACE_AFTER = frozenset("([{$£€#@/'")
_QUOTE = '"'


class WordTokenizer:
    """Lines of text to ids of words and marks and back; unknown ones become `UNK`.

    Upper and lower case have the same id, and curly apostrophes are straight. A word of the
    vocabulary is written as it usually is within sentences, such as "Friday", and is decoded with
    a capital where a sentence starts.

    Args:
        words: the vocabulary, each word and mark once; the first has the id `EOS + 1`.
        separated: whether words and marks are separated by spaces in all texts, as in data sets for
            word models. A token is then what stands between two spaces, and upper case counts.
    """

    def __init__(self, words: Sequence[str], separated: bool = False):
        self.words, self.separated = list(words), separated
        self._ids = {self._key(word): EOS + 1 + i for i, word in enumerate(self.words)}

    @classmethod
    def train(
        cls, lines: Iterable[str], vocabulary_size: int, separated: bool = False
    ) -> "WordTokenizer":
        """A tokenizer of the most frequent words.

        Args:
            lines: training text; each line starts a sentence.
            vocabulary_size: maximum number of ids, special tokens included.
            separated: see above.
        """
        tokenizer = cls((), separated)
        count: collections.Counter[str] = collections.Counter()
        within: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
        for line in lines:
            last = "."
            for token in tokenizer.split(line):
                key = tokenizer._key(token)
                count[key] += 1
                if last not in _ENDS_SENTENCE:  # elsewhere the capital says nothing
                    within[key][token] += 1
                last = token
        keys = [key for key, _ in count.most_common() if _may_be_learned(key)]
        usual = [_usual(key, within[key]) for key in keys[: vocabulary_size - EOS - 1]]
        return cls(usual, separated)

    @classmethod
    def load(cls, folder: pathlib.Path, separated: bool = False) -> "WordTokenizer":
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: the file is missing.
        """
        return cls((folder / _FILE).read_text(encoding="utf-8").split("\n")[:-1], separated)

    def save(self, folder: pathlib.Path) -> None:
        """Write `assets/words.txt`, one word a line, into a folder without assets."""
        (folder / _FILE).parent.mkdir()
        text = "".join(f"{word}\n" for word in self.words)
        (folder / _FILE).write_text(text, encoding="utf-8", newline="\n")

    @property
    def vocabulary_size(self) -> int:
        """Number of ids, special tokens included."""
        return EOS + 1 + len(self.words)

    def split(self, line: str) -> list[str]:
        """The words and marks of a line, as they are written there."""
        return line.split() if self.separated else _TOKEN.findall(line.replace("’", "'"))

    def encode(self, lines: Sequence[str]) -> list[list[int]]:
        """Ids of each line."""
        return [[self.id_of(token) for token in self.split(line)] for line in lines]

    def id_of(self, token: str) -> int:
        """Id of a word or mark."""
        return self._ids.get(self._key(token), UNK)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of the ids of one line: marks next to their words, sentences with capitals."""
        if self.separated:
            return " ".join(self.pieces(ids))
        text, last, quoted = "", ".", False
        for token in self.pieces(ids):
            closes = token == _QUOTE and quoted
            opened = last == _QUOTE and quoted
            quoted ^= token == _QUOTE
            if text and not (
                token in _NO_SPACE_BEFORE or last in _NO_SPACE_AFTER or closes or opened
            ):
                text += " "
            text += capitalized(token) if last in _ENDS_SENTENCE else token
            last = token
        return text

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The word or mark of each id; special tokens are `<unk>`."""
        return [self.words[i - EOS - 1] if i > EOS else UNKNOWN for i in ids]

    def _key(self, token: str) -> str:
        return token if self.separated else token.lower()


def _may_be_learned(token: str) -> bool:
    """Whether a token may be in a vocabulary: no numbers as long as those of telephones."""
    return token != UNKNOWN and sum(map(str.isdigit, token)) <= 4


def _usual(key: str, within: collections.Counter[str]) -> str:
    """How a word is usually written within sentences.

    Args:
        key: the word in lower case.
        within: how often it is written how. Many names are words, too: lower case needs a quarter.
    """
    if not within or 4 * within[key] >= within.total():
        return key
    return within.most_common(1)[0][0]


def capitalized(word: str) -> str:
    """A word with its first letter in upper case, the others as they are."""
    return word[:1].upper() + word[1:]


def ends_sentence(text: str) -> bool:
    """Whether a word after a text starts a sentence: the text is empty, or ends one or a line."""
    return not text.strip(" \t") or text.rstrip(" \t")[-1] in _ENDS_SENTENCE | {"\n"}


def is_word(token: str) -> bool:
    """Whether a token is a word or number: has a letter or digit, and is not `<unk>`."""
    return token != UNKNOWN and any(map(str.isalnum, token))
