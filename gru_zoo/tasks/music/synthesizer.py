"""A small synthesizer: every note a plucked string of a few decaying partials."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import wave
from typing import IO

import numpy as np

from gru_zoo.files import as_path, replacing_file
from gru_zoo.tasks.music.notes import Note
from gru_zoo.tasks.music.score import Score

RATE = 22_050  # samples a second
_PARTIALS = 8
_RELEASE = 0.12  # seconds in which a released note fades


def render(score: Score) -> np.ndarray:
    """The sound of a score, float32 from -1 to 1, shape `(samples,)`, at `RATE`."""
    beat = 60 / score.tempo
    sound = np.zeros(int((score.seconds + 4 * _RELEASE) * RATE) + 1, "float32")
    for note in score.notes:
        tone = _pluck(note, note.length * beat)
        start = int(note.start * beat * RATE)
        part = sound[start : start + len(tone)]
        part += tone[: len(part)]
    return 0.8 * sound / max(1e-9, float(np.abs(sound).max(initial=0)))


def _pluck(note: Note, seconds: float) -> np.ndarray:
    """One note: partials k of strength 1 / k, the higher the sooner gone."""
    t = np.arange(int((seconds + _RELEASE) * RATE)) / RATE
    pitch = 440 * 2 ** ((note.pitch - 69) / 12)
    decay = 1.2 * (pitch / 440) ** 0.5  # high strings ring shorter
    tone = np.zeros_like(t)
    for k in range(1, _PARTIALS + 1):
        if k * pitch < RATE / 2:
            tone += np.sin(2 * np.pi * k * pitch * t) * np.exp(-decay * (0.5 + 0.5 * k) * t) / k
    attack = np.minimum(1, t / 0.005)
    release = np.clip((seconds + _RELEASE - t) / _RELEASE, 0, 1)
    return (note.velocity / 127 * tone * attack * release).astype("float32")


def write(
    score: Score, path: str | os.PathLike, soundfont: str | os.PathLike | None = None
) -> pathlib.Path:
    """See `Score.to_wav`.

    Raises:
        FileNotFoundError: a sound font is given, and there is no such file or no FluidSynth.
    """
    path = as_path(path)
    with replacing_file(path) as fresh:
        if soundfont is None:
            with fresh.open("wb") as file:
                write_wave(render(score), file)
        else:
            _fluidsynth(score, fresh, as_path(soundfont))
    return path


def write_wave(sound: np.ndarray, file: IO[bytes]) -> None:
    """Write samples from -1 to 1 as a WAV file of 16 bits."""
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((sound * 32_767).astype("<i2").tobytes())


def _fluidsynth(score: Score, path: pathlib.Path, soundfont: pathlib.Path) -> None:
    program = shutil.which("fluidsynth")
    if program is None or not soundfont.is_file():
        raise FileNotFoundError(
            "Expected the program fluidsynth and a sound font. Received: fluidsynth "
            f"{'found' if program else 'not installed'}, soundfont='{soundfont}'. Leave out the "
            "sound font for the built-in sound."
        )
    with tempfile.TemporaryDirectory() as folder:
        midi = score.save(pathlib.Path(folder) / "score.mid")
        command = [program, "-ni", "-q", "-T", "wav", "-F", str(path), "-r", str(RATE)]
        done = subprocess.run([*command, str(soundfont), str(midi)], capture_output=True, text=True)
        if done.returncode:
            raise ValueError(
                f"Expected a sound font that fluidsynth reads. Received: '{soundfont}'. It says: "
                f"{done.stderr.strip()}"
            )
