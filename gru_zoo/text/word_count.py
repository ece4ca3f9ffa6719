"""The words of a text, counted."""


def count_words(text: str) -> int:
    """Number of words as word-level language models count them: one more for the end of a line."""
    return len(text.split()) + text.count("\n")
