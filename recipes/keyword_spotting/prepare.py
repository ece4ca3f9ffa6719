"""Read the clips, decode them, and split them into training and validation data."""

import pathlib
from typing import NamedTuple

import numpy as np

from gru_zoo import audio, data, training
from gru_zoo.audio.sound import Sound
from gru_zoo.data import fsdd, speech_commands, speech_commands_v2
from gru_zoo.tasks.keyword_spotting.processor import SILENCE, KeywordSpottingProcessor, decode_clips
from recipes.keyword_spotting.settings import Settings

ROOT = pathlib.Path(__file__).resolve().parents[2]
SETS = {"fsdd": fsdd, "speech_commands": speech_commands, "speech_commands_v2": speech_commands_v2}

Clips = tuple[np.ndarray, list[str]]  # waveforms, int16, shape `(clips, samples)`, and their labels


class Examples(NamedTuple):
    """Labelled waveforms, and recordings of noise.

    Args:
        labels: the classes.
        train: training clips.
        valid: validation clips.
        noise: recordings that are mixed into training clips.
        left_out: clips of the speaker whom `--leave-out` names.
    """

    labels: tuple[str, ...]
    train: Clips
    valid: Clips
    noise: list[Sound] = []
    left_out: Clips | None = None


def examples(settings: Settings, root: str | None, work: pathlib.Path) -> Examples:
    """Clips of a published set; decoded clips are kept in `work`."""
    rate = settings.config.rate
    processor = KeywordSpottingProcessor(rate, 1.0)
    labels = SETS[settings.data].LABELS
    parts, left_out, speakers = [], [], set()
    for split in ("train", settings.valid):
        clips = data.load(settings.data, split, root)
        cache = work / f"{settings.data}-{split}-{rate}.npy"
        print(f"{settings.data}, {split}: {len(clips):,} clips")
        waves = decode_clips([clip.audio for clip in clips], processor, cache=cache, verbose=True)
        speakers |= {clip.speaker for clip in clips}
        out = np.array([clip.speaker == settings.leave_out for clip in clips])
        out &= bool(settings.leave_out)  # clips without a speaker stay
        for side, rows in ((parts, np.flatnonzero(~out)), (left_out, np.flatnonzero(out))):
            side.append((waves[rows], [clips[i].label for i in rows]))
    train, valid = parts
    if settings.leave_out and settings.leave_out not in speakers:
        raise SystemExit(
            f"Expected --leave-out to name one of the speakers {', '.join(sorted(speakers))}. "
            f"Received: {settings.leave_out}."
        )
    noise: list[Sound] = []
    if settings.data == "speech_commands":
        clips = data.load(settings.data, "background_noise", root)
        noise, still = divided([processor.read(clip.audio) for clip in clips], processor)
        valid = (np.concatenate([valid[0], still]), valid[1] + [SILENCE] * len(still))
    elif SILENCE in labels:
        silent = np.array(train[1]) == SILENCE
        noise = [Sound(wave, rate) for wave in train[0][silent]]
        train = (train[0][~silent], [label for label in train[1] if label != SILENCE])
    return Examples(labels, train, valid, noise, joined(left_out) if settings.leave_out else None)


def smoke_examples(settings: Settings) -> Examples:
    """A few clips from the tests' fixtures."""
    return own_examples(ROOT / "tests" / "fixtures" / "sounds", settings)


def own_examples(folder: pathlib.Path, settings: Settings) -> Examples:
    """Clips of a folder that has a folder for each word."""
    paths, words = audio.labeled_files(folder)
    waves = decode_clips(paths, KeywordSpottingProcessor(settings.config.rate, 1.0))
    train, valid = (
        (waves[rows], [words[i] for i in rows])
        for rows in training.split(len(waves), settings.held_out, settings.seed, "clips")
    )
    return Examples(tuple(sorted(set(words))), train, valid)


def divided(
    recordings: list[np.ndarray], processor: KeywordSpottingProcessor
) -> tuple[list[Sound], np.ndarray]:
    """The first four fifths of recordings, to train with, and clips of the rest, to validate."""
    noise, still = [], []
    for wave in recordings:
        border = len(wave) * 4 // 5
        noise.append(Sound(wave[:border], processor.rate))
        rest = wave[border:]
        count = len(rest) // processor.samples
        clips = rest[: count * processor.samples].reshape(count, -1)
        still.append((clips * 32767).astype("int16"))
    return noise, np.concatenate(still)


def joined(parts: list[Clips]) -> Clips:
    """All clips of the parts."""
    return np.concatenate([waves for waves, _ in parts]), sum((labels for _, labels in parts), [])
