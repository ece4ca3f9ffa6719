"""What a user has written, as counts that are mixed with a language model."""

import collections
from collections.abc import Callable, Iterable, Mapping, Sequence

from gru_zoo.text.word_tokenizer import WordTokenizer, is_word

# Share of the words of a user that a model lacks, such as names: of the words of dialogues, 2 % are
# outside the 12,000 most frequent.
_SHARE_OF_NEW_WORDS = 0.02
_ORDER = 2  # number of words before a word that counts are kept for
_CAUTION = 4  # how many followers a context must show for each one that is new there

Context = tuple[str, ...]


class UserWords:
    """Words that a user has written, after the words before them.

    They are mixed with the probabilities p of a model, from the shortest context to the longest:

        p0(w) = (1 - s) p(w) + s c(w) / C                       s = 0.02, for words new to the model
        pk(w) = (1 - m) p(w | k-1) + m c(h, w) / c(h)           m = c(h) / (c(h) + 4 t(h))

    where h are the last k words, 1 or 2, c counts, C sums over the new words, and t(h) is the
    number of different words that followed h (Witten & Bell 1991, The Zero-Frequency Problem,
    method C, with a factor of 4).

    Args:
        is_known: whether a model has a word.
    """

    def __init__(self, is_known: Callable[[str], bool]):
        self.is_known = is_known
        self.forget()

    def forget(self) -> None:
        """Forget all words."""
        self._followers: dict[Context, collections.Counter[str]] = {}
        self._new: collections.Counter[str] = collections.Counter()
        self._written: dict[str, collections.Counter[str]] = {}

    def learn(self, text: str) -> None:
        """Count the words of a text; each line starts anew."""
        for line in text.splitlines():
            before: Context = ()
            for word in words_of(line):
                key = word.lower()
                for length in range(1, len(before) + 1):
                    counts = self._followers.setdefault(before[-length:], collections.Counter())
                    counts[key] += 1
                self._written.setdefault(key, collections.Counter())[word] += 1
                if not self.is_known(word):
                    self._new[key] += 1
                before = (*before, key)[-_ORDER:]

    def mix(
        self, words: Mapping[str, float], context: Sequence[str], typed: str = ""
    ) -> dict[str, float]:
        """Mix the counts with probabilities of a model.

        Args:
            words: the most likely words of the model and their probabilities. Others have none.
            context: the words before.
            typed: letters in lower case that the words begin with.

        Returns:
            Probabilities of the words of the model and of the user, the model's as they are
            written in `words`, the user's as the user writes them.
        """
        names = {word.lower(): word for word in words}
        mixed = {key: words[name] for key, name in names.items()}
        before = tuple(word.lower() for word in context)[-_ORDER:]
        shares = [(self._new, _SHARE_OF_NEW_WORDS)]
        for length in range(1, len(before) + 1):
            counts = self._followers.get(before[-length:])
            if counts:
                shares.append((counts, counts.total() / (counts.total() + _CAUTION * len(counts))))
        for counts, share in shares:
            if not counts:
                continue
            mixed = {key: (1 - share) * p for key, p in mixed.items()}
            for key, count in counts.items():
                if key.startswith(typed):
                    mixed[key] = mixed.get(key, 0.0) + share * count / counts.total()
        return {names.get(key) or self._usual(key): p for key, p in mixed.items()}

    def _usual(self, key: str) -> str:
        return self._written[key].most_common(1)[0][0]


def words_of(line: str) -> Iterable[str]:
    """The words of a line, without marks."""
    return filter(is_word, _TOKENIZER.split(line))


_TOKENIZER = WordTokenizer(())
