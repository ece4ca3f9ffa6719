"""Checks of source texts and their references."""

from collections.abc import Sequence

from gru_zoo import metrics
from gru_zoo.text.inputs import as_texts


def with_references(
    texts: str | Sequence[str], references: metrics.References, what: str = "text"
) -> tuple[list[str], list[tuple[str, ...]]]:
    """Pair each text with its references.

    Args:
        texts: one text or many.
        references: one reference, or several, for each text.
        what: name of a text in the error.

    Returns:
        The texts, and a tuple of references for each.

    Raises:
        TypeError: a text is not a string.
        ValueError: the numbers differ, or a text has no reference.
    """
    texts, references = as_texts(texts), metrics.as_references(references)
    if len(texts) != len(references):
        raise ValueError(
            f"Expected references for each {what}. Received: {len(texts)} texts and references of "
            f"{len(references)}."
        )
    if not all(references):
        raise ValueError(
            f"Expected at least one reference for each {what}. Received: none at position "
            f"{references.index(())}."
        )
    return texts, references
