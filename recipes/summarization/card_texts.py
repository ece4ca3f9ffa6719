"""Prose of the cards of the summarization presets."""

_CITATIONS = (
    "See et al. 2017, Get To The Point: Summarization with Pointer-Generator Networks, ACL",
    "Zhou et al. 2017, Selective Encoding for Abstractive Sentence Summarization, ACL",
    "Sennrich et al. 2017, Nematus: a Toolkit for Neural Machine Translation, EACL",
)
_LIMITS = (
    "Facts may be wrong. The model can attribute one person's deeds to another, reverse a claim, "
    "or leave out half of it, and the summary reads as confidently as ever. Read the text before "
    "you rely on the summary. It reads the beginning of a text, about 120 words; for longer texts "
    "use summarize_long. It knows English only: of other languages it copies words. "
)
_SOURCE_WORDS = (
    "The words of a summary are those of its text, inflections of them, and function words. They "
    "can still be put together wrongly. "
)
_SUMMARY = (
    "Writes {}. A GRU encoder-decoder with a selective gate, attention and a pointer that copies "
    "words. Trained from scratch on two CPU cores."
)

TEXTS = {
    "summarization_titles": {
        "summary": _SUMMARY.format("titles of papers"),
        "licence": (
            "Apache-2.0; the titles and abstracts it was trained on are CC0, and arXiv is thanked "
            "for use of its open access interoperability"
        ),
        "intended_use": "Drafts of titles for English abstracts of computer science papers.",
        "limits": _LIMITS + _SOURCE_WORDS + "Any text becomes a paper's title.",
        "citations": (*_CITATIONS, "arXiv.org, descriptive metadata, CC0 1.0"),
    },
    "summarization_headlines": {
        "summary": _SUMMARY.format("headlines of news releases"),
        "licence": (
            "Apache-2.0; of the texts it was trained on, releases are works of the US Government, "
            "public domain in the US, and may quote others, abstracts are CC0, and no terms are "
            "stated for 7,910 sentences of news with their shorter versions"
        ),
        "intended_use": "Drafts of headlines for English news releases, news, notices and reports.",
        "limits": _LIMITS
        + _SOURCE_WORDS
        + "It was trained mostly on releases of members of the US Congress of both parties: their "
        "headlines praise and blame, and often begin with a member's name. Over texts of other "
        "kinds it mostly writes a part of their first sentence, which may end too early. Capitals "
        "are guessed from the text.",
        "citations": (
            *_CITATIONS,
            "Grimmer 2010, A Bayesian Hierarchical Topic Model for Political Texts, Political "
            "Analysis 18(1)",
            "Willis, congress-press, https://github.com/dwillis/congress-press",
            "Filippova & Altun 2013, Overcoming the Lack of Parallel Data in Sentence "
            "Compression, EMNLP",
            "arXiv.org, descriptive metadata, CC0 1.0",
        ),
    },
    "own": {
        "summary": "Summarizes texts. A GRU encoder-decoder with attention and a pointer that "
        "copies words.",
        "licence": "yours to state",
        "intended_use": "Texts of the kind it was trained on.",
        "limits": _LIMITS.strip(),
        "citations": _CITATIONS,
    },
}
