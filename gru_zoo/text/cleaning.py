"""Cleaning of texts as people type, copy or post them."""

import html
import re

_COMMENTS = re.compile(r"<!--.*?-->", re.DOTALL)
_VALUE = r"\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+)"
_INLINE = re.compile(
    rf"</?(?:a|b|i|u|s|em|strong|span|small|mark|font|code)(?:\s+[\w:-]+{_VALUE})*\s*>",
    re.IGNORECASE,
)
_TAGS = re.compile(rf"</?[a-zA-Z][\w:-]*(?:\s+[\w:-]+{_VALUE})*\s*/?>")
_SPACES = re.compile(r"\s+")


def remove_markup(text: str) -> str:
    """Take HTML off a text: entities become characters; tags and comments are left out.

    Tags that break a line, and those of unknown elements, become a space.

    Example:
        >>> remove_markup("<p>Good &amp; <b>cheap</b>.</p>")
        'Good & cheap.'
    """
    if "&" in text:
        text = html.unescape(text)
    if "<" not in text:
        return text
    return _SPACES.sub(" ", _TAGS.sub(" ", _INLINE.sub("", _COMMENTS.sub(" ", text)))).strip()
