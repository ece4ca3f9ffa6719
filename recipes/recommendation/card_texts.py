"""Prose of the cards of the recommendation presets."""

_LICENCE = (
    "Apache-2.0 for the weights as far as they are ours; check the terms of the data they were "
    "trained on, listed under data, before commercial use"
)
_USE = "A benchmark of next-item recommendation, and a start for data of your own."
_SUMMARY = (
    "Recommends {} from those a user bought before. A GRU over the items, mixed with counts of "
    "what followed what. Trained from scratch on two CPU cores."
)
_LIMITS = (
    "Items are the numbers of the published file; the set has no titles. The purchases are from "
    "1996 to 2014, and newer items are unknown. The model sees which items came in which order, "
    "neither times nor prices nor texts. It recommends what was bought together, which is not what "
    "a user would like best, and favors popular items. Items bought once are hardly recommended."
)
_CITATIONS = (
    "Hidasi et al. 2016, Session-Based Recommendations with Recurrent Neural Networks, ICLR",
    "Klenitskiy & Vasilev 2023, Turning Dross Into Gold Loss: Is BERT4Rec Really Better than "
    "SASRec?, RecSys",
    "McAuley et al. 2015, Image-Based Recommendations on Styles and Substitutes, SIGIR",
)

TEXTS = {
    "recommendation_beauty": {
        "summary": _SUMMARY.format("beauty products"),
        "licence": _LICENCE,
        "intended_use": _USE,
        "limits": _LIMITS,
        "citations": (*_CITATIONS, "Sun et al. 2019, BERT4Rec, CIKM (processing of the data)"),
    },
    "recommendation_games": {
        "summary": _SUMMARY.format("video games and what belongs to them"),
        "licence": _LICENCE,
        "intended_use": _USE,
        "limits": _LIMITS,
        "citations": (
            *_CITATIONS,
            "Kang & McAuley 2018, Self-Attentive Sequential Recommendation, ICDM (processing of "
            "the data)",
        ),
    },
    "own": {
        "summary": _SUMMARY.format("items").replace(" on two CPU cores", ""),
        "licence": "yours to state",
        "intended_use": "Recommendations of the items that it was trained on.",
        "limits": "The model sees which items came in which order, and nothing else. It favors "
        "popular items, and does not know new ones until `fit` has seen them.",
        "citations": _CITATIONS[:2],
    },
}
