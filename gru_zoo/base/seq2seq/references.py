"""Inputs and their references."""

from gru_zoo import metrics
from gru_zoo.text.inputs import as_texts


def with_references(texts, references, what="text") -> tuple[list[str], list[tuple[str, ...]]]:
    """Texts, and the references of each."""
    texts, references = as_texts(texts), metrics.as_references(references)
    if len(texts) != len(references):
        raise ValueError(
            f"Expected references for each {what}. Received: {len(texts)} texts and references of "
            f"{len(references)}."
        )
    if not all(references):
        raise ValueError(
            f"Expected one reference or more for each {what}. Received: none at position "
            f"{references.index(())}."
        )
    return texts, references
