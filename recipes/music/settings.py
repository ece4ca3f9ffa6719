"""Settings of the music presets."""

import dataclasses
from typing import ClassVar

from gru_zoo import recipe
from gru_zoo.tasks.music.model import Config
from gru_zoo.tasks.music.processor import Voices

# Ranges in MIDI pitches. The published chorales lie an octave above the pitch at which they are
# sung.
CHOIR = {"soprano": (72, 93), "alto": (67, 87), "tenor": (60, 81), "bass": (48, 74)}


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training."""

    NO_OPTIONS: ClassVar = ("keys",)  # those of a piano

    title: str
    data: str  # name of the set; none for files of your own
    epochs: int
    steps_per_beat: int
    voices: Voices | None = None
    config: Config = Config()
    batch_size: int = 16
    part: int = 100  # steps; long pieces are cut into parts of about this length
    slots: int = 16  # entries of a chord in training, its end included
    learning_rate: float = 2e-3
    warmup: float = 0.05
    average: int = 5
    held_out: float = 0.1  # share of the pieces, where there is no validation split
    seed: int = 1
    policy: str = recipe.FASTEST  # with states and weights in float32


PRESETS = {
    "music_chorales": Settings(
        title="Chorales in four voices",
        data="jsb_chorales",
        epochs=100,
        steps_per_beat=1,
        voices=CHOIR,
        policy="float32",
    ),
    "music_folk": Settings(
        title="Folk tunes with chords",
        data="nottingham",
        epochs=14,
        steps_per_beat=2,
        config=Config(dropout=0.3),
        slots=6,  # two chords in a thousand have more than five notes
    ),
    "music_piano": Settings(
        title="Classical piano music",
        data="piano_midi",
        epochs=25,
        steps_per_beat=2,
        slots=8,  # two chords in a hundred have more than seven notes
    ),
    "own": Settings(title="Trained on files of your own", data="", epochs=30, steps_per_beat=2),
}
# A tiny model, to run the recipe in seconds.
SMOKE = {"embedding_dim": 12, "units": 12, "hidden": 12, "epochs": 2, "part": 16, "average": 2}
