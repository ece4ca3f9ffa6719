"""Prose of the cards of the keyword spotting presets."""

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
    "Recognizes {} in a waveform of one second, by log-mel spectra, convolutions, bidirectional "
    "GRUs and attention over time. Trained from scratch on two CPU cores."
)
_LIMITS = (
    "The model knows single English words, spoken by volunteers into their own microphones, mostly "
    "in North America. It knows no names, no sequences of commands and no other language. "
)
_COMMANDS = {
    "licence": _LICENCE,
    "intended_use": "Eight commands in files or live sound: toys, demonstrations, switches that "
    "may err, and a starting point for words of your own.",
    "limits": _LIMITS + "Other words count as unknown, but training had few of them, so a word "
    "that sounds like a command can be taken for it. Do not use it where a mistake does harm. The "
    "training clips are compressed with Opus at 24 kbit/s. The card has the accuracy on lossless "
    "clips and on the same clips compressed.",
    "citations": (_WARDEN, *_CITATIONS),
}

TEXTS = {
    "speech_commands": {"summary": _SUMMARY.format("eight commands"), **_COMMANDS},
    "speech_commands_tiny": {
        "summary": _SUMMARY.format("eight commands") + " It has 60 thousand weights.",
        **_COMMANDS,
    },
    "speech_commands_12": {
        "summary": _SUMMARY.format("ten commands, with the standard twelve classes,"),
        **_COMMANDS,
        "limits": _LIMITS + "Other words count as unknown. Do not use it where a mistake does "
        "harm.",
    },
    "speech_digits": {
        "summary": _SUMMARY.format("the ten digits"),
        "licence": _LICENCE,
        "intended_use": "Single English digits in a quiet room. Experiments and teaching.",
        "limits": _LIMITS + "All training digits were spoken by six speakers, who are in the test "
        "as well. Of new voices it gets one digit in fifteen wrong (accuracy 0.933 with each "
        "speaker left out in turn), see recipes/keyword_spotting. It has no class for silence or "
        "other words: in live sound it reports a digit wherever one is likeliest.",
        "citations": (
            "Jackson et al., Free Spoken Digit Dataset, Zenodo, doi:10.5281/zenodo.1342401",
            *_CITATIONS,
        ),
    },
    "own": {
        "summary": "Recognizes words in a waveform of one second.",
        "licence": "yours to state",
        "intended_use": "Words of the kind it was trained on.",
        "limits": _LIMITS.strip(),
        "citations": _CITATIONS,
    },
}
