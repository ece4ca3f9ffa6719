"""BLEU and chrF of translations, on sacrebleu."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from gru_zoo.metrics.metric import (
    Metric,
    References,
    as_examples,
    as_references,
    check_references,
)
from gru_zoo.metrics.optional import require


def bleu(guesses: Sequence[str], references: References) -> Metric:
    """Corpus BLEU of cased, detokenized text, from 0 to 100 (Post 2018, sacreBLEU).

    Args:
        guesses: translations.
        references: one reference, or a sequence of references, for each translation.

    Raises:
        ValueError: there are no examples, an example has no reference, or `guesses` and
            `references` differ in length.
        ImportError: sacrebleu is not installed.
    """
    require("sacrebleu")
    from sacrebleu.metrics import BLEU

    return _corpus_score("bleu", BLEU(), guesses, references)


def chrf(guesses: Sequence[str], references: References) -> Metric:
    """Corpus chrF, from 0 to 100 (Popovic 2015). Arguments and errors are those of `bleu`."""
    require("sacrebleu")
    from sacrebleu.metrics import CHRF

    return _corpus_score("chrf", CHRF(), guesses, references)


def bleu_lc_tok(guesses: Sequence[str], references: References, language: str) -> Metric:
    """Corpus BLEU of lower-cased text as Moses tokenizes it, from 0 to 100.

    Papers on Multi30K report this form: on both sides, punctuation is normalized, and the text is
    tokenized and lower-cased.

    Args:
        guesses: translations.
        references: one reference, or a sequence of references, for each translation.
        language: code of the language, such as "de", whose rules Moses applies.

    Raises:
        ValueError: see `bleu`.
        ImportError: sacrebleu or sacremoses is not installed.
    """
    require("sacrebleu")
    require("sacremoses")
    import sacremoses
    from sacrebleu.metrics import BLEU

    normalizer = sacremoses.MosesPunctNormalizer(language)
    tokenizer = sacremoses.MosesTokenizer(language)

    def tokens(text):
        text = tokenizer.tokenize(normalizer.normalize(text), escape=False, return_str=True)
        return text.lower()

    guesses = [tokens(guess) for guess in as_examples(guesses)]
    references = [[tokens(text) for text in texts] for texts in as_references(references)]
    scorer = BLEU(tokenize="none", lowercase=True, force=True)
    metric = _corpus_score("bleu_lc_tok", scorer, guesses, references)
    signature = f"{metric.signature}|moses:{language}|sacremoses:{sacremoses.__version__}"
    return dataclasses.replace(metric, signature=signature)


def _corpus_score(name: str, scorer: Any, guesses: Sequence[str], references: References) -> Metric:
    """The score of a metric of sacrebleu.

    Args:
        name: name of the result.
        scorer: an instance of a metric of sacrebleu.
        guesses, references: see `bleu`.
    """
    references, guesses = as_references(references), as_examples(guesses)
    check_references(references, guesses)
    count = max(map(len, references))
    streams = [[refs[i] if i < len(refs) else None for refs in references] for i in range(count)]
    value = scorer.corpus_score(guesses, streams).score
    return Metric(name, value, f"{scorer.get_signature()}|examples:{len(guesses)}")
