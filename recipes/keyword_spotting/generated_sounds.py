"""Sounds without a word, made by code: what machines, rooms and instruments sound like.

Each function takes a generator of random numbers, from which it draws frequencies and levels, and
returns samples from -1 to 1, float32, of `SECONDS` seconds at `RATE` samples a second.
"""

from collections.abc import Callable

import numpy as np

from gru_zoo.audio.resampling import resample
from gru_zoo.audio.sound import Sound
from gru_zoo.tasks.music.notes import Note
from gru_zoo.tasks.music.synthesizer import RATE as MUSIC_RATE
from gru_zoo.tasks.music.synthesizer import render

RATE, SECONDS = 16_000, 2.0
TIME = np.arange(int(RATE * SECONDS)) / RATE
SCALE = (0, 2, 4, 5, 7, 9, 11)


def tone(rng: np.random.Generator) -> np.ndarray:
    """A steady sine from 100 Hz to 4 kHz."""
    return _sound(np.sin(2 * np.pi * _pitch(rng, 100, 4_000) * TIME), rng)


def beeps(rng: np.random.Generator) -> np.ndarray:
    """Short sines at equal distances, as of an alarm clock or a lorry that reverses."""
    period, share = rng.uniform(0.25, 1.0), rng.uniform(0.15, 0.6)
    on = (TIME / period + rng.random()) % 1 < share
    return _sound(on * np.sin(2 * np.pi * _pitch(rng, 400, 3_000) * TIME), rng)


def sweep(rng: np.random.Generator) -> np.ndarray:
    """A sine whose frequency rises or falls, once or again and again as that of a siren."""
    low, high = np.sort([_pitch(rng, 150, 4_000), _pitch(rng, 150, 4_000)])
    turns = rng.choice([0.5, 1.0, 2.0, 4.0])
    position = 0.5 - 0.5 * np.cos(2 * np.pi * turns / SECONDS * TIME + rng.choice([0, np.pi]))
    frequency = low * (high / low) ** position
    return _sound(np.sin(2 * np.pi * np.cumsum(frequency) / RATE), rng)


def buzz(rng: np.random.Generator) -> np.ndarray:
    """A square or sawtooth wave from 60 to 800 Hz, as of a buzzer or a shaver."""
    phase = _pitch(rng, 60, 800) * TIME % 1
    return _sound(np.where(phase < 0.5, 1.0, -1.0) if rng.random() < 0.5 else 2 * phase - 1, rng)


def hum(rng: np.random.Generator) -> np.ndarray:
    """The mains, at 50 or 60 Hz, with overtones and some noise, as of a transformer or a fan."""
    base = rng.choice([50, 60])
    partials = [
        rng.random() / k * np.sin(2 * np.pi * (base * k * TIME + rng.random())) for k in range(1, 9)
    ]
    return _sound(sum(partials) + 0.1 * rng.normal(size=len(TIME)), rng)


def clicks(rng: np.random.Generator) -> np.ndarray:
    """Bursts that ring and fade, as of knocks, keys, drops and a clock."""
    sound = np.zeros(len(TIME))
    fading, pitch = rng.uniform(0.003, 0.06), _pitch(rng, 150, 4_000)
    for start in np.cumsum(rng.uniform(0.08, 0.5, 30)) * RATE:
        since = TIME - start / RATE
        ring = np.sin(2 * np.pi * pitch * since) + 0.5 * rng.normal(size=len(TIME))
        sound += (since >= 0) * rng.uniform(0.5, 1) * np.exp(-np.maximum(since, 0) / fading) * ring
    return _sound(sound, rng)


def noise(rng: np.random.Generator) -> np.ndarray:
    """Noise whose power falls by 0 (white), 3 (pink) or 6 dB an octave (brown), or rises by 3."""
    spectrum = np.fft.rfft(rng.normal(size=len(TIME)))
    slope = rng.choice([0.0, -0.5, -1.0, 0.5])
    return _sound(np.fft.irfft(spectrum * np.arange(1, len(spectrum) + 1) ** slope), rng)


def music(rng: np.random.Generator) -> np.ndarray:
    """Chords or a melody on plucked strings, in a major key."""
    tempo, root = rng.uniform(70, 160), rng.integers(45, 66)
    count, together = int(SECONDS * tempo / 60 * 2), rng.choice([1, 3])
    notes = []
    for step in range(count):
        degree = rng.integers(0, 8)
        for k in range(0, 2 * together, 2):
            octave, place = divmod(int(degree) + k, len(SCALE))
            notes.append(Note(int(root) + 12 * octave + SCALE[place], step / 2, 0.5, 100))
    sound = resample(Sound(render(notes, tempo, count / 2), MUSIC_RATE), RATE)
    return _sound(np.resize(sound, len(TIME)), rng)


def stillness(rng: np.random.Generator) -> np.ndarray:
    """Zeros, a constant, the last bit of a converter, or a jump that is clipped."""
    constant = rng.uniform(-0.5, 0.5)
    choices = (
        np.full(len(TIME), constant),
        rng.integers(-1, 2, len(TIME)) / 32_768,
        np.where(TIME < rng.uniform(0.2, 1.8), constant, 1.0),
        np.clip(constant + 1e-3 * rng.normal(size=len(TIME)), -1, 1),
    )
    return choices[rng.integers(len(choices))].astype("float32")


SOUNDS: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "tones": tone,
    "beeps": beeps,
    "sweeps": sweep,
    "buzzes": buzz,
    "hum": hum,
    "clicks": clicks,
    "noise": noise,
    "music": music,
    "silence": stillness,
}


def _pitch(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw a frequency between two, in Hz, evenly on the scale of octaves."""
    return float(low * (high / low) ** rng.random())


def _sound(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bring samples to a peak from -30 to 0 dB."""
    level = 10 ** (rng.uniform(-30, 0) / 20)
    return (level * samples / np.abs(samples).max()).astype("float32")
