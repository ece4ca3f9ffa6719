"""Metrics: a value together with the signature that says how it was computed."""

import dataclasses
from collections.abc import Sequence

from gru_zoo.metrics.metric import (
    Metric,
    References,
    as_references,
    check_references,
    counted_examples,
)
from gru_zoo.metrics.optional import require


def bleu(guesses: Sequence[str], references: References) -> Metric:
    """Corpus BLEU, from 0 to 100, of cased text with plain spacing (Post 2018, sacreBLEU).

    Args:
        guesses: translations.
        references: the reference of each, or its references, as many as there are.

    Raises:
        ValueError: different lengths, no examples, or an example without a reference.
        ImportError: sacrebleu is not installed.
    """
    return _sacrebleu("bleu", "BLEU", guesses, references)


def chrf(guesses: Sequence[str], references: References) -> Metric:
    """Corpus chrF, from 0 to 100 (Popovic 2015); arguments and errors as of `bleu`."""
    return _sacrebleu("chrf", "CHRF", guesses, references)


def bleu_lc_tok(guesses: Sequence[str], references: References, language: str) -> Metric:
    """Corpus BLEU, from 0 to 100, of lower-cased text as Moses tokenises it.

    The form in which papers on Multi30K score: punctuation normalised, tokenised, lower-cased, on
    both sides.

    Args:
        guesses: translations.
        references: as of `bleu`.
        language: code of the language, for Moses' rules.
    """
    require("sacremoses")
    import sacremoses

    normalizer = sacremoses.MosesPunctNormalizer(language)
    tokenizer = sacremoses.MosesTokenizer(language)

    def tokens(text):
        text = tokenizer.tokenize(normalizer.normalize(text), escape=False, return_str=True)
        return text.lower()

    guesses = [tokens(guess) for guess in counted_examples(guesses)]
    references = [[tokens(text) for text in texts] for texts in as_references(references)]
    options = {"tokenize": "none", "lowercase": True, "force": True}
    found = _sacrebleu("bleu_lc_tok", "BLEU", guesses, references, **options)
    signature = f"{found.signature}|moses:{language}|sacremoses:{sacremoses.__version__}"
    return dataclasses.replace(found, signature=signature)


def _sacrebleu(name, metric, guesses, references, **options) -> Metric:
    require("sacrebleu")
    import sacrebleu

    references, guesses = as_references(references), counted_examples(guesses)
    check_references(references, guesses)
    most = max(map(len, references))
    streams = [[refs[i] if i < len(refs) else None for refs in references] for i in range(most)]
    scorer = getattr(sacrebleu, metric)(**options)
    value = scorer.corpus_score(guesses, streams).score
    return Metric(name, value, f"{scorer.get_signature()}|examples:{len(guesses)}")
