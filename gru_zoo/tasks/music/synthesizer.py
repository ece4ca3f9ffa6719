"""A small synthesizer of plucked strings, and FluidSynth for sound fonts."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from typing import IO

import numpy as np

from gru_zoo.files import as_path
from gru_zoo.tasks.music import midi
from gru_zoo.tasks.music.notes import Note
from gru_zoo.tasks.music.timing import TempoChanges, TempoMap

RATE = 22_050  # samples a second
MAX_SECONDS = 3_600  # of a sound; a slow score of a small file can last for days
_PARTIALS = 8
_RELEASE = 0.12  # seconds in which a released note fades


def render(
    notes: Sequence[Note], tempo: float, beats: float, tempo_changes: TempoChanges = ()
) -> np.ndarray:
    """Synthesize notes as plucked strings, normalized to a peak of 0.8.

    Args:
        notes: notes in any order.
        tempo: quarter notes a minute at the start.
        beats: length in quarter notes; the sound is longer by the fading of the last note.
        tempo_changes: later tempos, by quarter notes from the start.

    Returns:
        Samples from -1 to 1, float32, shape `(samples,)`, `RATE` samples a second.

    Raises:
        ValueError: the sound would last more than an hour.
    """
    seconds = TempoMap(tempo, tempo_changes).seconds
    if seconds(beats) > MAX_SECONDS:
        raise ValueError(
            f"Expected music of at most {MAX_SECONDS:,} s. Received: {seconds(beats):,.0f} s. Save "
            "it as MIDI."
        )
    sound = np.zeros(int((seconds(beats) + 4 * _RELEASE) * RATE) + 1, "float32")
    for note in notes:
        start = seconds(note.start)
        tone = _pluck(note, seconds(note.start + note.length) - start)
        first = int(start * RATE)
        part = sound[first : first + len(tone)]
        part += tone[: len(part)]
    return 0.8 * sound / max(1e-9, float(np.abs(sound).max(initial=0)))


def _pluck(note: Note, seconds: float) -> np.ndarray:
    """One note: partial k has amplitude 1 / k, and higher partials decay faster."""
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


def write_wave(sound: np.ndarray, file: IO[bytes]) -> None:
    """Write samples from -1 to 1 as a 16-bit WAV file."""
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((sound * 32_767).astype("<i2").tobytes())


def render_with_fluidsynth(
    notes: Sequence[Note],
    tempo: float,
    beats: float,
    tempo_changes: TempoChanges,
    path: pathlib.Path,
    soundfont: str | os.PathLike,
) -> None:
    """Write a WAV file with the program FluidSynth.

    Args:
        notes: notes in any order.
        tempo: quarter notes a minute at the start.
        beats: length in quarter notes.
        tempo_changes: later tempos, by quarter notes from the start.
        path: path of the WAV file.
        soundfont: path of the sound font.

    Raises:
        FileNotFoundError: the sound font does not exist, or FluidSynth is not installed.
        ValueError: FluidSynth cannot read the sound font.
    """
    program, soundfont = shutil.which("fluidsynth"), as_path(soundfont)
    if program is None or not soundfont.is_file():
        raise FileNotFoundError(
            "Expected the program fluidsynth and a sound font. Received: fluidsynth "
            f"{'found' if program else 'not installed'}, soundfont='{soundfont}'. Leave out the "
            "sound font for the built-in sound."
        )
    with tempfile.TemporaryDirectory() as folder:
        score = pathlib.Path(folder) / "score.mid"
        midi.write(score, notes, tempo, beats, tempo_changes=tempo_changes)
        command = [program, "-ni", "-q", "-T", "wav", "-F", str(path), "-r", str(RATE)]
        run = subprocess.run([*command, str(soundfont), str(score)], capture_output=True, text=True)
    if run.returncode:
        raise ValueError(
            f"Expected a sound font that fluidsynth can read. Received: '{soundfont}'. "
            f"Fluidsynth reports: {run.stderr.strip()}"
        )
