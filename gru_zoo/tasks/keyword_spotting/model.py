"""Spoken words: from the waveform of a second to one of a few classes."""

import dataclasses
from collections.abc import Sequence

import keras
from keras import layers, ops

from gru_zoo.layers import GRU, MultiplicativeAttention
from gru_zoo.layers.spectrogram import LogMel, SpecAugment

# Of the batch normalisations: small sets have few steps in which the means can settle.
_MOMENTUM = 0.95


@dataclasses.dataclass(frozen=True)
class Config:
    """Architecture of the recogniser.

    Args:
        rate: samples a second.
        seconds: length of the waveforms.
        bands: mel bands.
        filters: feature maps of each stage of convolutions. The first stage and the last one
            halve the rate of the frames, all halve the number of bands.
        features: size of the vector that a frame becomes.
        units: size of each GRU.
        depth: pairs of GRUs, one a direction.
        heads: how many places in time the summary looks at.
        key: size of a head's query.
        classes: number of classes.
        frames_masked: frames of 10 ms that each of two masks hides in training, at most.
        bands_masked: bands that each of two masks hides in training, at most.
        dropout: dropout between the layers in training.
    """

    rate: int = 16_000
    seconds: float = 1.0
    bands: int = 64
    filters: Sequence[int] = (32, 48, 64)
    features: int = 112
    units: int = 96
    depth: int = 2
    heads: int = 4
    key: int = 32
    classes: int = 10
    frames_masked: int = 20
    bands_masked: int = 10
    dropout: float = 0.2


def build(config: Config) -> keras.Model:
    """Log-mel spectra, residual convolutions, GRUs in both directions, attention over time.

    Convolutions that keep frequency an axis make features of few neighbouring frames, GRUs read
    them in both directions, and several queries, made from the last states, gather what the
    classes need from the states (de Andrade et al. 2018, A Neural Attention Model for Speech
    Command Recognition; Rybakov et al. 2020, Streaming Keyword Spotting on Mobile Devices).

    Returns:
        A model from waveforms, float, shape `(batch, rate * seconds)`, from -1 to 1, to class
        probabilities, shape `(batch, classes)`.
    """
    # Layers
    spectrum = LogMel(config.rate, config.bands, name="log_mel")
    masks = SpecAugment(config.frames_masked, config.bands_masked, name="masks")
    features = layers.Dense(config.features, use_bias=False, name="features")
    features_norm = layers.BatchNormalization(momentum=_MOMENTUM, name="features_norm")
    grus = [_directions(config.units, pair) for pair in range(1, config.depth + 1)]
    queries = layers.Dense(config.heads * config.key, name="queries")
    attention = MultiplicativeAttention(2 * config.units, name="attention")
    logits = layers.Dense(config.classes, name="logits")

    # Functional model
    waveform = keras.Input((round(config.rate * config.seconds),), name="waveform")
    x = ops.expand_dims(masks(spectrum(waveform)), -1)
    last = len(config.filters) - 1
    for stage, filters in enumerate(config.filters):
        x = _stage(x, filters, 5 if stage == 0 else 3, 2 if stage in (0, last) else 1, stage + 1)
    x = layers.Reshape((x.shape[1], x.shape[2] * x.shape[3]), name="frames")(x)
    x = ops.relu(features_norm(features(x)))
    for pair, (forward, backward) in enumerate(grus, 1):
        x = layers.Dropout(config.dropout, name=f"dropout_{pair}")(x)
        states_forward, last_forward = forward(x)
        states_backward, last_backward = backward(x)
        states_backward = ops.flip(states_backward, axis=1)
        x = layers.Concatenate(name=f"states_{pair}")([states_forward, states_backward])
    end = layers.Concatenate(name="end")([last_forward, last_backward])
    query = layers.Reshape((config.heads, config.key), name="heads")(queries(end))
    contexts, _ = attention(query, x)
    summary = layers.Flatten(name="summary")(contexts)
    scores = logits(layers.Dropout(config.dropout, name="summary_dropout")(summary))
    probabilities = layers.Softmax(dtype="float32", name="probabilities")(scores)
    return keras.Model(waveform, probabilities, name="keyword_spotting")


def _directions(units: int, pair: int) -> tuple[GRU, GRU]:
    options = {"return_sequences": True, "return_state": True}
    forward = GRU(units, name=f"forward_{pair}", **options)
    return forward, GRU(units, go_backwards=True, name=f"backward_{pair}", **options)


def _stage(x, filters: int, size: int, time_stride: int, number: int):
    """Two convolutions over time and frequency, the second one residual.

    Args:
        x: shape `(batch, frames, bands, maps)`.
        filters: maps that come out.
        size: side of the first kernel.
        time_stride: frames of which the first convolution makes one; of bands it is two.
        number: of the stage, from 1.
    """

    def convolved(x, letter, size, strides=1):
        name = f"conv_{number}{letter}"
        options = {"padding": "same", "use_bias": False, "name": name}
        x = layers.Conv2D(filters, size, strides, **options)(x)
        return layers.BatchNormalization(momentum=_MOMENTUM, name=f"{name}_norm")(x)

    x = ops.relu(convolved(x, "a", size, (time_stride, 2)))
    return ops.relu(x + convolved(x, "b", 3))
