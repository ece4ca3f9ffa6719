"""Cleaning of texts as people type, copy or post them."""

import html
import re
import unicodedata
from collections.abc import Container

LINK, HANDLE = "<link>", "<user>"  # what stands for every link and every @handle of a post

_COMMENTS = re.compile(r"<!--.{0,2000}?-->", re.DOTALL)
_VALUE = r"\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+)"
_INLINE = re.compile(
    rf"</?(?:a|b|i|u|s|em|strong|span|small|mark|font|code)(?:\s+[\w:-]+{_VALUE})*\s*>",
    re.IGNORECASE,
)
_TAGS = re.compile(rf"</?[a-zA-Z][\w:-]*(?:\s+[\w:-]+{_VALUE})*\s*/?>")
# The numbers of repetitions are bounded, so that no text takes quadratic time.
_LINKS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]+"
    r"|\b\w[\w-]{0,62}(?:\.[\w-]{1,63}){0,4}\.(?:com|org|net|ly|co|gl|me|tv)/[\w/#?=&%.-]+"
)
_HANDLES = re.compile(r"(?<![\w@.])@\w{1,30}")
_HASHTAGS = re.compile(r"#([A-Za-z]\w+)")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])|_")
_TYPOGRAPHY = str.maketrans(
    {"’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": " - "}
)
_LETTERS = re.compile(r"([a-z])\1{2,}", re.IGNORECASE)
_MARKS = re.compile(r"([!?.,])\1{3,}")
_SPACES = re.compile(r"\s+")
_JOINERS = re.compile(
    "[\ufe0e\ufe0f\u200d\u2640\u2642\U0001f3fb-\U0001f3ff]"
)  # shades of one emoji
_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]+")
_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_EMOTICONS = (  # the emoji that stands for an emoticon; eyes, nose and mouth may vary
    (r"[:=]['’]-?\(", "😢"),
    (r"[:=]['’]-?\)", "😂"),
    (r">:-?\(", "😠"),
    (r"[:=][-o^]?[)\]]|\(:|\^_?\^", "🙂"),
    (r"[:=]-?D+\b|\bX-?D+\b|\bxD+\b", "😃"),
    (r";-?[)\]D]", "😉"),
    (r"[:=][-o^]?[(\[]|\):|-_+-", "🙁"),
    (r"[:=]-?[Pp]\b", "😛"),
    (r"(?<!\w)[:=]-?[/\\](?!\w|/)", "😕"),
    (r"</3", "💔"),
    (r"<3+", "❤"),
)
_EMOTICON = re.compile("|".join(f"({pattern})" for pattern, _ in _EMOTICONS))
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_PAIRS = {'"': '"', "'": "'", "(": ")", "[": "]", "*": "*", "_": "_", "«": "»"}


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


def remove_links(text: str) -> str:
    """Take links off a text.

    Example:
        >>> remove_links("Look: https://example.org/a?b=1 Nice.")
        'Look: Nice.'
    """
    return _SPACES.sub(" ", _LINKS.sub(" ", text)).strip() if _LINKS.search(text) else text


def normalize_post(text: str, emoji: Container[str] = ()) -> str:
    """A text with its links, handles, hashtags, emoji, quotation marks and lengthenings unified.

    - A link becomes `LINK`, and a handle `HANDLE`; a run of either becomes one.
    - A hashtag becomes `#` and its words, which capitals and digits tell apart.
    - An emoticon becomes the emoji for it. Shades and genders of an emoji are left out, and an
      emoji outside `emoji` becomes its Unicode name.
    - Typographic quotation marks and dashes become those of ASCII. Marks that enclose the whole
      text are taken off.
    - Of a letter repeated three times or more two remain, of `!`, `?` or dots three.

    Args:
        text: the text, without markup.
        emoji: the emoji that stay as they are.

    Example:
        >>> normalize_post("@ann Soooo good :-) #BestDay 🎉 www.example.org/1", emoji="🙂")
        '<user> Soo good 🙂 # Best Day party popper <link>'
    """
    text = text.translate(_TYPOGRAPHY)
    text = _LINKS.sub(f" {LINK} ", text)
    text = _HANDLES.sub(f" {HANDLE} ", text)
    text = _HASHTAGS.sub(lambda match: f" # {_HUMPS.sub(' ', match[1])} ", text)
    text = _EMOTICON.sub(lambda match: f" {_emoji_of(match)} ", text)
    text = _FLAGS.sub(" ", _JOINERS.sub("", text))
    text = _EMOJI.sub(lambda match: f" {_name(match[0], emoji)} ", text)
    text = _MARKS.sub(r"\1\1\1", _LETTERS.sub(r"\1\1", text))
    text = _SPACES.sub(" ", text).strip()
    text = re.sub(
        f"(?:{LINK} ){{2,}}", f"{LINK} ", re.sub(f"(?:{HANDLE} ){{2,}}", f"{HANDLE} ", text)
    )
    return _unwrap(text)


def _emoji_of(emoticon: re.Match[str]) -> str:
    (index,) = (i for i, group in enumerate(emoticon.groups()) if group)
    return _EMOTICONS[index][1]


def _name(emoji: str, known: Container[str]) -> str:
    return emoji if emoji in known else unicodedata.name(emoji, "").lower()


def _unwrap(text: str) -> str:
    """A text without the marks that enclose the whole of it."""
    while len(text) > 2 and _PAIRS.get(text[0]) == text[-1]:
        inside = text[1:-1]
        loose = _APOSTROPHE.sub("", inside)
        if text[0] in loose or text[-1] in loose:  # such as "Yes" and "no"
            break
        text = inside.strip()
    return text
