"""ROUGE of summaries, on rouge-score."""

import importlib.metadata
from collections.abc import Sequence

import numpy as np

from gru_zoo.metrics.metric import (
    Metric,
    References,
    as_examples,
    as_references,
    check_references,
)
from gru_zoo.metrics.optional import require


def rouge(guesses: Sequence[str], references: References) -> list[Metric]:
    """ROUGE-1, ROUGE-2 and ROUGE-L: F1 from 0 to 100, mean over the examples (Lin 2004, ROUGE).

    Words are runs of letters and digits, lower-cased and not stemmed. Of several references, the
    one with the best F1 counts.

    Args:
        guesses: summaries.
        references: one reference, or a sequence of references, for each summary.

    Returns:
        The metrics `rouge1`, `rouge2` and `rougeL`.

    Raises:
        ValueError: there are no examples, an example has no reference, or `guesses` and
            `references` differ in length.
        ImportError: rouge-score is not installed.
    """
    require("rouge_score")
    from rouge_score.rouge_scorer import RougeScorer

    references, guesses = as_references(references), as_examples(guesses)
    check_references(references, guesses)
    names = ("rouge1", "rouge2", "rougeL")
    scorer = RougeScorer(names, use_stemmer=False)
    pairs = zip(references, guesses, strict=True)
    scores = [scorer.score_multi(refs, guess) for refs, guess in pairs]
    version = importlib.metadata.version("rouge-score")
    signature = f"f1|stemmer:no|rouge-score:{version}|examples:{len(scores)}"
    return [
        Metric(name, 100 * float(np.mean([score[name].fmeasure for score in scores])), signature)
        for name in names
    ]
