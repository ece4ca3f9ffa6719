"""What the cards of the translation presets say in words."""

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
    "Sentences of the kind it was trained on; news, law, medicine and anything where a mistake "
    "harms are not for it. It knows a few thousand words: others it spells, copies or replaces, "
    "and names may come out changed. Texts longer than a few lines are translated sentence by "
    "sentence, so no sentence knows the one before. Gender and form of address are guessed where "
    "the source leaves them open, as the training texts mostly have them."
)
_SUMMARY = (
    "A GRU encoder-decoder with attention and beam search, trained from scratch on two CPU cores, "
)

TEXTS = {
    "translation_en_fr": {
        "summary": _SUMMARY + "for short everyday sentences and captions.",
        "licence": _LICENCE,
        "intended_use": "Short English sentences and descriptions of pictures, into French.",
        "limits": _LIMITS,
        "citations": (*_CITATIONS, *_MULTI30K, *_TATOEBA),
    },
    "translation_es_en": {
        "summary": _SUMMARY + "for short everyday sentences.",
        "licence": _LICENCE,
        "intended_use": "Short Spanish sentences, into English.",
        "limits": _LIMITS,
        "citations": (*_CITATIONS, *_TATOEBA),
    },
    "translation_en_de": {
        "summary": (
            "A GRU encoder-decoder with attention and beam search, trained on Multi30k alone and "
            "on what others like it made of it, for descriptions of pictures."
        ),
        "licence": _LICENCE,
        "intended_use": "English descriptions of pictures of people and animals, into German.",
        "limits": _LIMITS
        + " It has read captions alone: of other sentences it makes captions, or it writes "
        + '"@@", as two captions of its training data are translated.',
        "citations": (*_CITATIONS, *_MULTI30K),
    },
    "own": {
        "summary": "A GRU encoder-decoder with attention and beam search.",
        "licence": "yours to state",
        "intended_use": "Sentences of the kind it was trained on.",
        "limits": _LIMITS,
        "citations": _CITATIONS,
    },
}
