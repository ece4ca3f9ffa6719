"""Prose of the cards of the translation presets."""

_LICENCE = (
    "Apache-2.0 for the weights as far as they are ours; check the terms of the texts they were "
    "trained on, listed under data, before commercial use"
)
_CITATIONS = (
    "Bahdanau et al. 2015, Neural Machine Translation by Jointly Learning to Align and Translate, "
    "ICLR",
    "Sennrich et al. 2017, Nematus: a Toolkit for Neural Machine Translation, EACL",
    "Kudo 2018, Subword Regularization, ACL",
)
_MULTI30K = (
    "Elliott et al. 2016, Multi30K: Multilingual English-German Image Descriptions, VL",
    "Elliott et al. 2017, Findings of the Second Shared Task on Multimodal Machine Translation, "
    "WMT",
)
_TATOEBA = ("Tatoeba Project, https://tatoeba.org; pairs from https://www.manythings.org/anki/",)
_LIMITS = (
    "The model translates sentences of the kind it was trained on. Do not use it for news, law, "
    "medicine or anything where a mistake does harm. It knows a few thousand words. It spells, "
    "copies or replaces others, and names may come out changed. Texts longer than a few lines are "
    "translated sentence by sentence, without the context of the sentence before. Where the source "
    "leaves gender and form of address open, they are guessed from the training texts."
)
_SUMMARY = (
    "Translates {}. A GRU encoder-decoder with attention and beam search. Trained from scratch on "
    "two CPU cores."
)

TEXTS = {
    "translation_en_fr": {
        "summary": _SUMMARY.format("short everyday sentences and image captions"),
        "licence": _LICENCE,
        "intended_use": "Short English sentences and image captions, into French.",
        "limits": _LIMITS,
        "citations": (*_CITATIONS, *_MULTI30K, *_TATOEBA),
    },
    "translation_es_en": {
        "summary": _SUMMARY.format("short everyday sentences"),
        "licence": _LICENCE,
        "intended_use": "Short Spanish sentences, into English.",
        "limits": _LIMITS,
        "citations": (*_CITATIONS, *_TATOEBA),
    },
    "translation_en_de": {
        "summary": (
            "Translates image captions. A GRU encoder-decoder with attention and beam search. "
            "Trained on Multi30k alone, and on translations of its sentences by models of the "
            "same kind."
        ),
        "licence": _LICENCE,
        "intended_use": "English captions of pictures of people and animals, into German.",
        "limits": _LIMITS
        + " It was trained on captions alone: it turns other sentences into captions, or writes "
        + '"@@", as two captions of its training data are translated.',
        "citations": (*_CITATIONS, *_MULTI30K),
    },
    "own": {
        "summary": "Translates sentences. A GRU encoder-decoder with attention and beam search.",
        "licence": "yours to state",
        "intended_use": "Sentences of the kind it was trained on.",
        "limits": _LIMITS,
        "citations": _CITATIONS,
    },
}
