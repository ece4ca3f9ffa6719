"""How much a summary copies."""

import itertools
import re
from collections.abc import Sequence

from gru_zoo.metrics.metric import Metric, as_examples, check_lengths


def copying(texts: Sequence[str], summaries: Sequence[str]) -> list[Metric]:
    """What summaries take from their texts, over all of them together, and how long they are.

    Words are counted as in `rouge`.

    Args:
        texts: what was summarised.
        summaries: a summary of each.

    Returns:
        `copied_words`, the share of a summary's words that its text has; `novel_bigrams`, the share
        of its pairs of words that its text has not; `repeated_bigrams`, the share of those that it
        had before; each from 0 to 1; and `words`, its mean number of words.
    """
    texts, summaries = as_examples(texts), as_examples(summaries)
    check_lengths(len(texts), len(summaries))
    words = copied = pairs = novel = repeated = 0
    for text, summary in zip(texts, summaries, strict=True):
        source, target = (re.findall(r"[a-z0-9]+", part.lower()) for part in (text, summary))
        known, known_bigrams = set(source), set(itertools.pairwise(source))
        bigrams = list(itertools.pairwise(target))
        copied += sum(word in known for word in target)
        novel += sum(bigram not in known_bigrams for bigram in bigrams)
        repeated += len(bigrams) - len(set(bigrams))
        words += len(target)
        pairs += len(bigrams)
    signature = f"lower-cased letters and digits|examples:{len(summaries)}"
    values = {
        "copied_words": copied / max(words, 1),
        "novel_bigrams": novel / max(pairs, 1),
        "repeated_bigrams": repeated / max(pairs, 1),
        "words": words / len(summaries),
    }
    return [Metric(name, value, signature) for name, value in values.items()]
