"""Architecture of keyword spotting: from the waveform of a second to class probabilities."""

import dataclasses
from collections.abc import Sequence

import keras
from keras import layers, ops

from gru_zoo.layers import GRU, MultiplicativeAttention
from gru_zoo.layers.spectrogram import LogMel, SpecAugment

# Momentum of batch normalization, below Keras' 0.99: small sets train for few steps, in which the
# moving averages must converge.
_MOMENTUM = 0.95


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the architecture.

    Args:
        rate: samples per second.
        seconds: length of the waveforms, in seconds.
        bands: number of mel bands.
        filters: feature maps of each stage of convolutions. The first and the last stage halve
            the frame rate, and all stages halve the number of bands.
        features: size of the vector of a frame.
        units: units of each GRU.
        depth: number of bidirectional layers, each a pair of GRUs.
        heads: heads of the attention over time.
        key: size of the query of a head.
        classes: number of classes.
        frames_masked: maximum frames, of 10 ms, that each of two masks hides in training.
        bands_masked: maximum bands that each of two masks hides in training.
        dropout: dropout rate between the layers.
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
    """Build log-mel spectra, residual convolutions, bidirectional GRUs and attention over time.

    Two-dimensional convolutions compute features of a few neighboring frames, and GRUs read them
    in both directions. The last states give the queries of several heads, which attend to all
    states (de Andrade et al. 2018, A Neural Attention Model for Speech Command Recognition;
    Rybakov et al. 2020, Streaming Keyword Spotting on Mobile Devices).

    Args:
        config: settings of the architecture.

    Returns:
        A model from waveforms, floats from -1 to 1, shape `(batch, rate * seconds)`, to class
        probabilities, float32, shape `(batch, classes)`.
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


def convolutions(config: Config) -> list[str]:
    """Names of the layers with weights between the spectrum and the GRUs."""
    stages = range(1, len(config.filters) + 1)
    names = [*(f"conv_{stage}{part}" for stage in stages for part in "ab"), "features"]
    return [*names, *(f"{name}_norm" for name in names)]


def _directions(units: int, pair: int) -> tuple[GRU, GRU]:
    """A forward and a backward GRU, which return all states and the last one."""
    options = {"return_sequences": True, "return_state": True}
    forward = GRU(units, name=f"forward_{pair}", **options)
    return forward, GRU(units, go_backwards=True, name=f"backward_{pair}", **options)


def _stage(x, filters: int, size: int, time_stride: int, number: int):
    """Two convolutions over time and frequency, of which the second is residual.

    Args:
        x: shape `(batch, frames, bands, maps)`.
        filters: number of output maps.
        size: side of the first kernel.
        time_stride: stride of the first convolution over frames; over bands it is 2.
        number: number of the stage, from 1.

    Returns:
        Shape `(batch, frames / time_stride, bands / 2, filters)`, rounded up.
    """

    def convolve(x, part, size, strides=1):
        name = f"conv_{number}{part}"
        options = {"padding": "same", "use_bias": False, "name": name}
        x = layers.Conv2D(filters, size, strides, **options)(x)
        return layers.BatchNormalization(momentum=_MOMENTUM, name=f"{name}_norm")(x)

    x = ops.relu(convolve(x, "a", size, (time_stride, 2)))
    return ops.relu(x + convolve(x, "b", 3))
