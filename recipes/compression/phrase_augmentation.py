"""Make new sentences of those of the pairs, by exchanging the runs of words that were left out.

"A man who fell from a ladder has died" and "A dog who barked at night has won" lose "who ..." in
their shorter forms. "A man who barked at night has died" can be cut at the same places.
"""

import collections
import random
from collections.abc import Sequence

import numpy as np

from gru_zoo.tasks.compression.words import Word, words_of

MAX_RUN = 18  # words of a run that is exchanged
EXCHANGE_RATE = 0.7  # share of the runs that are exchanged

Run = tuple[int, int]  # index of the first word, and of the word after the last


def runs_of(kept: np.ndarray) -> list[Run]:
    """Runs of 2 to `MAX_RUN` words that are left out, except at the end of the text."""
    borders = np.flatnonzero(np.diff(np.concatenate([[True], kept, [True]])))
    runs = zip(borders[::2], borders[1::2], strict=True)
    return [(int(a), int(b)) for a, b in runs if 2 <= b - a <= MAX_RUN and b < len(kept)]


def exchange_runs(pairs: Sequence[tuple[str, np.ndarray]], each: int, seed: int) -> list[str]:
    """New sentences, in which runs are replaced by runs of other sentences.

    Both runs have the same first word and the same punctuation around.

    Args:
        pairs: texts, and whether the shorter text kept each word, boolean, shape `(words,)`.
        each: maximum number of new sentences of each text.
        seed: seed of the random choices.

    Returns:
        The sentences, without those of the pairs.
    """
    generator = random.Random(seed)
    texts = [(text, words_of(text), runs_of(kept)) for text, kept in pairs]
    pool: dict[tuple, list[str]] = collections.defaultdict(list)
    for text, words, runs in texts:
        for run in runs:
            pool[_kind(words, run)].append(text[_span(words, run)])
    known = {text for text, *_ in texts}
    sentences: dict[str, None] = {}
    for text, words, runs in texts:
        for _ in range(each):
            parts, position = [], 0
            for run in runs:
                span = _span(words, run)
                swap = generator.random() < EXCHANGE_RATE
                other = generator.choice(pool[_kind(words, run)]) if swap else text[span]
                parts += [text[position : span.start], other]
                position = span.stop
            sentences["".join([*parts, text[position:]])] = None
    return [text for text in sentences if text not in known]


def _span(words: Sequence[Word], run: Run) -> slice:
    return slice(words[run[0]].start, words[run[1] - 1].end)


def _kind(words: Sequence[Word], run: Run) -> tuple:
    """What two runs that are exchanged have in common: their first word and the punctuation."""
    first, last, following = words[run[0]], words[run[1] - 1], words[run[1]]
    begins = first.text.lower() if run[0] else ""
    return begins, last.text if last.is_mark else "", following.is_mark
