"""What the cards of the speech presets say in words."""

_LICENCE = (
    "Apache-2.0 for the weights as far as they are ours; check the terms of the data they were "
    "trained on, listed under data, before commercial use"
)
_WARDEN = (
    "Warden 2018, Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition, "
    "arXiv:1804.03209"
)
_CITATIONS = (
    "de Andrade et al. 2018, A Neural Attention Model for Speech Command Recognition, "
    "arXiv:1808.08929",
    "Rybakov et al. 2020, Streaming Keyword Spotting on Mobile Devices, Interspeech",
)
_SUMMARY = (
    "From the waveform of a second to a word: log-mel spectra, convolutions, GRUs in both "
    "directions and attention over time, trained from scratch on two CPU cores"
)
_LIMITS = (
    "It knows single words in English, said by volunteers into their own microphones, mostly of "
    "North America, and nobody's name, command chain or language beyond that. "
)
_COMMANDS = {
    "licence": _LICENCE,
    "intended_use": "Eight commands in files or live sound: toys, demonstrations, switches that "
    "may err, and a start for words of your own.",
    "limits": _LIMITS + "Other words count as unknown, but few of them were heard in training, so "
    "that words that sound like a command can pass for it. Nothing that must not fail may hang "
    "on it. The clips that it learned from are compressed with Opus at 24 kbit/s; the card has "
    "its accuracy on clips without loss beside that on the same ones compressed.",
    "citations": (_WARDEN, *_CITATIONS),
}

TEXTS = {
    "speech_commands": {"summary": f"{_SUMMARY}, for eight commands.", **_COMMANDS},
    "speech_commands_tiny": {
        "summary": f"{_SUMMARY}, for eight commands, in 60 thousand weights.",
        **_COMMANDS,
    },
    "speech_commands_12": {
        "summary": f"{_SUMMARY}, for ten commands, with the standard twelve classes.",
        **_COMMANDS,
        "limits": _LIMITS + "Other words count as unknown. Nothing that must not fail may hang on "
        "it.",
    },
    "speech_digits": {
        "summary": f"{_SUMMARY}, for the ten digits.",
        "licence": _LICENCE,
        "intended_use": "Single English digits in a quiet room, experiments and teaching.",
        "limits": _LIMITS + "All digits that it learned from were said by six speakers, who are in "
        "the test as well; of new voices it takes one digit in fifteen for another (accuracy 0.933 "
        "with each speaker left out in turn), see recipes/keyword_spotting. It has no class for "
        "silence or other words: in live sound it reports a digit wherever one is likeliest.",
        "citations": (
            "Jackson et al., Free Spoken Digit Dataset, Zenodo, doi:10.5281/zenodo.1342401",
            *_CITATIONS,
        ),
    },
    "own": {
        "summary": "From the waveform of a second to a word.",
        "licence": "yours to state",
        "intended_use": "Words of the kind it was trained on.",
        "limits": _LIMITS,
        "citations": _CITATIONS,
    },
}
