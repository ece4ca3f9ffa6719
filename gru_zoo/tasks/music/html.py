"""A score in a notebook: piano roll and player."""

import base64
import html
import io

from gru_zoo.tasks.music import synthesizer
from gru_zoo.tasks.music.plots import NotesInBars, piano_roll
from gru_zoo.tasks.music.timing import TempoMap

MAX_SECONDS = 600  # of a sound that is carried by a notebook


def player(score: NotesInBars, text: str) -> str:
    """A text, the piano roll of a score, and its sound if it lasts ten minutes at most, as HTML."""
    import matplotlib.figure

    picture = io.BytesIO()
    figure = matplotlib.figure.Figure(figsize=(9, 3), layout="constrained")
    piano_roll(score, figure.add_subplot())
    figure.savefig(picture, format="png")
    shown = f'<img src="{_data(picture, "image/png")}" alt="piano roll">'
    if TempoMap(score.tempo, score.tempo_changes).seconds(score.beats) <= MAX_SECONDS:
        sound = io.BytesIO()
        samples = synthesizer.render(score.notes, score.tempo, score.beats, score.tempo_changes)
        synthesizer.write_wave(samples, sound)
        shown += f'<br><audio controls src="{_data(sound, "audio/wav")}"></audio>'
    return f"<div>{html.escape(text)}</div>{shown}"


def _data(content: io.BytesIO, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content.getvalue()).decode()}"
