"""Which suffixes a saved score may have; a module of its own, since it is checked before a model
is loaded.
"""

import os

from gru_zoo.files import as_path

MIDI = {".mid", ".midi"}
SOUND = ".wav"


def check_suffix(path: str | os.PathLike) -> str:
    """The suffix of a path, in lower case.

    Raises:
        ValueError: it is neither that of a MIDI file nor of a WAV file.
    """
    suffix = as_path(path).suffix.lower()
    if suffix not in {*MIDI, SOUND}:
        raise ValueError(
            f"Expected a path that ends in .mid, .midi or .wav. Received: '{path}'. For other "
            "kinds of sound save a .wav file and convert it."
        )
    return suffix
