"""The likeliest answer of a passage."""

from collections.abc import Sequence

import keras
import numpy as np

from gru_zoo.batching.length_plan import bucket_indices, length_plan
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.question_answering.passages.processor import (
    LENGTHS,
    PassageProcessor,
    Window,
    pad_windows,
)
from gru_zoo.tasks.question_answering.reading import sentences_of
from gru_zoo.tasks.question_answering.results import Answer

LONGEST = 16  # words of an answer
_BATCH_SIZE = 32


def answer_passages(
    model: keras.Model,
    processor: PassageProcessor,
    pairs: Sequence[tuple[str, str]],
    allow_none: bool = True,
) -> list[Answer]:
    """Answer each question about its passage.

    Of several windows the one counts in which an answer is likeliest, in comparison with none.

    Args:
        model: the model.
        processor: its processor.
        pairs: questions and contexts.
        allow_none: False gives the likeliest words of each passage that has words.
    """
    windows, owners = [], []
    for i, (question, context) in enumerate(pairs):
        for window in processor.encode(question, context):
            windows.append(window)
            owners.append(i)
    found = [Answer(None, 1.0)] * len(pairs)
    best = [-np.inf] * len(pairs)
    for row, logits in _logits(model, windows):
        owner = owners[row]
        margin, answer = likeliest(windows[row], logits, pairs[owner][1], allow_none)
        if margin > best[owner]:
            best[owner], found[owner] = margin, answer
    return found


def _logits(model: keras.Model, windows: Sequence[Window]):
    """The number of each window, and its logits of first and last words, `(words + 1, 2)`."""
    if not windows:
        return
    lengths = bucket_indices([window.passage.ids for window in windows], LENGTHS)
    for rows in length_plan([lengths], [_BATCH_SIZE] * len(LENGTHS)):
        # Filled up to a power of two, so that few shapes are compiled.
        filled = [*rows, *[rows[0]] * ((1 << (len(rows) - 1).bit_length()) - len(rows))]
        logits = predict_on_batch(model, pad_windows(windows[row] for row in filled))
        for row, values in zip(rows, np.asarray(logits, "float32"), strict=False):
            yield row, values[: len(windows[row].passage.ids)]


def likeliest(
    window: Window, logits: np.ndarray, context: str, allow_none: bool = True
) -> tuple[float, Answer]:
    """The likeliest answer of a window, and by how much its best place passes none, in logits.

    An answer that stands several times has the probability of all its places.

    Args:
        window: the window.
        logits: shape `(words + 1, 2)`.
        context: the passage.
        allow_none: whether there may be no answer.
    """
    sums = logits[:, None, 0] + logits[None, :, 1]
    firsts, lasts = np.indices(sums.shape)
    possible = (firsts > 0) & (lasts >= firsts) & (lasts < firsts + LONGEST)
    none = float(sums[0, 0])
    values = sums[possible].astype("float64")
    highest = max(none, values.max())
    chances = np.exp(values - highest)
    total = chances.sum() + np.exp(none - highest)
    firsts, lasts = firsts[possible], lasts[possible]
    sentences = _sentences(window, context, np.bincount(firsts - 1, chances / total))
    margin = float(values.max()) - none
    if margin < 0 and allow_none:
        return margin, Answer(None, float(np.exp(none - highest) / total), None, None, *sentences)
    likely = np.argsort(-chances)[:20]
    spans = [(window.tokens[firsts[i] - 1].start, window.tokens[lasts[i] - 1].end) for i in likely]
    texts = [context[start:end] for start, end in spans]
    score = sum(
        float(chances[i]) for i, text in zip(likely, texts, strict=True) if text == texts[0]
    )
    return margin, Answer(texts[0], score / float(total), *spans[0], *sentences)


def _sentences(
    window: Window, context: str, chances: np.ndarray
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The sentences of a window, and the probability that an answer begins in each.

    Args:
        window: the window.
        context: the passage.
        chances: probability that the answer begins with each word, shape `(words,)`.
    """
    start = window.tokens[0].start
    found = sentences_of(context[start : window.tokens[-1].end])
    ends = [start + sentence.end for sentence in found]
    owners = np.searchsorted(ends, [token.start for token in window.tokens], side="right")
    sums = np.bincount(owners, chances, minlength=len(found))[: len(found)]
    return tuple(sentence.text for sentence in found), tuple(sums.tolist())
