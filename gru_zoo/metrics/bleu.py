"""Metrics: a value together with the signature that says how it was computed."""

import dataclasses
import importlib.metadata
import importlib.util
import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np


@dataclasses.dataclass(frozen=True)
class Metric:
    """A measured number.

    Args:
        name: as in a card, such as "accuracy".
        value: the number.
        signature: settings and sample size, enough to compute it again.
    """

    name: str
    value: float
    signature: str


def accuracy(labels: Sequence[Any], predictions: Sequence[Any]) -> Metric:
    """Share of predictions that equal their label, from 0 to 1.

    Args:
        labels: the true labels, of any type that compares with ==.
        predictions: as many predicted labels.

    Raises:
        ValueError: different lengths, or no examples.
    """
    labels, predictions = list(labels), list(predictions)
    _check_lengths(len(labels), len(predictions))
    correct = sum(bool(label == guess) for label, guess in zip(labels, predictions, strict=True))
    return Metric("accuracy", correct / len(labels), f"examples:{len(labels)}")


def expected_calibration_error(
    probabilities: np.ndarray, labels: Sequence[int], bins: int = 15
) -> Metric:
    """How far confidence is from accuracy, from 0 (calibrated) to 1.

    The confidence of an example is its largest probability. Confidences fall into `bins` intervals
    of equal width, open at the left; the error is the mean over examples of
    |accuracy - mean confidence| of their interval (Guo et al. 2017, On Calibration of Modern Neural
    Networks, equation 3).

    Args:
        probabilities: shape (examples, classes), rows sum to 1.
        labels: index of the true class of each example, shape (examples,).
        bins: number of intervals, 1 or more.

    Raises:
        ValueError: wrong shapes, no examples, numbers that are no probabilities, or labels that are
            no class indices.
    """
    scores = _probabilities(probabilities)
    _check_lengths(len(labels), len(scores))
    truth = _class_indices(labels, scores.shape[1])
    if bins < 1:
        raise ValueError(f"Expected 1 bin or more. Received: bins={bins!r}.")
    confidence = scores.max(axis=1)
    correct = scores.argmax(axis=1) == truth
    interval = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(interval, weights=correct - confidence, minlength=bins)
    value = float(np.abs(gaps).sum() / len(truth))
    signature = f"bins:{bins}|equal_width|examples:{len(truth)}"
    return Metric("expected_calibration_error", value, signature)


def words(text: str) -> int:
    """Number of words as word-level language models count them: one more for the end of a line."""
    return len(text.split()) + text.count("\n")


def nats_per_char(nats: float, text: str) -> Metric:
    """What a character costs, 0 where all are foreseen.

    Args:
        nats: minus the log-probability of the whole text.
        text: the text, not empty.
    """
    return Metric("nats_per_char", nats / len(text), f"one pass|characters:{len(text)}")


def word_perplexity(nats: float, text: str) -> Metric:
    """exp(nats / words), by whatever pieces a model wrote the text, see `words`.

    A model over sub-words or characters gives a text one probability as a model over words does:
    the product of those of its pieces. So the sum of their nats is divided by the number of
    words, not of pieces; this is exact, with nothing estimated.

    Args:
        nats: minus the log-probability of the whole text.
        text: the text, of one word or more.
    """
    count = words(text)
    signature = f"one pass|ends of lines counted|words:{count}"
    return Metric("word_perplexity", float(np.exp(nats / count)), signature)


def kept_words(
    kept: Sequence[np.ndarray],
    expected: Sequence[np.ndarray],
    missing: Sequence[int],
    marks: Sequence[np.ndarray],
) -> list[Metric]:
    """How well the words were chosen that sentences keep (Filippova et al. 2015, section 5).

    With the kept words K and those expected E of a sentence, precision is |K and E| / |K|, recall
    |K and E| / |E|, and F1 = 2 |K and E| / (|K| + |E|), 1 if both are empty. A word is its place
    in the sentence: the same word elsewhere does not count.

    Args:
        kept: for each word and mark of each sentence, whether it is kept, boolean, `(words,)`.
        expected: whether it should be.
        missing: how many more words were expected in each that it does not have; they are in |E|.
        marks: which words are punctuation marks.

    Returns:
        `token_f1`, the mean of F1 over sentences; `word_f1`, the same without marks;
        `exact_match`, the share of sentences with K = E; `compression_ratio`, the mean share of
        words and marks that are kept.
    """
    _check_lengths(len(expected), len(kept))
    rows = list(zip(kept, expected, missing, marks, strict=True))
    values = {
        "token_f1": [_f1(k, e, more) for k, e, more, _ in rows],
        "word_f1": [_f1(k & ~m, e & ~m, more) for k, e, more, m in rows],
        "exact_match": [float((k == e).all() and not more) for k, e, more, _ in rows],
        "compression_ratio": [float(k.mean()) if k.size else 1.0 for k, _, _, _ in rows],
    }
    form = {
        "token_f1": "words and marks|by place|mean of sentences",
        "word_f1": "words without marks|by place|mean of sentences",
        "exact_match": "words and marks",
        "compression_ratio": "words and marks|mean of sentences",
    }
    return [
        Metric(name, float(np.mean(numbers)), f"{form[name]}|examples:{len(rows)}")
        for name, numbers in values.items()
    ]


def _f1(kept: np.ndarray, expected: np.ndarray, missing: int) -> float:
    total = int(kept.sum()) + int(expected.sum()) + missing
    return 2 * int((kept & expected).sum()) / total if total else 1.0


References = Sequence[str | Sequence[str]]


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

    guesses = [tokens(guess) for guess in _examples(guesses)]
    references = [[tokens(text) for text in texts] for texts in as_references(references)]
    options = {"tokenize": "none", "lowercase": True, "force": True}
    found = _sacrebleu("bleu_lc_tok", "BLEU", guesses, references, **options)
    signature = f"{found.signature}|moses:{language}|sacremoses:{sacremoses.__version__}"
    return dataclasses.replace(found, signature=signature)


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

    references, guesses = as_references(references), _examples(guesses)
    _check_references(references, guesses)
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
    texts, summaries = _examples(texts), _examples(summaries)
    _check_lengths(len(texts), len(summaries))
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


def as_references(references: References) -> list[tuple[str, ...]]:
    """The references of each example, of one or of many an example; a string is one example."""
    return [(texts,) if isinstance(texts, str) else tuple(texts) for texts in _examples(references)]


def _examples(texts: Iterable) -> list:
    return [texts] if isinstance(texts, str) else list(texts)


def require(package: str) -> None:
    """Raise ImportError, with the line that installs it, unless `package` is installed."""
    if importlib.util.find_spec(package) is None:
        raise ImportError(f"This metric needs the package {package}: pip install 'gru-zoo[train]'.")


def _sacrebleu(name, metric, guesses, references, **options) -> Metric:
    require("sacrebleu")
    import sacrebleu

    references, guesses = as_references(references), _examples(guesses)
    _check_references(references, guesses)
    most = max(map(len, references))
    streams = [[refs[i] if i < len(refs) else None for refs in references] for i in range(most)]
    scorer = getattr(sacrebleu, metric)(**options)
    value = scorer.corpus_score(guesses, streams).score
    return Metric(name, value, f"{scorer.get_signature()}|examples:{len(guesses)}")


def _check_references(references: Sequence[Sequence[str]], guesses: Sequence[str]) -> None:
    _check_lengths(len(references), len(guesses))
    if not all(references):
        raise ValueError("Expected a reference for every example. Received: none for some.")


def _check_lengths(labels: int, predictions: int) -> None:
    if labels != predictions:
        raise ValueError(
            f"Expected as many predictions as labels. Received: {labels} labels and {predictions} "
            "predictions."
        )
    if labels == 0:
        raise ValueError("Expected at least one example. Received: none.")


def _probabilities(values: np.ndarray) -> np.ndarray:
    probabilities = np.asarray(values, dtype="float64")
    if probabilities.ndim != 2 or probabilities.shape[1] == 0:
        raise ValueError(
            "Expected probabilities of shape (examples, classes). Received: shape "
            f"{probabilities.shape}."
        )
    # 1e-3 lets float16 scores of many classes pass. A comparison with nan is False.
    right = (probabilities >= 0).all(axis=1) & (abs(probabilities.sum(axis=1) - 1) < 1e-3)
    if not right.all():
        row = int(right.argmin())
        raise ValueError(
            "Expected rows of probabilities that sum to 1; apply softmax to logits first. "
            f"Received: row {row} is {probabilities[row]}."
        )
    return probabilities


def _class_indices(labels: Sequence[int], classes: int) -> np.ndarray:
    indices = np.asarray(labels)
    if indices.ndim != 1 or indices.dtype.kind not in "iu":
        raise ValueError(
            "Expected labels as class indices, whole numbers of shape (examples,). Received: "
            f"shape {indices.shape} and dtype {indices.dtype}."
        )
    outside = indices[(indices < 0) | (indices >= classes)]
    if outside.size:
        raise ValueError(
            f"Expected labels as class indices from 0 to {classes - 1}. Received: {outside[0]}."
        )
    return indices
