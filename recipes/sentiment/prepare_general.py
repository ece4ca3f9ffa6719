"""The texts of `sentiment_general`: many labelled sets, generated sentences, perturbed copies."""

import lzma
import os
import pathlib
import random
from collections.abc import Iterable

from gru_zoo import data
from gru_zoo.data import sst
from gru_zoo.data.examples import LabelledText
from gru_zoo.data.normalize import normalize, remove_line_breaks
from recipes.sentiment import everyday, grammar
from recipes.sentiment.perturbation import perturb
from recipes.sentiment.prepare import Examples, in_runs
from recipes.sentiment.settings import Settings

# Data set, split and the number of texts of each label that a run draws; None for all.
PARTS: dict[tuple[str, str], int | None] = {
    ("semeval-twitter-sentiment", "train"): None,
    ("fdu-mtl-product-reviews", "train"): None,
    ("cad-imdb", "train"): None,
    ("hotel-opinion-spam", "all"): None,
    ("taeckstroem-sentences", "all"): None,
    ("vader-icwsm14", "tweets"): None,
    ("senti4sd", "train"): None,
    ("tweeteval-irony-emotion", "emotion.train"): 1_000,
    ("goemotions", "train"): 7_000,  # its grouped emotions are weak as polarity
    ("airline-tweets", "all"): 2_500,  # most complain
    ("meld", "train"): 2_000,  # labelled with video and context
    ("vader-icwsm14", "nyt"): 1_000,
    ("newsmtsc", "train"): 1_200,  # of the persons in a sentence
    ("financial-phrasebank-50agree", "all"): 300,  # of a share, not of the words
}
REVIEWS = 12_000  # of IMDB; long texts cost the most
GENERATED = 12_000  # sentences of each label, see grammar.py
PHRASES = 10_000  # of the treebank, of each label
WORDS = 1_500  # single words of each label
CLOSED = 6_000  # posts that get another sentence, or an emoji, at their end
PERTURBED = 0.3  # share of the short texts that are learned in a perturbed copy as well
SHORT = 60  # words
REPEATED = ("semeval-twitter-sentiment", "negative")  # rare there; the metric weighs labels equally
_HELD_OUT_PRODUCTS = 1_000
CLOSINGS = {"positive": "close_pos", "negative": "close_neg"}  # slots of grammar.txt
EMOJI = {"positive": everyday.POSITIVE, "negative": everyday.NEGATIVE}
_GRADES = {0: "negative", 1: "negative", 2: "neutral", 3: "positive", 4: "positive"}
_VALIDATION = (  # sets with a validation split, and how many of its texts are read
    ("semeval-twitter-sentiment", "dev", 2_000),
    ("cad-imdb", "dev", 490),
    ("goemotions", "dev", 800),
    ("meld", "dev", 400),
)


def general_examples(settings: Settings, root: str | None) -> tuple[dict[str, Examples], Examples]:
    """Training examples by data set, and validation examples of several sets.

    Reviews from which the dev and test splits of cad-imdb and contrast-sets-imdb were made are
    left out, since they stand in IMDB's train split. Of the product reviews a fixed part validates.
    A run that draws a share of the texts validates on that share as well.

    Args:
        settings: settings of the run, whose seed draws the texts.
        root: folder of the data sets.
    """
    generator = random.Random(settings.seed)
    train = {}
    for (name, split), count in PARTS.items():
        part = data.load(name, split, root)
        if name == "fdu-mtl-product-reviews":
            part = shuffled(part, 0)[_HELD_OUT_PRODUCTS:]
        if count is not None:
            part = balanced(part, count, generator)
        train[name] = train.get(name, []) + drawn(part, settings.share, generator)
    name, label = REPEATED
    train[name] += [e for e in train[name] if e.label == label]
    reviews, held_reviews = imdb_reviews(settings, root)
    share = settings.share
    train["imdb"] = generator.sample(reviews, int(REVIEWS * share))
    train["sst"] = drawn(treebank("train", root), share, generator)
    train["sst"] += balanced(treebank("train_phrases", root), int(PHRASES * share), generator)
    train["sentiment-lexicons"] = balanced(words(root), int(WORDS * share), generator)
    made = grammar.sentences(int(GENERATED * share), settings.seed)
    train["generated"] = [LabelledText(text, label) for text, label in made]
    train["closed"] = closed(train["semeval-twitter-sentiment"], int(CLOSED * share), generator)
    train["perturbed"] = perturbed(train, generator)

    held_out = treebank("dev", root) + held_reviews
    held_out += shuffled(data.load("fdu-mtl-product-reviews", "train", root), 0)[
        :_HELD_OUT_PRODUCTS
    ]
    for name, split, count in _VALIDATION:
        held_out += shuffled(data.load(name, split, root), 0)[:count]
    return train, shuffled(held_out, 0)[: round(len(held_out) * share)]


def imdb_reviews(settings: Settings, root: str | None) -> tuple[Examples, Examples]:
    """Reviews of IMDB's train split to train on, and to validate on."""
    reviews = data.load("imdb", "train", root)
    sets = (("cad-imdb", ("dev", "test")), ("contrast-sets-imdb", ("dev", "test")))
    others = [e.text for name, splits in sets for s in splits for e in data.load(name, s, root)]
    others += [e.text for e in data.load("imdb", "test", root)]
    unseen = {normalize(remove_line_breaks(text)) for text in others}
    held, rest = in_runs(len(reviews), settings.held_out_reviews, seed=1)
    kept, held_out = (
        [reviews[i] for i in rows if normalize(reviews[i].text) not in unseen]
        for rows in (rest, held)
    )
    return kept, held_out


def all_reviews(settings: Settings, root: str | None) -> Examples:
    """Every review to train on, of films, products and hotels, for the bag of bigrams."""
    products = shuffled(data.load("fdu-mtl-product-reviews", "train", root), 0)
    reviews = imdb_reviews(settings, root)[0] + products[_HELD_OUT_PRODUCTS:]
    reviews += data.load("cad-imdb", "train", root)
    return reviews + data.load("hotel-opinion-spam", "all", root)


def treebank(split: str, root: str | None) -> Examples:
    """Sentences or phrases of SST in three classes."""
    rows = sst.load_tokens(split, root)
    return [LabelledText(sst.detokenize(tokens), _GRADES[grade]) for tokens, grade in rows]


def words(root: str | None) -> Examples:
    """Single words: those that two lexicons agree on, and frequent ones that are in none."""
    folder = pathlib.Path(root or os.environ["GRU_ZOO_DATA"]) / "sentiment-lexicons"

    def table(name):
        with lzma.open(folder / f"{name}.tsv.xz", "rt", encoding="utf-8") as file:
            return [line.rstrip("\n").split("\t") for line in file]

    opinion = {row[0]: row[1] for row in table("opinion_lexicon")}
    valence = {row[0]: float(row[1]) for row in table("vader_lexicon")}
    found = []
    for word, tone in opinion.items():
        if word.isalpha() and valence.get(word, 0.0) * (1 if tone == "pos" else -1) > 0.8:
            found.append(LabelledText(word, "positive" if tone == "pos" else "negative"))
    toned = {row[0] for name in ("AFINN-en-165", "opinion_lexicon") for row in table(name)}
    toned |= set(valence)
    for phrase, grade in sst.load_tokens("train_phrases", root):
        if grade == 2 and phrase.isalpha() and len(phrase) > 2 and phrase.lower() not in toned:
            found.append(LabelledText(phrase, "neutral"))
    return found


def perturbed(train: dict[str, Examples], generator: random.Random) -> Examples:
    """Copies of a share of the short texts, changed so that their labels stay."""
    return [
        LabelledText(perturb(e.text, generator), e.label)
        for part in train.values()
        for e in part
        if " " in e.text and len(e.text.split()) <= SHORT and generator.random() < PERTURBED
    ]


def drawn(examples: Examples, share: float, generator: random.Random) -> Examples:
    """A share of the examples, drawn at random."""
    return generator.sample(examples, round(len(examples) * share))


def closed(posts: Examples, count: int, generator: random.Random) -> Examples:
    """Posts with a closing sentence or an emoji of a tone, of which they have that tone or none.

    Anger at the end turns a friendly post as well.
    """
    ends = grammar.Grammar(grammar.FILE.read_text(encoding="utf-8"))
    result = []
    while len(result) < count:
        post, tone = generator.choice(posts), generator.choice(list(CLOSINGS))
        sentence = ends.sentence(CLOSINGS[tone], generator)
        if post.label in ("neutral", tone):
            end = generator.choice((sentence, sentence, generator.choice(EMOJI[tone])))
        elif tone == "negative":
            end = sentence
        else:
            continue
        result.append(LabelledText(f"{post.text.rstrip('.!? ')}. {end}", tone))
    return result


def balanced(examples: Iterable[LabelledText], count: int, generator: random.Random) -> Examples:
    """At most `count` examples of each label, drawn at random."""
    by_label: dict[str | None, Examples] = {}
    for example in examples:
        by_label.setdefault(example.label, []).append(example)
    return [e for part in by_label.values() for e in generator.sample(part, min(count, len(part)))]


def shuffled(examples: Examples, seed: int) -> Examples:
    """The examples in an order that the seed decides."""
    return random.Random(seed).sample(examples, len(examples))
