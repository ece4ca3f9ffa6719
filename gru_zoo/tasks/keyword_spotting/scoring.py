"""Class probabilities of waveforms, and of the windows of longer ones."""

import math
from collections.abc import Sequence

import keras
import numpy as np

from gru_zoo.audio.sound import Audio
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.keyword_spotting.batches import GROUP, PAIR
from gru_zoo.tasks.keyword_spotting.processor import (
    SILENCE,
    UNKNOWN,
    KeywordSpottingProcessor,
    crop_or_pad,
)

HOP = 0.3  # seconds from window to window


def score(model: keras.Model, waves: np.ndarray) -> np.ndarray:
    """Class probabilities of waveforms, computed in batches of `PAIR` or `GROUP`.

    Args:
        model: the model.
        waves: float32, shape `(waves, samples)`.

    Returns:
        float32, shape `(waves, classes)`.
    """
    rows = [np.zeros((0, model.output_shape[-1]), "float32")]
    for start in range(0, len(waves), GROUP):
        part = np.asarray(waves[start : start + GROUP])
        size = PAIR if len(part) <= PAIR else GROUP
        batch = np.pad(part, ((0, size - len(part)), (0, 0)))
        rows.append(np.asarray(predict_on_batch(model, batch))[: len(part)])
    return np.concatenate(rows)


def windows(wave: np.ndarray, processor: KeywordSpottingProcessor) -> np.ndarray:
    """Windows that cover a waveform from end to end, `HOP` seconds apart or a little less.

    All of a window is sound, unlike the first and last ones of `KeywordSpotting.detect`: half a
    word before silence can sound like another word.

    Args:
        wave: shape `(samples,)`, longer than a window.
        processor: processor of the model.

    Returns:
        Shape `(windows, processor.samples)`.
    """
    spare = len(wave) - processor.samples
    count = 1 + math.ceil(spare / round(min(HOP, processor.seconds) * processor.rate))
    starts = np.linspace(0, spare, count).round().astype(int)
    return np.lib.stride_tricks.sliding_window_view(wave, processor.samples)[starts]


def score_sounds(
    model: keras.Model,
    sounds: Sequence[Audio],
    rate: int | None,
    processor: KeywordSpottingProcessor,
    labels: tuple[str, ...],
    verbose: bool = False,
) -> np.ndarray:
    """Class probabilities of sounds of any length, each of its clearest window.

    Args:
        model: the model.
        sounds: sounds, see `KeywordSpottingProcessor.read`.
        rate: samples per second of sounds that are arrays.
        processor: processor of the model.
        labels: names of the classes.
        verbose: whether to show a progress bar.

    Returns:
        float32, shape `(sounds, classes)`.
    """
    result = np.zeros((len(sounds), len(labels)), "float32")
    bar = keras.utils.Progbar(len(sounds), unit_name="sound") if verbose else None
    for start in range(0, len(sounds), GROUP):
        waves = [processor.read(sound, rate) for sound in sounds[start : start + GROUP]]
        short = [i for i, wave in enumerate(waves) if len(wave) <= processor.samples]
        for i in set(range(len(waves))) - set(short):
            scores = score(model, windows(waves[i], processor))
            result[start + i] = scores[clearest(scores, labels)]
        if short:
            padded = [crop_or_pad(waves[i], processor.samples) for i in short]
            result[start + np.array(short)] = score(model, np.stack(padded))
        if bar:
            bar.add(len(waves))
    return result


def is_word(labels: Sequence[str]) -> np.ndarray:
    """Which labels are words, not `silence` or `unknown`: bool, shape `(labels,)`."""
    return np.array([label not in (SILENCE, UNKNOWN) for label in labels])


def clearest(scores: np.ndarray, labels: tuple[str, ...]) -> int:
    """Index of the window in which a word is likeliest.

    Args:
        scores: class probabilities, shape `(windows, classes)`.
        labels: names of the classes.
    """
    return int(scores[:, is_word(labels)].max(axis=1, initial=0).argmax())
