"""Prose of the cards of the sentiment presets."""

from typing import Any

_LICENCE = (
    "Apache-2.0 for the weights as far as they are ours; the texts they were trained on are film "
    "reviews shared for research, so check their terms before commercial use"
)
_TAUGHT_LICENCE = _LICENCE.replace(
    "ours;", "ours, and for those of the transformer they learned from, all-mpnet-base-v2;"
)
_CITATIONS = (
    "Maas et al. 2011, Learning Word Vectors for Sentiment Analysis, ACL-HLT, 142-150",
    "Socher et al. 2013, Recursive Deep Models for Semantic Compositionality Over a Sentiment "
    "Treebank, EMNLP",
    "Dai & Le 2015, Semi-supervised Sequence Learning, NeurIPS",
    "Wang & Manning 2012, Baselines and Bigrams: Simple, Good Sentiment and Topic Classification, "
    "ACL",
    "Howard & Ruder 2018, Universal Language Model Fine-tuning for Text Classification, ACL",
)
_TAUGHT_CITATIONS = (
    *_CITATIONS,
    "Song et al. 2020, MPNet: Masked and Permuted Pre-training for Language Understanding, NeurIPS",
    "Tang et al. 2019, Distilling Task-Specific Knowledge from BERT into Simple Neural Networks, "
    "arXiv:1903.12136",
)
_GENERAL_LICENCE = (
    "Apache-2.0 for the weights as far as they are ours; the texts they were trained on are posts "
    "and reviews shared for research, some for noncommercial use alone (CC BY-NC-SA), so check the "
    "terms of the sets below before commercial use"
)
_GENERAL_CITATIONS = (
    *_CITATIONS,
    "Rosenthal, Farra & Nakov 2017, SemEval-2017 Task 4: Sentiment Analysis in Twitter, SemEval",
    "Liu, Qiu & Huang 2017, Adversarial Multi-task Learning for Text Classification, ACL",
    "Demszky et al. 2020, GoEmotions: A Dataset of Fine-Grained Emotions, ACL",
    "Kaushik, Hovy & Lipton 2020, Learning the Difference that Makes a Difference with "
    "Counterfactually-Augmented Data, ICLR",
    "Ribeiro et al. 2020, Beyond Accuracy: Behavioral Testing of NLP Models with CheckList, ACL",
)
_GENERAL_LIMITS = (
    "English only. The model knows tone, not facts: irony, quotation and comparison mislead it, "
    "and of a text with praise and blame it returns one label. Neutral means without a tone, or "
    "of an even mixture. The posts it learned from are of 2013 to 2020 and hold the prejudices of "
    "their writers, so names of people and groups may shift a score. Of texts beyond {} sub-words "
    "it reads the first {} and the last {}."
)
_LIMITS = (
    "English only. The model was trained on film reviews. Words that praise a film may mean little "
    "elsewhere, so fine-tune it on your own texts for another field. It knows tone, not facts: "
    "irony, quotation and comparison mislead it, and neutral text still gets a label. Names of "
    "people, groups and places may shift the score as they did in the reviews. Of texts beyond {} "
    "sub-words it reads the first {} and the last {}."
)

_TEXTS: dict[str, dict[str, Any]] = {
    "sentiment_general": {
        "summary": (
            "Says whether an English text is negative, neutral or positive. A bidirectional GRU, "
            "pretrained as a language model on film reviews and everyday English, fine-tuned on "
            "tweets, reviews, comments, dialogue and news, with a bag of bigrams beside it."
        ),
        "licence": _GENERAL_LICENCE,
        "intended_use": (
            "The tone of short and long texts of any kind: posts, reviews, mails, chats, comments. "
            "Links, handles, hashtags and emoji are read as what they are. A starting point for "
            "classifiers of your own."
        ),
        "limits": _GENERAL_LIMITS,
        "citations": _GENERAL_CITATIONS,
    },
    "sentiment_reviews": {
        "summary": (
            "Says whether an English text is positive or negative. A bidirectional GRU, pretrained "
            "as a language model on 74,000 film reviews, combined with a bag of bigrams."
        ),
        "licence": _LICENCE,
        "intended_use": (
            "The tone of reviews and opinions, from one sentence to several pages. A starting "
            "point for classifiers of your own."
        ),
        "limits": _LIMITS,
        "citations": _CITATIONS,
    },
    "sentiment_stars": {
        "summary": (
            "Grades a sentence in five degrees. The encoder of sentiment_reviews, fine-tuned on "
            "the sentences and phrases of the treebank, and distilled on more sentences from a "
            "transformer that was fine-tuned on the same treebank."
        ),
        "licence": _TAUGHT_LICENCE,
        "intended_use": "How positive or negative a sentence of a review is.",
        "limits": _LIMITS
        + " Neighboring degrees are often confused, by people too: half of the test sentences "
        "get a degree other than the labeled one, mostly the next.",
        "citations": _TAUGHT_CITATIONS,
    },
}


def texts_of(preset: str, max_length: int) -> dict[str, Any]:
    """Return the prose fields of a preset's card.

    Args:
        preset: name of the preset.
        max_length: number of sub-words of a text that the preset reads at most.
    """
    texts = _TEXTS[preset]
    head = max_length // 4  # see gru_zoo.tasks.sentiment.processor.truncate
    return {**texts, "limits": texts["limits"].format(max_length, head, max_length - head)}
