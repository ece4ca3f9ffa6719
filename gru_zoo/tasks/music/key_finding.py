"""Musical keys: their names, and which one a piece is in."""

from collections.abc import Iterable, Sequence

import numpy as np

NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
# How well each degree fits a key, as listeners rate it (Krumhansl & Kessler 1982, Tracing the
# Dynamic Changes in Perceived Tonal Organization in a Spatial Representation of Musical Keys).
_PROFILES = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
_SPELLINGS = {"C#": 1, "D#": 3, "Gb": 6, "G#": 8, "A#": 10, "Cb": 11, "Fb": 4, "E#": 5, "B#": 0}


def key_correlations(steps: Iterable[Sequence[int]]) -> dict[str, float]:
    """How well a piece fits each of the 24 keys, from -1 to 1 (Krumhansl 1990, chapter 4).

    Args:
        steps: MIDI pitches of each step.

    Returns:
        The correlation of the pitch classes' frequencies with each key's profile, by its name,
        such as "Eb major"; 0 for all keys where the piece has no notes, or all alike.
    """
    classes = np.array([pitch % 12 for step in steps for pitch in step], int)
    counts = np.bincount(classes, minlength=12).astype(float)
    counts -= counts.mean()
    scale = np.linalg.norm(counts) or 1.0
    found = {}
    for mode, values in _PROFILES.items():
        profile = np.array(values) - np.mean(values)
        profile /= np.linalg.norm(profile)
        for tonic, name in enumerate(NAMES):
            found[f"{name} {mode}"] = float(np.roll(profile, tonic) @ counts / scale)
    return found


def parse(key: str) -> tuple[int, str]:
    """Tonic, from 0 for C to 11, and mode of a key's name: "G", "e minor", "F# major".

    Without a mode, a capital letter is major and a small one minor.

    Raises:
        ValueError: it is no such name.
    """
    words = key.split() if isinstance(key, str) else []
    tonic, mode = (*words, "") if len(words) == 1 else words if len(words) == 2 else ("", "")
    mode = mode.lower() or ("major" if tonic[:1].isupper() else "minor")
    tonic = tonic[:1].upper() + tonic[1:]
    number = NAMES.index(tonic) if tonic in NAMES else _SPELLINGS.get(tonic)
    if number is None or mode not in _PROFILES:
        raise ValueError(
            f"Expected a key such as 'G', 'e minor' or 'F# major'. Received: key={key!r}."
        )
    return number, mode


def semitones_to_c(key: str) -> int:
    """Semitones, from -6 to 5, that bring a key to C major or C minor."""
    tonic, _ = parse(key)
    return (6 - tonic) % 12 - 6


def find_key(steps: Iterable[Sequence[int]]) -> str:
    """The key that a piece fits best."""
    found = key_correlations(steps)
    return max(found, key=found.__getitem__)
