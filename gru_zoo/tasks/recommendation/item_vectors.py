"""Vectors of items to start a training from."""

import numpy as np
import scipy.sparse

_OVERSAMPLING, _ITERATIONS = 16, 4  # of the randomized decomposition
_CONTEXT_POWER = 0.75  # flattens how often an item is a context (Levy et al. 2015, section 3.1)
_NOISE = 0.1  # share of a random vector, so that items without pairs differ


def vectors_from_counts(
    pairs: scipy.sparse.csr_array, dim: int, random: np.random.Generator
) -> np.ndarray:
    """Factorize the positive pointwise mutual information of pairs of items.

    Args:
        pairs: counts, shape `(items + 1, items + 1)`.
        dim: size of a vector.
        random: generator of what is random.

    Returns:
        Float32, shape `(items + 1, dim)`, with a mean norm of about 1.

    References:
        Levy & Goldberg 2014, Neural Word Embedding as Implicit Matrix Factorization.
        Halko et al. 2011, Finding Structure with Randomness, algorithm 4.4.
    """
    noise = random.normal(0, dim**-0.5, (pairs.shape[0], dim)).astype("float32")
    if not pairs.nnz:
        return noise
    information = _mutual_information(scipy.sparse.csr_array(pairs + pairs.T))
    rank = min(dim + _OVERSAMPLING, pairs.shape[0])
    basis = random.normal(size=(pairs.shape[0], rank)).astype("float32")
    for _ in range(_ITERATIONS):
        basis = np.linalg.qr(information @ basis)[0]
    values, vectors = np.linalg.eigh(basis.T @ (information @ basis))
    largest = np.argsort(-np.abs(values))[:dim]
    found = basis @ vectors[:, largest] * np.sqrt(np.abs(values[largest]))
    norms = np.linalg.norm(found, axis=1)
    scale = norms[norms > 1e-6].mean() if (norms > 1e-6).any() else 1.0
    result = _NOISE * noise
    result[:, : found.shape[1]] += found / scale
    return result


def _mutual_information(counts: scipy.sparse.csr_array) -> scipy.sparse.csr_array:
    """Positive pointwise mutual information of symmetric counts."""
    totals = counts.sum(axis=1)
    context = totals**_CONTEXT_POWER
    context = context / context.sum()
    pairs = counts.tocoo()
    expected = totals[pairs.row] * context[pairs.col]
    values = np.log(np.maximum(pairs.data / expected, 1.0)).astype("float32")
    return scipy.sparse.coo_array((values, (pairs.row, pairs.col)), counts.shape).tocsr()


def vectors_of_new_items(
    vectors: np.ndarray, is_new: np.ndarray, pairs: scipy.sparse.csr_array
) -> np.ndarray:
    """Vectors in which new items get the mean of the known items that they were counted with.

    Args:
        vectors: shape `(items + 1, dim)`; the rows of new items are kept where they have no pair
            with a known one.
        is_new: whether an item is new, boolean, shape `(items + 1,)`.
        pairs: counts, shape `(items + 1, items + 1)`.
    """
    both = scipy.sparse.csr_array(pairs + pairs.T)
    known = np.where(is_new, 0, 1).astype("float32")
    weights = both @ known
    means = (both @ (vectors * known[:, None])) / np.maximum(weights, 1e-9)[:, None]
    return np.where((is_new & (weights > 0))[:, None], means, vectors).astype("float32")
