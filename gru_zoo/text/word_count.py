"""Word counts."""


def count_words(text: str) -> int:
    r"""Number of words as word-level language models count them: line feeds are words, too.

    Example:
        >>> count_words("two words\n")
        3
    """
    return len(text.split()) + text.count("\n")
