"""Metrics of language models: likelihoods, and how often the next word is suggested."""

from collections.abc import Sequence

import keras
import numpy as np

from gru_zoo import metrics
from gru_zoo.metrics.metric import Metric
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.tasks.text_generation.reader import LanguageModelReader
from gru_zoo.text.inputs import normalize_newlines
from gru_zoo.text.word_tokenizer import UNKNOWN, is_word

_ROWS, _WINDOW = 16, 64  # texts of a batch, and steps that are read at once
_TOPS = (3, 1)


def text_metrics(
    reader: LanguageModelReader,
    processor: LanguageModelProcessor,
    texts: Sequence[str],
    verbose: bool = False,
) -> list[Metric]:
    """Compute the usual metrics of the kind of model.

    They are `nats_per_char` and `word_perplexity` of a model over characters, and the same with the
    perplexity first of one over sub-words. A model over words lacks words, so that its likelihoods
    compare with nothing, unless the texts spell what it lacks as `<unk>`. It is measured by
    `next_word_accuracy`, and where words are separated by spaces also by `word_perplexity`.

    Args:
        reader: reader of the model.
        processor: processor of the model.
        texts: texts, each read from its beginning.
        verbose: whether to show a progress bar.

    Raises:
        ValueError: no text has a word.
    """
    texts = [*map(normalize_newlines, texts)]
    if not any(text.strip() for text in texts):
        raise ValueError("Expected at least one text with a word. Received: none.")
    found = []
    if processor.by_words:
        found = next_word_accuracy(reader.model, processor, texts, verbose)
        if not processor.separated:
            return found
    nats = sum(float(reader.nats(processor.encode(t), verbose).sum()) for t in texts)
    # A space keeps the last word of a text apart from the first word of the next one.
    perplexity = metrics.word_perplexity(nats, " ".join(texts))
    if processor.by_words:
        return [*found, perplexity]
    per_char = metrics.nats_per_char(nats, "".join(texts))
    return [per_char, perplexity] if processor.by_characters else [perplexity, per_char]


def next_word_accuracy(
    model: keras.Model,
    processor: LanguageModelProcessor,
    texts: Sequence[str],
    verbose: bool = False,
) -> list[Metric]:
    """Compute `next_word_top_3` and `next_word_top_1`.

    It is the share of the words of the texts that are among the 3, or 1, most likely words of the
    model after all that stands before them in their text, without a letter of the word, from 0 to
    1. All words and numbers count; words outside the vocabulary count as wrong; case does not
    matter. Punctuation marks and ends of lines are read, but neither counted nor suggested. In data
    sets that write rare words as `<unk>`, these count, and are wrong. `suggest` gives the same
    words, as long as it has no words of the user to mix in.

    Args:
        model: model from `gru_zoo.tasks.text_generation.model.build`.
        processor: its processor, with a `WordTokenizer`.
        texts: texts, each read from its beginning.
        verbose: whether to show a progress bar.

    Raises:
        ValueError: no text has a word.
    """
    can_start, _ = processor.word_tokens()
    counts, right = 0, dict.fromkeys(_TOPS, 0)
    rows = sorted((_row(processor, text) for text in texts), key=lambda row: len(row[0]))
    bar = keras.utils.Progbar(len(rows), unit_name="text") if verbose else None
    for start in range(0, len(rows), _ROWS):
        batch = rows[start : start + _ROWS]
        for ranks in _ranks(model, can_start, batch):
            for top in _TOPS:
                right[top] += int((ranks < top).sum())
        counts += sum(int(counted.sum()) for _, _, counted in batch)
        if bar:
            bar.add(len(batch))
    if not counts:
        raise ValueError("Expected at least one text with a word. Received: none.")
    signature = f"unknown words wrong|marks and ends of lines left out|words:{counts}"
    return [Metric(f"next_word_top_{top}", right[top] / counts, signature) for top in _TOPS]


def _row(processor: LanguageModelProcessor, text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ids read, ids to predict, and whether each of these is a word, each `(length,)`."""
    ids = processor.encode_after_eos(text)
    counted = [is_word(token) or token == UNKNOWN for token in processor.tokens(text)]
    return ids[:-1], ids[1:], np.array(counted, bool)


def _ranks(model, can_start, batch):
    """Number of words that are more likely than each target that is a word, window by window."""
    length = max(len(ids) for ids, _, _ in batch)
    length = -(-length // _WINDOW) * _WINDOW
    ids, targets, counted = (
        np.stack([np.pad(row[i], (0, length - len(row[i]))) for row in batch]) for i in range(3)
    )
    states = [np.zeros((len(batch), *state.shape[1:]), state.dtype) for state in model.inputs[1:]]
    for start in range(0, length, _WINDOW):
        part = slice(start, start + _WINDOW)
        logits, *states = predict_on_batch(model, [ids[:, part].astype("int32"), *states])
        places = np.nonzero(counted[:, part])
        scores = np.where(can_start, np.asarray(logits)[places], -np.inf)
        wanted = targets[:, part][places]
        own = np.take_along_axis(scores, wanted[:, None], axis=1)
        # A word outside the vocabulary has the score of a token that cannot be a word: the last.
        yield (scores >= own).sum(axis=1) - 1
