"""New sentences made of those there are, by exchanging the runs of words that were left out.

"A man who fell from a ladder has died" and "A dog who barked at night has won" lose "who ..." in
their shorter forms, so "A man who barked at night has died" is a sentence too, as far as where it
can be cut matters.
"""

import collections
import random
from collections.abc import Sequence

import numpy as np

from gru_zoo.tasks.compression.words import Word, words_of

LONGEST = 18  # words of a run
CHANCE = 0.7  # that a run is exchanged

Run = tuple[int, int]  # its first word, and the one behind it


def runs_of(kept: np.ndarray) -> list[Run]:
    """The runs of words that are left out, of two words to `LONGEST`, none at the end."""
    borders = np.flatnonzero(np.diff(np.concatenate([[True], kept, [True]])))
    runs = zip(borders[::2], borders[1::2], strict=True)
    return [(int(a), int(b)) for a, b in runs if 2 <= b - a <= LONGEST and b < len(kept)]


def exchanged(pairs: Sequence[tuple[str, np.ndarray]], each: int, seed: int) -> list[str]:
    """Sentences in which runs of others stand, of the same first word and the same marks around.

    Args:
        pairs: texts, and which of their words the shorter ones kept, boolean, `(words,)`.
        each: new sentences of each text, at most.
        seed: of the choice.
    """
    draw = random.Random(seed)
    texts = [(text, words_of(text), runs_of(kept)) for text, kept in pairs]
    pool: dict[tuple, list[str]] = collections.defaultdict(list)
    for text, words, runs in texts:
        for run in runs:
            pool[_kind(words, run)].append(text[_span(words, run)])
    known = {text for text, *_ in texts}
    found: dict[str, None] = {}
    for text, words, runs in texts:
        for _ in range(each):
            parts, position = [], 0
            for run in runs:
                span = _span(words, run)
                swap = draw.random() < CHANCE
                other = draw.choice(pool[_kind(words, run)]) if swap else text[span]
                parts += [text[position : span.start], other]
                position = span.stop
            found["".join([*parts, text[position:]])] = None
    return [text for text in found if text not in known]


def _span(words: Sequence[Word], run: Run) -> slice:
    return slice(words[run[0]].start, words[run[1] - 1].end)


def _kind(words: Sequence[Word], run: Run) -> tuple:
    """What runs must have in common: how they begin and end, and what follows."""
    first, last, behind = words[run[0]], words[run[1] - 1], words[run[1]]
    begins = first.text.lower() if run[0] else ""
    return begins, last.text if last.is_mark else "", behind.is_mark
