"""What the cards of the music presets say in words."""

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
    "A GRU over the steps and an exact distribution over the chords of each step, trained from "
    "scratch on two CPU cores, "
)
_LIMITS = (
    "It knows which keys sound in a step, not how loud, by which instrument, or whether a note is "
    "held or struck again; a note that goes on is taken as held within a bar. Its music has a "
    "style and short memory, but no form: themes do not return, and pieces end where they are cut "
    "off. All music is taken as four quarters a bar. "
)

TEXTS = {
    "music_chorales": {
        "summary": _SUMMARY + "for chorales in four voices.",
        "licence": _LICENCE,
        "intended_use": "Chorales in the manner of Bach: new ones, continuations, and settings of "
        "a melody.",
        "limits": _LIMITS + "Steps are quarter notes, so passing eighths are missing. Pieces lie "
        "an octave above the voices that sing them, as the data does. Parallel fifths and octaves "
        "are several times as frequent as in Bach, see recipes/music.",
        "citations": (
            *_CITATIONS,
            "Allan & Williams 2005, Harmonising Chorales by Probabilistic Inference, NIPS",
        ),
    },
    "music_folk": {
        "summary": _SUMMARY + "for folk tunes with chords.",
        "licence": _LICENCE,
        "intended_use": "British and American folk tunes over plain chords, new and continued.",
        "limits": _LIMITS,
        "citations": (*_CITATIONS, "Nottingham Music Database, E. Foxley"),
    },
    "music_piano": {
        "summary": _SUMMARY + "for classical piano music.",
        "licence": _LICENCE,
        "intended_use": "Textures in the manner of classical and romantic piano music, to play "
        "with and to compare models.",
        "limits": _LIMITS,
        "citations": (*_CITATIONS, "Piano-midi.de, B. Krueger, http://www.piano-midi.de"),
    },
    "own": {
        "summary": "A GRU over the steps and an exact distribution over the chords of each step.",
        "licence": "yours to state",
        "intended_use": "Music of the kind it was trained on.",
        "limits": _LIMITS,
        "citations": _CITATIONS,
    },
}
