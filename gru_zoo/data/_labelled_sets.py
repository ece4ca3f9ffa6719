"""The published sets that `labelled_texts` loads: sources, checksums and numbers of records."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gru_zoo.data.source import Source


class LabelledSet(NamedTuple):
    """A set of labelled texts.

    Args:
        source: where it comes from.
        counts: number of records by split, those of an ambiguous label included.
    """

    source: Source
    counts: Mapping[str, int]


def _labelled(counts: Mapping[str, int], **source: Any) -> LabelledSet:
    return LabelledSet(Source(sha256="", **source), counts)


_SETS = (
    _labelled(
        name="airline-tweets",
        homepage="https://www.kaggle.com/datasets/crowdflower/twitter-airline-sentiment",
        licence="CC BY-NC-SA 4.0, as published on Kaggle; the terms of Twitter",
        citation="CrowdFlower 2015, Twitter US Airline Sentiment",
        files={
            "all.jsonl.xz": "ea8eae6266cf615e8ec327fd40b917dc40afbca7bae34d92694a259f16b57324",
        },
        url="https://github.com/MohamedAli1995/Virgin-Airline-Tweets-Sentiment-Prediction",
        counts={"all": 8_813},
    ),
    _labelled(
        name="cad-imdb",
        homepage="https://github.com/acmi-lab/counterfactually-augmented-data",
        licence="Apache-2.0; the texts belong to their IMDb authors",
        citation=(
            "Kaushik et al. 2020, Learning the Difference that Makes a Difference with "
            "Counterfactually-Augmented Data, ICLR"
        ),
        files={
            "paired.dev.jsonl.xz": (
                "c5d03e9613ddb87e9e78c7e2969f770a395cb3629480ce835959418aded0dc08"
            ),
            "paired.test.jsonl.xz": (
                "f739322b88cd3a98e8803e38d93ada5db2c9917dab11c6cf4a9508fd17b64e8a"
            ),
            "paired.train.jsonl.xz": (
                "d67035a6f5ec0c076382120c526644c90b75d194c069abe287a7c3cef939720a"
            ),
        },
        url="https://github.com/acmi-lab/counterfactually-augmented-data",
        counts={"train": 3_414, "dev": 490, "test": 976},
    ),
    _labelled(
        name="contrast-sets-imdb",
        homepage="https://github.com/allenai/contrast-sets",
        licence="none stated; the texts belong to their IMDb authors",
        citation=(
            "Gardner et al. 2020, Evaluating Models' Local Decision Boundaries via Contrast "
            "Sets, Findings of EMNLP"
        ),
        files={
            "dev.jsonl.xz": "0dd5a9bb21fced8782e825ca51ef50e686db66691ad83c27dc2e8a06480d285a",
            "test.jsonl.xz": "4a6e46118685588c56ca5fcd1bb27b389107885f7f0b2f3e378e15ef9f888e2c",
        },
        url="https://github.com/allenai/contrast-sets",
        counts={"dev": 200, "test": 976},
    ),
    _labelled(
        name="dynasent-dev",
        homepage="https://github.com/cgpotts/dynasent",
        licence="CC BY 4.0",
        citation="Potts et al. 2021, DynaSent: A Dynamic Benchmark for Sentiment Analysis, ACL",
        files={
            "r1.dev.jsonl.xz": ("bb0fff0dc168043c2e1b83b4959be7d15f089bc42969820097818d1431ddd27c"),
            "r2.dev.jsonl.xz": ("02cdd4f2ab3510f5f13d33d3daaaabe6c8b13add4716adcc6d20d0c6aa1ef716"),
        },
        url="https://github.com/cgpotts/dynasent",
        counts={"r1.dev": 3_600, "r2.dev": 720},
    ),
    _labelled(
        name="fdu-mtl-product-reviews",
        homepage="https://github.com/ccsasuke/man",
        licence="none stated; distributed for research, the reviews belong to their authors",
        citation=(
            "Liu, Qiu & Huang 2017, Adversarial Multi-task Learning for Text Classification, "
            "ACL; Blitzer, Dredze & Pereira 2007, Biographies, Bollywood, Boom-boxes and "
            "Blenders, ACL"
        ),
        files={
            "test.jsonl.xz": "98820364a249a02396f377d1492843aef18d15cce4765d0948de4f8eddd10ec6",
            "train.jsonl.xz": ("c399f8cd1a928f0173093e10c6fe83bce49f57d1e00237ded58611c28de076a7"),
        },
        url="https://github.com/ccsasuke/man",
        counts={"train": 15_443, "test": 4_796},
    ),
    _labelled(
        name="financial-phrasebank-50agree",
        homepage="https://huggingface.co/datasets/takala/financial_phrasebank",
        licence="CC BY-NC-SA 3.0",
        citation="Malo et al. 2014, Good Debt or Bad Debt, JASIST 65(4)",
        files={
            "all.jsonl.xz": "4bfb88eef61c6ea27e3eb0c2529f3b0a62f881375c881c575520c38ba8d3085d",
        },
        url="https://github.com/saidharmendra5/financial-new-analysis",
        counts={"all": 4_835},
    ),
    _labelled(
        name="goemotions",
        homepage="https://github.com/google-research/google-research/tree/master/goemotions",
        licence="Apache-2.0; the comments belong to Reddit users",
        citation="Demszky et al. 2020, GoEmotions: A Dataset of Fine-Grained Emotions, ACL",
        files={
            "dev.jsonl.xz": "de20712a895ef336913c2b67bdd33f97d6b0aaaed3146c23c8aad8e95171f7b0",
            "test.jsonl.xz": "a950a7a74a3adb40430ac84c45d94cd5e585024016e94cac71ea37ea3c7936a9",
            "train.jsonl.xz": ("f9f3e3b469ca0efe3f9fa6e98ee44448b40b82faec000a9f0c2f90a1eeccdac5"),
        },
        url="https://github.com/monologg/GoEmotions-pytorch",
        counts={"train": 36_647, "dev": 5_426, "test": 5_426},
    ),
    _labelled(
        name="hotel-opinion-spam",
        homepage="https://myleott.com/op-spam.html",
        licence="CC BY-NC-SA 3.0, as released by the authors",
        citation=(
            "Ott et al. 2011, Finding Deceptive Opinion Spam by Any Stretch of the "
            "Imagination, ACL; Ott, Cardie & Hancock 2013, Negative Deceptive Opinion Spam, "
            "NAACL"
        ),
        files={
            "all.jsonl.xz": "a9e043734805c60aace5739d32a4de9ad76f502d8a5dabfb8230d4b106193d1c",
        },
        url="https://github.com/isha-2812/nlp_opinion_spamming",
        counts={"all": 1_596},
    ),
    _labelled(
        name="meld",
        homepage="https://github.com/declare-lab/MELD",
        licence="GPL-3.0; the script belongs to Warner Bros., research use",
        citation=(
            "Poria et al. 2019, MELD: A Multimodal Multi-Party Dataset for Emotion "
            "Recognition in Conversations, ACL"
        ),
        files={
            "dev.jsonl.xz": "4541f7d6e558390f17621b18726aa001cef7a50263a8ee860e239c4322ce6426",
            "test.jsonl.xz": "0cc3efa16b2af93500896101b37de5d6c1e1197e5a1e4fb22aecfe90ea28e0ed",
            "train.jsonl.xz": ("abd798e8a962883c452715fa02ed056398280a37b6a24aa75ac32fcfeb55d9ba"),
        },
        url="https://github.com/declare-lab/MELD",
        counts={"train": 9_987, "dev": 1_109, "test": 2_609},
    ),
    _labelled(
        name="newsmtsc",
        homepage="https://github.com/fhamborg/NewsMTSC",
        licence="MIT; the sentences belong to their publishers",
        citation=(
            "Hamborg & Donnay 2021, NewsMTSC: A Dataset for (Multi-)Target-dependent "
            "Sentiment Classification in Political News Articles, EACL"
        ),
        files={
            "devtest_mt.jsonl.xz": (
                "ac8e2f473d639259812551af5853c7c1ca2fcbd38888067cfe91a65003cfa544"
            ),
            "devtest_rw.jsonl.xz": (
                "7d8d475274311928a590279e8045e81052397f3b86f0c7e3f6baa86253a36764"
            ),
            "train.jsonl.xz": ("c42ca382b1f554e18a461395c994199d8706b5b1d9fbc7414d6d8460bb93f3e5"),
        },
        url="https://github.com/fhamborg/NewsMTSC",
        counts={"train": 7_758, "devtest_mt": 721, "devtest_rw": 1_067},
    ),
    _labelled(
        name="semeval-twitter-sentiment",
        homepage="https://github.com/cardiffnlp/tweeteval",
        licence="annotations CC BY 3.0; the terms of Twitter, research use",
        citation=(
            "Rosenthal, Farra & Nakov 2017, SemEval-2017 Task 4: Sentiment Analysis in "
            "Twitter; Barbieri et al. 2020, TweetEval, Findings of EMNLP"
        ),
        files={
            "dev.jsonl.xz": "6222e6cf34dde1abbe32cd7841182ec93341be138817286899783eb0e74169a0",
            "test.jsonl.xz": "abc022522ea9763263b8f32b1886e3c842b8c80cb4d8fe7c646ff3f824e5f955",
            "train.jsonl.xz": ("32ba953c4f9663f917017609c7e3cfc89e7cb6ff7e8f6ddc14765d61fb5e2a96"),
        },
        url="https://github.com/cbaziotis/datastories-semeval2017-task4",
        counts={"train": 47_270, "dev": 2_000, "test": 12_284},
    ),
    _labelled(
        name="senti4sd",
        homepage="https://github.com/collab-uniba/Senti4SD",
        licence="MIT; posts CC BY-SA",
        citation=(
            "Calefato et al. 2018, Sentiment Polarity Detection for Software Development, EMSE 23"
        ),
        files={
            "test.jsonl.xz": "82973f327b41e4ea90127553e47ae76994d15836ae275ff5c6d2fabbae355839",
            "train.jsonl.xz": ("c4e64d61c65a59ae7b8314b30c69353ec73b498505c9c22b701a1c0adb305890"),
        },
        url="https://github.com/collab-uniba/Senti4SD",
        counts={"train": 2_973, "test": 1_326},
    ),
    _labelled(
        name="taeckstroem-sentences",
        homepage="https://github.com/oscartackstrom/sentence-sentiment-data",
        licence="free for any friendly purpose, with citation",
        citation=(
            "Täckström & McDonald 2011, Discovering Fine-Grained Sentiment with Latent "
            "Variable Structured Prediction Models, ECIR"
        ),
        files={
            "all.jsonl.xz": "d837cb2ca4629f8bb87dc7e9e03aa11f52f8e459693b8da768d259a54d1a1cd7",
        },
        url="https://github.com/oscartackstrom/sentence-sentiment-data",
        counts={"all": 3_738},
    ),
    _labelled(
        name="tweeteval-irony-emotion",
        homepage="https://github.com/cardiffnlp/tweeteval",
        licence="none stated; the terms of Twitter, research use",
        citation=(
            "Mohammad et al. 2018, SemEval-2018 Task 1: Affect in Tweets; Barbieri et al. "
            "2020, TweetEval, Findings of EMNLP"
        ),
        files={
            "emotion.dev.jsonl.xz": (
                "f2a7bb007ccded76703e46514018c86bc2a4d0d77eea0ad91ccafe12ee516629"
            ),
            "emotion.test.jsonl.xz": (
                "1017d1d7b32aa7de431cba3a9c8cacc853d5b1a941a43e70722541087dab09e7"
            ),
            "emotion.train.jsonl.xz": (
                "b3f26257d68e8c937040424f9eee9f907c38f7ca733df30765a3de7419b0b075"
            ),
        },
        url="https://github.com/cardiffnlp/tweeteval",
        counts={"emotion.train": 3_257, "emotion.dev": 374, "emotion.test": 1_421},
    ),
    _labelled(
        name="vader-icwsm14",
        homepage="https://github.com/cjhutto/vaderSentiment",
        licence="MIT; the terms of Twitter",
        citation=(
            "Hutto & Gilbert 2014, VADER: A Parsimonious Rule-Based Model for Sentiment "
            "Analysis of Social Media Text, ICWSM"
        ),
        files={
            "nyt.jsonl.xz": "e084e95f58645bbeabcf011cca346d1dfc333de72e5fe94f7cb632bee380d4a1",
            "tweets.jsonl.xz": ("7d94d3f2778b2f8d2650e8b7b7115e90997a221e4950f3733dd0a041e185f088"),
        },
        url="https://github.com/cjhutto/vaderSentiment",
        counts={"tweets": 4_045, "nyt": 5_118},
    ),
)
SETS = {labelled.source.name: labelled for labelled in _SETS}
