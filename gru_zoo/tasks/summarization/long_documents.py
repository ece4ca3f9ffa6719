"""Selection of sentences from a document that is too long for the model."""

from collections.abc import Callable, Sequence

import numpy as np

from gru_zoo.base.seq2seq.batches import append_eos

AttentionReceived = Callable[[list[np.ndarray]], list[np.ndarray]]
"""Function from the ids of windows, `EOS` last, to the weight of each of their ids."""


def select_sentences(
    sentences: Sequence[np.ndarray], max_length: int, attention_received: AttentionReceived
) -> list[np.ndarray]:
    """Select the sentences with the most attention that fit into the model together.

    The document is read window by window. The score of a sentence is the sum of the weights of its
    ids.

    Args:
        sentences: ids of each sentence without `EOS`, at most `max_length` each.
        max_length: maximum number of ids of a window, and of the selected sentences together.
        attention_received: returns the weight of each id of windows.

    Returns:
        The selected sentences in the order of the document.
    """
    sizes = list(map(len, sentences))
    parts = windows(sizes, max_length)
    ids = [append_eos(np.concatenate([sentences[i] for i in part])) for part in parts]
    scores: list[float] = []
    for part, weights in zip(parts, attention_received(ids), strict=True):
        ends = np.cumsum([sizes[i] for i in part])
        scores += [float(share.sum()) for share in np.split(weights[: ends[-1]], ends[:-1])]
    return [sentences[i] for i in best_that_fit(scores, sizes, max_length)]


def windows(sizes: Sequence[int], max_size: int) -> list[range]:
    """Group neighbours into windows, each as full as possible.

    Args:
        sizes: size of each element, at most `max_size`.
        max_size: maximum sum of the sizes in a window.

    Returns:
        Ranges of indices, in order, that cover all elements.
    """
    starts, filled = [0], 0
    for i, size in enumerate(sizes):
        if filled + size > max_size:
            starts.append(i)
            filled = 0
        filled += size
    return [range(*bounds) for bounds in zip(starts, [*starts[1:], len(sizes)], strict=True)]


def best_that_fit(scores: Sequence[float], sizes: Sequence[int], max_size: int) -> list[int]:
    """Choose elements greedily, best score first, while their sizes sum to at most `max_size`.

    Returns:
        Ascending indices.
    """
    chosen, filled = [], 0
    for i in sorted(range(len(scores)), key=lambda i: -scores[i]):
        if filled + sizes[i] <= max_size:
            chosen.append(i)
            filled += sizes[i]
    return sorted(chosen)
