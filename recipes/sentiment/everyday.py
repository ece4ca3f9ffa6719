"""Everyday English: the texts and the emoji that the vocabulary and the encoder are adapted to."""

import lzma
import os
import pathlib
import random
from collections.abc import Iterator

from gru_zoo import data
from gru_zoo.data import imdb
from gru_zoo.text.cleaning import normalize_post, remove_markup

POSITIVE = (
    "😀😃😄😁😆😊☺🙂😉😛😜😍🥰😘😗😙😚😋😇🤗🤩🥳😎😌😻😸😺❤♥♡💕💖💗💓💞💘💝💟💜💙💚💛🧡🤍"
    "👍👏🙌👌💪💯✨🌟⭐🎉🎊🎁🎂🏆💐🌹💃🌞"
)
NEGATIVE = "😡😠🤬😤😞😔😟🙁☹😣😖😫😩😢😒🙄😕😑💔👎🤮🤢💩😿😾👿🤦😪😓😥"
PLAIN = (  # of no tone
    "👉👋✋🎶🎵➡☕🍕🍔🍺🍷🍰✈🚗🚌🏠🏥⚽🏀🏈📷📱💻📦📅📎📚📝📖🔑🎧🎮🎤🌍☔🐶🐱🐷🔔🔗📍📌⏰🕒🎓"
)
OTHER = "😂🤣😅😭😱🙏😏🤔😳🙈🙊🙉😴💀👀🔥✌🤷😬😐🤐💁😮😲🙃😶💤✔❗🎄☀⛄❄🌸🌻🍀💰💸✅"
EMOJI = tuple(dict.fromkeys(POSITIVE + NEGATIVE + OTHER + PLAIN))

REVIEWS = 7_000  # of IMDB's unlabelled ones, so that the encoder does not forget films
_TURNS = 6  # of a dialogue that are read as one text
_SETS = (  # training parts alone
    ("semeval-twitter-sentiment", "train"),
    ("fdu-mtl-product-reviews", "train"),
    ("goemotions", "train"),
    ("newsmtsc", "train"),
    ("senti4sd", "train"),
    ("meld", "train"),
    ("taeckstroem-sentences", "all"),
    ("vader-icwsm14", "tweets"),
    ("vader-icwsm14", "nyt"),
    ("airline-tweets", "all"),
    ("hotel-opinion-spam", "all"),
    ("tweeteval-irony-emotion", "emotion.train"),
)


def read_post(text: str) -> str:
    """The text as the processor of `sentiment_general` reads it."""
    return normalize_post(remove_markup(text), EMOJI)


def everyday_texts(root: str | None) -> list[str]:
    """Normalized texts to adapt the encoder to; the labels are not used.

    Args:
        root: folder of the data sets, which has chat-english/ as well.
    """
    texts = [e.text for name, split in _SETS for e in data.load(name, split, root)]
    texts += _dialogues(root)
    texts += random.Random(0).sample(imdb.unlabelled_texts(root), REVIEWS)
    return [read_post(text) for text in texts]


def _dialogues(root: str | None) -> Iterator[str]:
    """Neighboring turns of the dialogues of chat-english."""
    folder = pathlib.Path(root or os.environ["GRU_ZOO_DATA"]) / "chat-english"
    with lzma.open(folder / "self-dialogue.train.txt.xz", "rt", encoding="utf-8") as file:
        dialogues = file.read().split("\n\n")
    for dialogue in dialogues:
        turns = dialogue.split("\n")
        for start in range(0, len(turns), _TURNS):
            yield " ".join(turns[start : start + _TURNS])
