"""Ways in which people write one and the same text: each takes a text and returns another.

What a perturbation draws, it draws from a generator that the text seeds: the same text is changed
in the same way on every run and machine.
"""

import html as entities
import random
import re
from collections.abc import Callable

LINKS = ("https://example.com/p/4711", "http://example.org", "www.example.net/a?b=1&c=2")
HANDLES = ("@anna_k", "@TheRealJo", "@support")
TAGS = ("<p>{}</p>", "<b>{}</b>", '<div class="text">{}</div>', "<span>{}</span><br />")
QUOTES = ('"{}"', "“{}”", "'{}'")
BRACKETS = ("({})", "[{}]")
FINAL_MARKS = ".!?…"
LONG = 5  # letters of a word from which on people still read it with a slip of the finger


def html(text: str) -> str:
    """Put the text between HTML tags."""
    return _draw(text, TAGS).format(text)


def quoted(text: str) -> str:
    """Put the text between quotation marks."""
    return _draw(text, QUOTES).format(text)


def bracketed(text: str) -> str:
    """Put the text between brackets."""
    return _draw(text, BRACKETS).format(text)


def with_link(text: str) -> str:
    """Add a link behind the text."""
    return f"{text} {_draw(text, LINKS)}"


def with_handle(text: str) -> str:
    """Add the handle of a person before the text."""
    return f"{_draw(text, HANDLES)} {text}"


def upper(text: str) -> str:
    """Write the text in capitals."""
    return text.upper()


def title(text: str) -> str:
    """Write each word with a capital, as in a title."""
    return re.sub(r"(?<![\w'’])\w", lambda letter: letter[0].upper(), text)


def lower(text: str) -> str:
    """Write the text in lower case and without a mark at its end."""
    return text.lower().rstrip(FINAL_MARKS)


def spaced(text: str) -> str:
    """Add spaces before and behind the text, and double those between its words."""
    return f" {text.replace(' ', '  ')}  "


def escaped(text: str) -> str:
    """Write `&`, `<`, `>` and quotation marks as HTML entities, and the last space too."""
    return "&nbsp;".join(entities.escape(text).rsplit(" ", 1))


def typo(text: str) -> str:
    """Leave out, double or swap a letter inside a word of `LONG` letters or more.

    A text without such a word stays as it is.
    """
    words = [word for word in re.finditer(r"[^\W\d_]+", text) if len(word[0]) >= LONG]
    if not words:
        return text
    rng = random.Random(text)
    word = rng.choice(words)
    # Neither the first letter nor the last: such slips are rare, and harder to read.
    at = rng.randrange(word.start() + 1, word.end() - 2)
    letter, following = text[at : at + 2]
    changed = [2 * letter + following]
    # Of equal neighbors one that is left out may give a right word.
    if letter != following:
        changed += [following, following + letter]
    return text[:at] + rng.choice(changed) + text[at + 2 :]


def _draw(text: str, choices: tuple[str, ...]) -> str:
    return random.Random(text).choice(choices)


PERTURBATIONS: dict[str, Callable[[str], str]] = {
    function.__name__: function
    for function in (
        html,
        quoted,
        bracketed,
        with_link,
        with_handle,
        upper,
        title,
        lower,
        spaced,
        escaped,
        typo,
    )
}
