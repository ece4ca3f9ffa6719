"""Prose of the cards of the translation presets."""

from typing import Any

from recipes.translation.corpora import DIRECTIONS

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
_MANY = (
    "Johnson et al. 2017, Google's Multilingual Neural Machine Translation System, TACL",
    "Brown et al. 1993, The Mathematics of Statistical Machine Translation, CL",
)
_OTHERS = (
    "Koehn 2005, Europarl: A Parallel Corpus for Statistical Machine Translation, MT Summit X",
    "Bojar et al. 2013, Findings of the 2013 Workshop on Statistical Machine Translation, WMT",
    "The GNOME Documentation Project, gnome-user-docs 43.0; iso-codes 4.15.0",
)
_LIMITS = (
    "The model translates sentences of the kind it was trained on. Do not use it for news, law, "
    "medicine or anything where a mistake does harm. It knows a few thousand words. It spells, "
    "copies or replaces others, and names may come out changed. Texts longer than a few lines are "
    "translated sentence by sentence, without the context of the sentence before. Where the source "
    "leaves gender and form of address open, they are guessed from the training texts."
)
_SEEN_ONCE = (
    " It saw its training sentences little more than once: greetings, single words and plain "
    "sentences mostly come out right, and of longer sentences many do not."
)
_SUMMARY = (
    "Translates {}. A GRU encoder-decoder with attention and beam search. Trained from scratch on "
    "two CPU cores."
)

NAMES = {"en": "English", "fr": "French", "de": "German", "es": "Spanish"}


def everyday_texts(way: tuple[str, str]) -> dict[str, Any]:
    """Texts of the card of one direction of the model of everyday sentences."""
    source, target = (NAMES[language] for language in way)
    return {
        "title": f"{source} to {target}: everyday sentences",
        "summary": (
            f"Translates what people type, from {source} into {target}: greetings, single words, "
            "short sentences. One GRU encoder-decoder with attention for six directions between "
            "English and French, German or Spanish, trained on two CPU cores."
        ),
        "licence": _LICENCE,
        "intended_use": f"Short everyday texts in {source}, into {target}.",
        "limits": _LIMITS + _SEEN_ONCE,
        "citations": (*_CITATIONS, *_MANY, *_TATOEBA, *_MULTI30K, *_OTHERS),
    }


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
    "translation_en_de_captions": {
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
TEXTS |= {
    f"translation_{source}_{target}": everyday_texts((source, target))
    for source, target in DIRECTIONS
}
