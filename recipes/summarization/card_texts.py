"""What the cards of the summarization presets say in words."""

_CITATIONS = (
    "See et al. 2017, Get To The Point: Summarization with Pointer-Generator Networks, ACL",
    "Zhou et al. 2017, Selective Encoding for Abstractive Sentence Summarization, ACL",
    "Sennrich et al. 2017, Nematus: a Toolkit for Neural Machine Translation, EACL",
)
_LIMITS = (
    "Facts may be wrong: it can join a name to what another did, turn a claim round or add one "
    "that the text does not make, and it sounds as sure then. Read the text before you rely on the "
    "summary. It reads the beginning of a text, about 120 words; for longer ones there is "
    "summarize_long. It knows English alone: of other languages it copies words. "
)
_SUMMARY = (
    "A GRU encoder-decoder with a selective gate and attention that writes or copies, trained from "
    "scratch on two CPU cores, "
)

TEXTS = {
    "summarization_titles": {
        "summary": _SUMMARY + "for titles of papers.",
        "licence": (
            "Apache-2.0; the titles and abstracts it was trained on are CC0, and arXiv is thanked "
            "for use of its open access interoperability"
        ),
        "intended_use": "Drafts of titles for abstracts of computer science, in English.",
        "limits": _LIMITS
        + "Whatever it is given becomes a paper's title. Names of systems are copied where the "
        "abstract has them and sometimes made up where it has not.",
        "citations": (*_CITATIONS, "arXiv.org, descriptive metadata, CC0 1.0"),
    },
    "summarization_headlines": {
        "summary": _SUMMARY + "for headlines of news releases.",
        "licence": (
            "Apache-2.0; the releases it was trained on are works of the US Government, public "
            "domain in the US, and may quote others"
        ),
        "intended_use": "Drafts of headlines for news releases and news, in English.",
        "limits": _LIMITS
        + "Trained on releases of members of the US Congress of both parties, it writes as they "
        "do: headlines praise and blame, and often begin with a member's name. Capitals are "
        "guessed from the text.",
        "citations": (
            *_CITATIONS,
            "Grimmer 2010, A Bayesian Hierarchical Topic Model for Political Texts, Political "
            "Analysis 18(1)",
            "Willis, congress-press, https://github.com/dwillis/congress-press",
        ),
    },
    "own": {
        "summary": "A GRU encoder-decoder with attention that writes or copies.",
        "licence": "yours to state",
        "intended_use": "Texts of the kind it was trained on.",
        "limits": _LIMITS,
        "citations": _CITATIONS,
    },
}
