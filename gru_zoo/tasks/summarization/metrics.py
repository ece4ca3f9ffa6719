"""Metrics of how much a summary copies from its text."""

import itertools
import re
from collections.abc import Sequence

from gru_zoo.metrics.metric import Metric, as_examples, check_lengths


def copying(texts: str | Sequence[str], summaries: str | Sequence[str]) -> list[Metric]:
    """Compute how much summaries copy from their texts, and how long they are.

    A word is a run of letters a to z and digits in lower case, as in ROUGE. Shares are over all
    summaries together.

    Args:
        texts: the summarized texts.
        summaries: a summary of each text.

    Returns:
        `copied_words`: share of the words of the summaries that occur in their text, 0 to 1;
        `novel_bigrams`: share of the bigrams that do not occur in their text, 0 to 1;
        `repeated_bigrams`: share of the bigrams that occur earlier in the same summary, 0 to 1;
        `words`: mean number of words of a summary.

    Raises:
        ValueError: the numbers of texts and summaries differ, or there are none.
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
