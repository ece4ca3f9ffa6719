import pytest

from gru_zoo.text.cleaning import HANDLE, LINK, normalize_post, remove_links, remove_markup
from tests.backends import only_on

pytestmark = only_on("torch", "texts are the same on every backend")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p>I love it.</p>", "I love it."),
        ("Good.<br /><br>Bad.", "Good. Bad."),
        ("<b>cheap</b>, <EM>really</EM>", "cheap, really"),
        ('<a href="https://x.org/?a=1" class=big>here</a>', "here"),
        ("fish &amp; chips &lt;3 &quot;yes&quot;", 'fish & chips <3 "yes"'),
        ("<!-- hidden\nnote -->seen", "seen"),
        ("a < b and c > d", "a < b and c > d"),
        ("I <3 it, a <b and c> d", "I <3 it, a <b and c> d"),
        ("nothing  to\ndo", "nothing  to\ndo"),
    ],
)
def test_markup_is_taken_off(text, plain):
    assert remove_markup(text) == plain


def test_links_are_taken_off():
    assert remove_links("See https://a.org/b?c=1 and www.d.com.") == "See and"
    assert remove_links("Mr. Smith, 3.5 points") == "Mr. Smith, 3.5 points"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("http://t.co/a1 https://t.co/b2 ok", f"{LINK} ok"),
        ("see bit.ly/3kQz", f"see {LINK}"),
        ("@ann @bob_2 hi", f"{HANDLE} hi"),
        ("mail me: ann@example.org", "mail me: ann@example.org"),
        ("#BestDayEver #win2020 #1", "# Best Day Ever # win 2020 #1"),
        ("yes :-) no :( ha :D ;) <3 >:(", "yes 🙂 no 🙁 ha 😃 😉 ❤ 😠"),
        ("at 10:30 (a) b) C:\\", "at 10:30 (a) b) C:\\"),
        ("👍🏽 ❤️", "👍 ❤"),
        ("🥯", "bagel"),
        ("sooooo coooool!!!!!!", "soo cool!!!"),
        ("it’s “fine”…", 'it\'s "fine"…'),
        ("“I love it.”", "I love it."),
        ("'I can't complain.'", "I can't complain."),
        ("(fine)", "fine"),
        ('"Yes" and "no"', '"Yes" and "no"'),
        ("", ""),
    ],
)
def test_posts_are_read(text, read):
    assert normalize_post(text, "🙂🙁😃😉❤😠👍") == read


@pytest.mark.parametrize("part", ["a-", "<!--", "<a b=c ", "#", "@", "a.b", ":-", "<3", "😀", "("])
def test_no_text_takes_long(part):
    text = part * (100_000 // len(part))  # quadratic time would be minutes
    assert isinstance(normalize_post(remove_markup(remove_links(text))), str)
