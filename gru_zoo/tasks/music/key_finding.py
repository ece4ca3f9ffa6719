"""Key finding: names of musical keys, and the key of a piece."""

from collections.abc import Iterable, Sequence

import numpy as np

TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
# How well each degree fits a key, as listeners rate it (Krumhansl & Kessler 1982, Tracing the
# Dynamic Changes in Perceived Tonal Organization in a Spatial Representation of Musical Keys).
_PROFILES = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
_OTHER_SPELLINGS = {
    "C#": 1, "D#": 3, "Gb": 6, "G#": 8, "A#": 10, "Cb": 11, "Fb": 4, "E#": 5, "B#": 0
}  # fmt: skip


def key_correlations(steps: Iterable[Sequence[int]]) -> dict[str, float]:
    """Correlation of a piece with each of the 24 keys (Krumhansl 1990, chapter 4).

    Args:
        steps: MIDI pitches of each step.

    Returns:
        Correlation, from -1 to 1, of the pitch classes' frequencies with the profile of each key,
        by the key's name, such as "Eb major". It is 0 for all keys if the piece has no notes, or
        all pitch classes equally often.
    """
    classes = np.array([pitch % 12 for step in steps for pitch in step], int)
    counts = np.bincount(classes, minlength=12).astype(float)
    counts -= counts.mean()
    scale = np.linalg.norm(counts) or 1.0
    correlations = {}
    for mode, values in _PROFILES.items():
        profile = np.array(values) - np.mean(values)
        profile /= np.linalg.norm(profile)
        for tonic, name in enumerate(TONICS):
            correlations[f"{name} {mode}"] = float(np.roll(profile, tonic) @ counts / scale)
    return correlations


def parse_key(key: str) -> tuple[int, str]:
    """Tonic, from 0 for C to 11 for B, and mode of a key such as "G", "e minor", "F# major".

    Without a mode, an upper-case letter means major and a lower-case one minor.

    Raises:
        ValueError: `key` is not the name of a key.
    """
    words = key.split() if isinstance(key, str) else []
    tonic, mode = (*words, "") if len(words) == 1 else words if len(words) == 2 else ("", "")
    mode = mode.lower() or ("major" if tonic[:1].isupper() else "minor")
    tonic = tonic[:1].upper() + tonic[1:]
    number = TONICS.index(tonic) if tonic in TONICS else _OTHER_SPELLINGS.get(tonic)
    if number is None or mode not in _PROFILES:
        raise ValueError(
            f"Expected a key such as 'G', 'e minor' or 'F# major'. Received: key={key!r}."
        )
    return number, mode


def semitones_to_c(key: str) -> int:
    """Semitones, from -6 to 5, that transpose a key to C major or C minor.

    Raises:
        ValueError: `key` is not the name of a key.
    """
    tonic, _ = parse_key(key)
    return (6 - tonic) % 12 - 6


def find_key(steps: Iterable[Sequence[int]]) -> str:
    """Name of the key with the highest correlation, such as "Eb major".

    Args:
        steps: MIDI pitches of each step.
    """
    correlations = key_correlations(steps)
    return max(correlations, key=correlations.__getitem__)
