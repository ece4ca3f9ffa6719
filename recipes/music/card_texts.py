"""Prose of the cards of the music presets."""

_LICENCE = (
    "Apache-2.0 for the weights as far as they are ours; check the terms of the data they were "
    "trained on, listed under data, before commercial use"
)
_CITATIONS = (
    "Boulanger-Lewandowski et al. 2012, Modeling Temporal Dependencies in High-Dimensional "
    "Sequences: Application to Polyphonic Music Generation and Transcription, ICML",
    "Larochelle & Murray 2011, The Neural Autoregressive Distribution Estimator, AISTATS",
)
_SUMMARY = (
    "Composes {}. A GRU over time steps with an exact joint distribution over the chords of each "
    "step. Trained from scratch on two CPU cores."
)
_LIMITS = (
    "The model knows which keys sound in a step. It does not know how loud they are, which "
    "instrument plays, or whether a note is held or struck again; a note that continues counts as "
    "held within a bar. Its music has a style and a short memory but no form: themes do not "
    "return, and pieces end where they are cut off. It hears no bar lines: new pieces have four "
    "quarters a bar, and a continuation counts in the bars of its prompt."
)

TEXTS = {
    "music_chorales": {
        "summary": _SUMMARY.format("chorales in four voices"),
        "licence": _LICENCE,
        "intended_use": "Chorales in the manner of Bach: new ones, continuations, and settings of "
        "a melody.",
        "limits": _LIMITS + " Steps are quarter notes, so passing eighths are missing; a prompt in "
        "eighths is continued in eighths, a chord for each. Pieces are an octave above the voices "
        "that sing them, as in the data. Parallel fifths and octaves are several times as frequent "
        "as in Bach, see recipes/music.",
        "citations": (
            *_CITATIONS,
            "Allan & Williams 2005, Harmonising Chorales by Probabilistic Inference, NIPS",
        ),
    },
    "music_folk": {
        "summary": _SUMMARY.format("folk tunes with chords"),
        "licence": _LICENCE,
        "intended_use": "British and American folk tunes over plain chords: new ones and "
        "continuations.",
        "limits": _LIMITS,
        "citations": (*_CITATIONS, "Nottingham Music Database, E. Foxley"),
    },
    "music_piano": {
        "summary": _SUMMARY.format("classical piano music"),
        "licence": _LICENCE,
        "intended_use": "Textures in the manner of classical and romantic piano music, for "
        "experiments and to compare models.",
        "limits": _LIMITS,
        "citations": (*_CITATIONS, "Piano-midi.de, B. Krueger, http://www.piano-midi.de"),
    },
    "own": {
        "summary": "Composes music. A GRU over time steps with an exact joint distribution over "
        "the chords of each step.",
        "licence": "yours to state",
        "intended_use": "Music of the kind it was trained on.",
        "limits": _LIMITS,
        "citations": _CITATIONS,
    },
}
