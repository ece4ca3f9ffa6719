"""Prose of the cards of the text generation presets."""

_CITATIONS = (
    "Merity et al. 2018, Regularizing and Optimizing LSTM Language Models, ICLR",
    "Gal & Ghahramani 2016, A Theoretically Grounded Application of Dropout in Recurrent Neural "
    "Networks, NeurIPS",
    "Press & Wolf 2017, Using the Output Embedding to Improve Language Models, EACL",
    "Merity et al. 2017, Pointer Sentinel Mixture Models, ICLR",
)
_LIMITS = (
    "The model knows how text looks, not what is true. Its texts are invented, and after a page it "
    "forgets what went before. Do not take them for facts or for anybody's words."
)

TEXTS = {
    "text_generation_shakespeare": {
        "summary": (
            "Continues a text as a scene of Shakespeare's and suggests next words. A GRU language "
            "model over characters with a pointer to the last thousand of them. Trained from "
            "scratch on two CPU cores."
        ),
        "licence": "Apache-2.0; the texts it was trained on are in the public domain",
        "intended_use": (
            "Experiments and teaching: text in the style of the plays, what temperature does, "
            "what gates do. A starting point for models of your own texts."
        ),
        "limits": _LIMITS
        + " It was trained on the plays alone: 65 characters, English of about 1600, names of the "
        "plays. Other names can come out misspelled (GLOUCOSTER).",
        "citations": (
            "Karpathy 2015, The Unreasonable Effectiveness of Recurrent Neural Networks, "
            "https://github.com/karpathy/char-rnn",
            *_CITATIONS,
        ),
    },
    "text_generation_wikitext": {
        "summary": (
            "Continues a text as an article of Wikipedia and suggests next words. A GRU language "
            "model over sub-words with a pointer to the last two thousand of them. Trained from "
            "scratch on two CPU cores."
        ),
        "licence": (
            "CC BY-SA 3.0, as the articles of Wikipedia that it was trained on: name the source "
            "and share alike"
        ),
        "intended_use": "Next words and perplexities of English prose whose words and marks are "
        "separated by spaces.",
        "limits": _LIMITS
        + " Its text is that of WikiText: words and marks are separated by spaces, and rare words "
        "are missing. Its sentences are coherent for some words, not for a paragraph. At a "
        "temperature of 0.7 it sometimes repeats a word without end, see recipes/text_generation.",
        "citations": _CITATIONS,
    },
    "text_generation_everyday": {
        "summary": (
            "Suggests the next word of everyday English and completes half-typed words, as a "
            "keyboard does, and learns names as they are typed. A GRU language model over 12,000 "
            "words. Trained from scratch on two CPU cores."
        ),
        "licence": (
            "CC BY-SA 4.0, as a part of the dialogues that it was trained on: name the source and "
            "share alike"
        ),
        "intended_use": (
            "Next words and completions of English messages and notes, and experiments with "
            "keyboards. A starting point for models of your own messages."
        ),
        "limits": _LIMITS
        + " It was trained on dialogues with assistants in American cities, on small talk about "
        "films, music and sport, and on sentences for learners: it suggests what is said there, "
        "and its names. It knows neither spelling nor words outside its vocabulary, except those "
        "that were typed or learned. Words of the training texts can be rude or one-sided, and "
        "there is no filter. next_word_top_3 is the share of all words and numbers of the text "
        "that are among the three most likely words; those outside the vocabulary count as wrong, "
        "and punctuation marks and ends of turns are not counted.",
        "citations": (
            "Grave et al. 2017, Improving Neural Language Models with a Continuous Cache, ICLR",
            "Jean et al. 2015, On Using Very Large Target Vocabulary for Neural Machine "
            "Translation, ACL",
            "Hard et al. 2018, Federated Learning for Mobile Keyboard Prediction, arXiv:1811.03604",
            _CITATIONS[2],
        ),
    },
    "ptb": {
        "summary": "A GRU language model over words of the Penn Treebank, for comparisons.",
        "licence": "that of the Penn Treebank; not to be passed on",
        "intended_use": "Comparisons with published models.",
        "limits": _LIMITS,
        "citations": _CITATIONS[:3],
    },
    "own": {
        "summary": "A GRU language model trained on a text of your own.",
        "licence": "yours to state",
        "intended_use": "Text of the kind it was trained on.",
        "limits": _LIMITS,
        "citations": _CITATIONS,
    },
}
