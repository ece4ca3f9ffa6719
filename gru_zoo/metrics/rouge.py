"""ROUGE of summaries."""

import importlib.metadata
import importlib.util
from collections.abc import Sequence

import numpy as np

from gru_zoo.metrics.metric import (
    Metric,
    References,
    as_references,
    check_references,
    counted_examples,
)
from gru_zoo.metrics.optional import require


def rouge(guesses: Sequence[str], references: References) -> list[Metric]:
    """ROUGE-1, -2 and -L, F1 from 0 to 100, mean over the examples: `rouge1`, `rouge2`, `rougeL`.

    Words are lower-cased letters and digits, without stemming (Lin 2004, ROUGE, as in the package
    rouge-score). Of several references the best counts.

    Args:
        guesses: summaries.
        references: the reference of each, or its references.

    Raises:
        ValueError: different lengths, no examples, or an example without a reference.
        ImportError: rouge-score is not installed.
    """
    require("rouge_score")
    from rouge_score.rouge_scorer import RougeScorer

    references, guesses = as_references(references), counted_examples(guesses)
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
