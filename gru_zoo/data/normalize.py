"""Cleaning of raw text; public, since a recipe compares texts by it as well."""

import re

_LINE_BREAKS = re.compile(r"(?:\s*<br\s*/?>)+\s*")


def remove_line_breaks(text: str) -> str:
    """Replace each run of HTML line breaks, with the white space around it, by one space.

    Example:
        >>> remove_line_breaks("Good.<br /><br />Bad.")
        'Good. Bad.'
    """
    return _LINE_BREAKS.sub(" ", text).strip()


def normalize(text: str) -> str:
    """Lower-case a text and replace each run of non-alphanumeric characters by one space.

    Example:
        >>> normalize('"So-so": 5/10!')
        'so so 5 10'
    """
    return re.sub(r"[\W_]+", " ", text.lower()).strip()
