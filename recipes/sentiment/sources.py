"""What the card of `sentiment_general` says of its training data."""

import dataclasses
from collections.abc import Mapping

from gru_zoo.data import imdb, sst
from gru_zoo.data._labelled_sets import SETS
from gru_zoo.presets.card import DataRow

_OURS = {
    "generated": "sentences made by recipes/sentiment/grammar.py",
    "closed": "tweets of SemEval with a sentence of ours at their end",
    "perturbed": "copies of the other texts, by recipes/sentiment/perturbation.py",
}
_LEXICONS = DataRow(
    "sentiment-lexicons",
    "words",
    0,
    "VADER MIT; AFINN Apache-2.0; Opinion Lexicon none stated, citation asked (Hu & Liu 2004, KDD)",
    "https://github.com/cjhutto/vaderSentiment",
)
_DIALOGUES = DataRow(
    "chat-english",
    "self-dialogue train, for pretraining",
    12_720,
    "BSD-3-Clause",
    "https://github.com/jfainberg/self_dialogue_corpus",
)


def general_rows(counts: Mapping[str, int]) -> tuple[DataRow, ...]:
    """The field `data` of the card.

    Args:
        counts: number of training texts by the name of the set.
    """
    sources = {name: labelled.source for name, labelled in SETS.items()}
    sources |= {"imdb": imdb.SOURCE, "sst": sst.SOURCE}
    rows = []
    for name, count in counts.items():
        if name in _OURS:
            rows.append(DataRow(name, "train", count, "ours", _OURS[name]))
        elif name == _LEXICONS.name:
            rows.append(dataclasses.replace(_LEXICONS, examples=count))
        else:
            split = "all" if name in SETS and "all" in SETS[name].counts else "train"
            source = sources[name]
            rows.append(DataRow(name, split, count, source.licence, source.homepage))
    texts = imdb.PRETRAINING_COUNTS["unsupervised"]
    unlabelled = ("imdb", "unsupervised, for pretraining", texts)
    return (*rows, DataRow(*unlabelled, imdb.SOURCE.licence, imdb.SOURCE.homepage), _DIALOGUES)
