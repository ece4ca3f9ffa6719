"""Metrics as papers report them, each with a signature of how it was computed."""

from gru_zoo.metrics.bleu import bleu, bleu_lc_tok, chrf
from gru_zoo.metrics.classification import (
    accuracy,
    consistency,
    expected_calibration_error,
    macro_recall,
    wilson_interval,
)
from gru_zoo.metrics.metric import Metric, References, as_references
from gru_zoo.metrics.perplexity import nats_per_char, word_perplexity
from gru_zoo.metrics.rouge import rouge

__all__ = [
    "Metric",
    "References",
    "accuracy",
    "as_references",
    "bleu",
    "bleu_lc_tok",
    "chrf",
    "consistency",
    "expected_calibration_error",
    "macro_recall",
    "nats_per_char",
    "rouge",
    "wilson_interval",
    "word_perplexity",
]
