"""Purchases on Amazon: beauty products and video games, each user's in the order of time.

Both sets are split by leaving one out: of each user with three items or more the last one is to be
predicted in the test and the one before it in the validation. The rest is for training. In the test
the item of the validation belongs to the history.
"""

import os

from gru_zoo.data import plain_text
from gru_zoo.data.examples import ItemSequence
from gru_zoo.data.source import Source, check_count, check_split

_NOTHING_STATED = "none stated; given for research with citation"

SOURCES = {
    "amazon_beauty_seq": Source(
        name="amazon_beauty_seq",
        homepage="https://github.com/FeiSun/BERT4Rec",
        licence=_NOTHING_STATED,
        citation=(
            "McAuley et al. 2015, Image-Based Recommendations on Styles and Substitutes, SIGIR; "
            "as processed for Sun et al. 2019, BERT4Rec, CIKM"
        ),
        files={"beauty.txt.xz": "85d6220a5a59e53a65f2e4b60610307a999ecbde15e3596521808045e9a46ded"},
        url="https://raw.githubusercontent.com/FeiSun/BERT4Rec/master/data",
        sha256="f480b7a7403852342ffd8f9809bb30697dd669be31813d0e204b698fec86ef49",
    ),
    "amazon_games_seq": Source(
        name="amazon_games_seq",
        homepage="https://github.com/kang205/SASRec",
        licence=_NOTHING_STATED,
        citation=(
            "McAuley et al. 2015, Image-Based Recommendations on Styles and Substitutes, SIGIR; "
            "as processed for Kang & McAuley 2018, Self-Attentive Sequential Recommendation, ICDM"
        ),
        files={"Video.txt.xz": "d4df72ed90ee458910f727f541fa9c6a57b367eb9509a7e626f0e80342a56e3f"},
        url="https://raw.githubusercontent.com/kang205/SASRec/master/data",
        sha256="b7376fe24430743f411dc7f567285657b2adb3f74361cc7ba0aee94f3024b651",
    ),
}
# Users of a split, and interactions of the whole set.
COUNTS = {
    "amazon_beauty_seq": {"train": 40_226, "validation": 40_226, "test": 40_226},
    "amazon_games_seq": {"train": 31_013, "validation": 30_901, "test": 30_901},
}
INTERACTIONS = {"amazon_beauty_seq": 353_962, "amazon_games_seq": 287_107}

_HELD_OUT = 2  # items of a user that are not for training


def load(
    split: str, root: str | os.PathLike | None = None, name: str = "amazon_beauty_seq"
) -> list[ItemSequence]:
    """Load a split of a set.

    Args:
        split: "train" (`next_item` is None), "validation" or "test"; `COUNTS` has the numbers of
            users. Users with fewer than three items are in "train" alone.
        root: data folder with a folder of the set's name. Default: `$GRU_ZOO_DATA`, else a
            download (4 MiB).
        name: a key of `SOURCES`.

    Returns:
        One sequence for each user. Items are named by the whole numbers of the published file.

    Raises:
        FileNotFoundError: `root` lacks the set.
        ValueError: unknown split or set, wrong checksum, or wrong number of users or interactions.
        OSError: the download failed.
    """
    if name not in SOURCES:
        raise ValueError(f"Expected a set among {list(SOURCES)}. Received: name={name!r}.")
    check_split(name, split, COUNTS[name])
    source = SOURCES[name]
    (packed,) = source.files
    text = plain_text.published(source, packed.removesuffix(".xz"), source.sha256, root)
    users: dict[str, list[str]] = {}
    for line in text.splitlines():
        user, item = line.split()
        users.setdefault(user, []).append(item)
    check_count(name, "all", sum(map(len, users.values())), INTERACTIONS[name])
    examples = [_of_split(split, user, items) for user, items in users.items()]
    found = [example for example in examples if example is not None]
    check_count(name, split, len(found), COUNTS[name][split])
    return found


def _of_split(split: str, user: str, items: list[str]) -> ItemSequence | None:
    """What a split has of a user; None if nothing."""
    if split == "train":
        end = len(items) - _HELD_OUT if len(items) > _HELD_OUT else len(items)
        return ItemSequence(tuple(items[:end]), None, user)
    if len(items) <= _HELD_OUT:
        return None
    place = {"validation": -2, "test": -1}[split]
    return ItemSequence(tuple(items[:place]), items[place], user)
