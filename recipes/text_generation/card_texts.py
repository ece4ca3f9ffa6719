"""What the cards of the text generation presets say in words."""

_CITATIONS = (
    "Merity et al. 2018, Regularizing and Optimizing LSTM Language Models, ICLR",
    "Gal & Ghahramani 2016, A Theoretically Grounded Application of Dropout in Recurrent Neural "
    "Networks, NeurIPS",
    "Press & Wolf 2017, Using the Output Embedding to Improve Language Models, EACL",
    "Merity et al. 2017, Pointer Sentinel Mixture Models, ICLR",
)
_LIMITS = (
    "It knows how text looks, not what is true: what it writes is invented, and after a page it "
    "forgets what went before. Do not take its texts for facts or for anybody's words."
)

TEXTS = {
    "text_generation_shakespeare": {
        "summary": (
            "A GRU language model over characters that also points at the last thousand, trained "
            "from scratch on two CPU cores. It goes on with a text as if it were a scene of "
            "Shakespeare's and suggests next words."
        ),
        "licence": "Apache-2.0; the texts it was trained on are in the public domain",
        "intended_use": (
            "Playing and teaching: text in the style of the plays, what temperature does, what "
            "gates do; a start for models of your own texts."
        ),
        "limits": _LIMITS
        + " It has read the plays alone: 65 characters, English of about 1600, names of the plays. "
        "Names that it has not read before it spells as it thinks fit (GLOUCOSTER).",
        "citations": (
            "Karpathy 2015, The Unreasonable Effectiveness of Recurrent Neural Networks, "
            "https://github.com/karpathy/char-rnn",
            *_CITATIONS,
        ),
    },
    "text_generation_wikitext": {
        "summary": (
            "A GRU language model over sub-words that also points at the last two thousand, "
            "trained from scratch on two CPU cores on articles of Wikipedia."
        ),
        "licence": (
            "CC BY-SA 3.0, as the articles of Wikipedia that it was trained on: name the source "
            "and share alike"
        ),
        "intended_use": "Next words and perplexities of English prose in words apart by spaces.",
        "limits": _LIMITS
        + " Its text is that of WikiText: words and marks apart by spaces, rare words missing. Its "
        "sentences hold together for some words, not for a paragraph, and at a temperature of "
        "0.7 it sometimes repeats a word without end, see recipes/text_generation.",
        "citations": _CITATIONS,
    },
    "own": {
        "summary": "A GRU language model trained on a text of your own.",
        "licence": "yours to state",
        "intended_use": "Text of the kind it was trained on.",
        "limits": _LIMITS,
        "citations": _CITATIONS,
    },
}
