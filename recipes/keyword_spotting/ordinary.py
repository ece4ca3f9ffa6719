"""Ordinary input of keyword spotting; see recipes/ordinary.py.

Sounds without a word are generated. Spoken words are clips of the test splits of Speech Commands
and of the Free Spoken Digit Dataset, changed as rooms, microphones and speakers change them. They
need the folder of $GRU_ZOO_DATA and are left out without it.
"""

import functools
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gru_zoo import data
from gru_zoo.audio import read, resample
from gru_zoo.audio.augmentation import pink_noise
from gru_zoo.audio.sound import Sound
from gru_zoo.data import fsdd, speech_commands
from gru_zoo.data.source import DATA_VARIABLE
from recipes.keyword_spotting.generated_sounds import RATE, SOUNDS
from recipes.ordinary import Case

if TYPE_CHECKING:
    from gru_zoo.tasks.keyword_spotting.task import KeywordSpotting

PRESETS = ("speech_commands", "speech_commands_tiny", "speech_digits")
KINDS = {
    "tones": "A steady tone: no word.",
    "beeps": "Repeated beeps: no word.",
    "sweeps": "Sirens and whistles: no word.",
    "buzzes": "Square and sawtooth waves: no word.",
    "hum": "The hum of the mains: no word.",
    "clicks": "Knocks, keys and drops: no word.",
    "noise": "White, pink, brown and blue noise: no word.",
    "music": "Plucked strings: no word.",
    "silence": "Zeros, a constant, the last bit, a jump: no word.",
    "other words": "Words that the preset does not know (test clips): no word.",
    "words": "Words of the preset (test clips): the word.",
    "with silence": "A second of silence before and behind: the word.",
    "quiet": "40 dB below the full scale: the word.",
    "loud": "20 dB above the full scale, clipped: the word.",
    "telephone": "From 300 to 3,400 Hz: the word.",
    "noisy": "Pink noise 10 dB below the word: the word.",
    "slow": "Played a fifth slower, and so deeper: the word.",
    "fast": "Played a quarter faster, and so higher: the word.",
    "whispered": "Without the vibration of the vocal cords, as by a vocoder: the word.",
}
COUNT = 24  # generated sounds of a kind
CLIPS = 3  # of each word
FRAME = 400  # samples in which speech hardly changes, 25 ms


class Clip(NamedTuple):
    """A sound with a name, which is printed in its place."""

    name: str
    sound: Sound

    def __repr__(self) -> str:
        return self.name

    @property
    def content(self) -> bytes:
        """The samples, by which clips can be told from each other."""
        return self.sound.samples.tobytes()


def cases() -> list[Case]:
    """Return the generated sounds, and the clips where there is data.

    The expected answer is a word, or a tuple of the words that must not come; an empty tuple
    stands for all.
    """
    made = [
        Case(kind, Clip(f"{kind} {i}", Sound(sound(np.random.default_rng(i)), RATE)), ())
        for kind, sound in SOUNDS.items()
        for i in range(COUNT)
    ]
    return made + (spoken() if os.environ.get(DATA_VARIABLE) else [])


@functools.cache
def spoken() -> list[Case]:
    """Return cases of clips of words, and of changed ones."""
    sets = (
        ("speech_commands", "test10", speech_commands.COMMANDS),
        ("fsdd", "test", fsdd.LABELS),
    )
    known = [pair for name_split_words in sets for pair in chosen(*name_split_words)]
    found = []
    # Each vocabulary is foreign to the presets of the other.
    for (name, split, words), (*_, foreign) in zip(sets, sets[::-1], strict=True):
        clips = chosen(name, split, words, first=1)
        found += [Case("other words", clip, foreign) for _, clip in clips]
    others = data.load("speech_commands", "other_words")
    for i in range(0, len(others), len(others) // COUNT):
        clip = Clip(f"other word {i}", normalized(read(others[i].audio)))
        found.append(Case("other words", clip, speech_commands.COMMANDS))
    for kind, change in CHANGES.items():
        for word, clip in known:
            changed = Clip(f"{clip.name}, {kind}", change(clip.sound))
            found.append(Case(kind, changed, word))
    return found


def chosen(name: str, split: str, words: Sequence[str], first: int = 0) -> list[tuple[str, Clip]]:
    """Return `CLIPS` clips of each word, by different speakers; another `first` gives others."""
    clips = data.load(name, split)
    found = []
    for word in words:
        of_word = {clip.speaker: clip for clip in clips if clip.label == word}
        for speaker in sorted(of_word)[first :: len(of_word) // CLIPS][:CLIPS]:
            sound = normalized(read(of_word[speaker].audio))
            found.append((word, Clip(f"{word} by {speaker}", sound)))
    return found


def normalized(sound: Sound) -> Sound:
    """Bring a clip to the rate of the suite and a peak of 0.5, which leaves room for noise."""
    samples = resample(sound, RATE)
    return Sound(0.5 * samples / np.abs(samples).max(), RATE)


def with_silence(sound: Sound) -> Sound:
    return Sound(np.pad(sound.samples, RATE), RATE)


def quiet(sound: Sound) -> Sound:
    return Sound(sound.samples * np.float32(0.02), RATE)


def loud(sound: Sound) -> Sound:
    return Sound(np.clip(20 * sound.samples, -1, 1), RATE)


def telephone(sound: Sound) -> Sound:
    spectrum = np.fft.rfft(sound.samples)
    frequencies = np.fft.rfftfreq(len(sound.samples), 1 / RATE)
    spectrum[(frequencies < 300) | (frequencies > 3_400)] = 0
    return Sound(np.fft.irfft(spectrum, len(sound.samples)).astype("float32"), RATE)


def noisy(sound: Sound) -> Sound:
    noise = pink_noise(len(sound.samples), seed=len(sound.samples))
    # The level of the word is that of its louder half: the rest of a clip is often silence.
    power = np.sort(np.square(sound.samples))[len(sound.samples) // 2 :].mean()
    level = np.sqrt(0.1 * power / np.mean(np.square(noise)))
    return Sound((sound.samples + level * noise).astype("float32"), RATE)


def played(speed: float) -> Callable[[Sound], Sound]:
    """Return a change of speed, and with it of pitch."""
    return lambda sound: Sound(resample(sound, round(RATE / speed)), RATE)


def whispered(sound: Sound) -> Sound:
    """Keep the spectrum of each frame and draw its phases, so that no pitch is left."""
    samples = np.pad(sound.samples, FRAME)
    rng, window = np.random.default_rng(0), np.hanning(FRAME)
    result = np.zeros(len(samples))
    for start in range(0, len(samples) - FRAME, FRAME // 4):
        part = slice(start, start + FRAME)
        size = np.abs(np.fft.rfft(window * samples[part]))
        phases = np.exp(2j * np.pi * rng.random(len(size)))
        result[part] += window * np.fft.irfft(size * phases, FRAME)
    return normalized(Sound(result[FRAME:-FRAME].astype("float32"), RATE))


CHANGES: dict[str, Callable[[Sound], Sound]] = {
    "words": lambda sound: sound,
    "with silence": with_silence,
    "quiet": quiet,
    "loud": loud,
    "telephone": telephone,
    "noisy": noisy,
    "slow": played(0.8),
    "fast": played(1.25),
    "whispered": whispered,
}


def judge(task: "KeywordSpotting", cases: Sequence[Case]) -> list[bool | None]:
    """Judge the predicted labels of those cases that the vocabulary of the preset fits."""
    meant = [case for case in cases if is_meant(case, task.labels)]
    labels = [found.label for found in task.predict([case.input.sound for case in meant])]
    words = set(speech_commands.COMMANDS) | set(fsdd.LABELS)
    right = iter(
        label == case.expected if isinstance(case.expected, str) else label not in words
        for case, label in zip(meant, labels, strict=True)
    )
    return [next(right) if is_meant(case, task.labels) else None for case in cases]


def is_meant(case: Case, labels: Sequence[str]) -> bool:
    """Whether the vocabulary of a preset has the word, or those that must not come."""
    words = (case.expected,) if isinstance(case.expected, str) else case.expected
    return set(words) <= set(labels)
