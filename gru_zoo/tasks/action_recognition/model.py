"""Architecture of action recognition: from features of two streams to class probabilities."""

import dataclasses
from collections.abc import Sequence

import keras
from keras import layers, ops

from gru_zoo.layers import GRU, MaskedPooling
from gru_zoo.layers.layer_normalization import LayerNormalization

STREAMS = ("skeleton", "signals")


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the architecture.

    Args:
        skeleton: features of a frame of the skeleton; 0 for no such stream.
        signals: features of a sample of the signals; 0 for no such stream.
        skeleton_kernels: width of each convolution over the skeleton.
        signals_kernels: width of each convolution over the signals.
        skeleton_strides: stride of each convolution over the skeleton.
        signals_strides: stride of each convolution over the signals.
        filters: feature maps of each convolution.
        units: units of the GRU of each direction.
        classes: number of classes.
        input_dropout: dropout rate of the features.
        dropout: dropout rate between the layers.
        summary_dropout: dropout rate before the output layer.
    """

    skeleton: int = 186
    signals: int = 8
    skeleton_kernels: Sequence[int] = (1, 5, 5)
    signals_kernels: Sequence[int] = (7, 5, 5)
    skeleton_strides: Sequence[int] = (1, 2, 2)
    signals_strides: Sequence[int] = (2, 2, 2)
    filters: int = 96
    units: int = 80
    classes: int = 27
    input_dropout: float = 0.1
    dropout: float = 0.15
    summary_dropout: float = 0.4


def build(config: Config) -> keras.Model:
    """Build convolutions and a bidirectional GRU for each stream, and one output layer.

    Convolutions over time shorten a stream, a GRU reads it in both directions, and the maximum and
    the mean over time summarize it. The logits are a linear function of both summaries side by
    side, so they are a sum of the scores of the streams: an absent stream, whose mask is all False,
    has a summary of zeros and adds nothing (Simonyan & Zisserman 2014, Two-Stream Convolutional
    Networks, for the fusion of scores).

    Args:
        config: settings of the architecture.

    Returns:
        A model from the features of each stream, float32, shape `(batch, time, features)`, and its
        mask, bool, shape `(batch, time)`, in the order of `STREAMS`, to class probabilities,
        float32, shape `(batch, classes)`.

    Raises:
        ValueError: if the config has no stream.
    """
    inputs, summaries = [], []
    for name in STREAMS:
        if getattr(config, name):
            features = keras.Input((None, getattr(config, name)), name=name)
            mask = keras.Input((None,), dtype="bool", name=f"{name}_mask")
            inputs += [features, mask]
            summaries.append(_summary(features, mask, name, config))
    if not inputs:
        raise ValueError("Expected a stream with features. Received: skeleton=0 and signals=0.")
    x = layers.Concatenate(name="summary")(summaries) if len(summaries) > 1 else summaries[0]
    x = layers.Dropout(config.summary_dropout, name="summary_dropout")(x)
    scores = layers.Dense(config.classes, name="logits")(x)
    probabilities = layers.Softmax(dtype="float32", name="probabilities")(scores)
    return keras.Model(inputs, probabilities, name="action_recognition")


def with_views(model: keras.Model) -> tuple[keras.Model, int]:
    """A model to train: besides both streams together it classifies each of them alone.

    So every stream learns to recognize actions by itself, at the cost of the output layer.

    Args:
        model: from `build`, whose layers are shared.

    Returns:
        A model from the same inputs to probabilities of shape `(batch, 3, classes)`, and 3; for one
        stream `model` and 1.
    """
    pooled = [
        layer.output for layer in model.layers if layer.name in [f"{n}_pooling" for n in STREAMS]
    ]
    if len(pooled) == 1:
        return model, 1
    skeleton, signals = pooled
    views = [model.output]
    for alone in ([skeleton, ops.zeros_like(signals)], [ops.zeros_like(skeleton), signals]):
        x = layers.Dropout(model.get_layer("summary_dropout").rate)(ops.concatenate(alone, axis=-1))
        views.append(ops.softmax(ops.cast(model.get_layer("logits")(x), "float32")))
    return keras.Model(model.inputs, ops.stack(views, axis=1), name="views"), len(views)


def _summary(x, mask, name: str, config: Config):
    """Summary of a stream.

    Args:
        x: features, shape `(batch, time, features)`.
        mask: shape `(batch, time)`.
        name: name of the stream.
        config: settings of the architecture.

    Returns:
        Shape `(batch, 4 * units)`.
    """
    x = layers.Dropout(config.input_dropout, name=f"{name}_dropout")(x)
    kernels, strides = (getattr(config, f"{name}_{part}") for part in ("kernels", "strides"))
    for number, (kernel, stride) in enumerate(zip(kernels, strides, strict=True), 1):
        # Padded by hand: with "same" the place of the kernel would depend on the padded length.
        if kernel > 1:
            x = layers.ZeroPadding1D(kernel // 2, name=f"{name}_pad_{number}")(x)
        conv = layers.Conv1D(config.filters, kernel, stride, name=f"{name}_conv_{number}")
        norm = LayerNormalization(name=f"{name}_norm_{number}")
        mask = mask[:, ::stride]
        keep = ops.expand_dims(ops.cast(mask, x.dtype), -1)
        # Zeros after the end, as the next convolution expects them.
        x = ops.relu(norm(conv(x))) * keep
        x = layers.Dropout(config.dropout, name=f"{name}_dropout_{number}")(x)
    forward = GRU(config.units, return_sequences=True, name=f"{name}_forward")
    backward = GRU(config.units, return_sequences=True, go_backwards=True, name=f"{name}_backward")
    states = [forward(x, mask=mask), ops.flip(backward(x, mask=mask), axis=1)]
    states = layers.Concatenate(name=f"{name}_states")(states)
    return MaskedPooling(name=f"{name}_pooling")(states, mask=mask)
