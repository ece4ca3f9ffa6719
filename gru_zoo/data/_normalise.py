"""Cleaning of raw text."""

import re

_LINE_BREAKS = re.compile(r"(?:\s*<br\s*/?>)+\s*")


def plain_text(review: str) -> str:
    """The review with each run of HTML line breaks, and the white space around it, as one space."""
    return _LINE_BREAKS.sub(" ", review).strip()


def normalize(text: str) -> str:
    """Lower case, with every run of characters other than letters and digits as one space."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()
