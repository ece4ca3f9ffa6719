"""Log-mel spectra of waveforms, and the masks that training puts on them."""

import keras
import numpy as np
from keras import ops

WINDOW, HOP = 0.025, 0.010  # seconds
LOWEST = 20.0  # Hz
_FLOOR = 1e-8  # power of a band that counts as silence: 80 dB below a full-scale sine
_MIN_DEVIATION = 1.0  # of a band's log power; that of speech is about 4


def mel(frequency):
    """Frequency in Hz to mel (O'Shaughnessy 1987, Speech Communication, p. 150)."""
    return 2595.0 * np.log10(1.0 + np.asarray(frequency, "float64") / 700.0)


def mel_filters(bands: int, bins: int, rate: int) -> np.ndarray:
    """Triangular filters, evenly spaced in mel from 20 Hz to 95 % of half the rate.

    Args:
        bands: number of filters.
        bins: number of frequencies of the spectrum, from 0 to half the rate.
        rate: sampling rate, in Hz.

    Returns:
        float32, shape `(bins, bands)`, each filter of sum 1.

    Raises:
        ValueError: a filter would fall between two bins.
    """
    edges = np.linspace(mel(LOWEST), mel(0.475 * rate), bands + 2)
    lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
    at = mel(np.linspace(0, rate / 2, bins))[:, None]
    rising, falling = (at - lower) / (centre - lower), (upper - at) / (upper - centre)
    filters = np.maximum(0.0, np.minimum(rising, falling))
    if not filters.sum(axis=0).all():
        raise ValueError(
            f"Expected fewer bands, so that each holds a frequency. Received: bands={bands} for "
            f"{bins} frequencies up to {rate // 2} Hz."
        )
    return (filters / filters.sum(axis=0)).astype("float32")


def _windowed_waves(window: int, size: int, bins: int) -> np.ndarray:
    """Cosines and sines of the Fourier transform under a Hann window, as kernels of a convolution.

    Args:
        window: samples of a frame.
        size: N, samples of the transform.
        bins: number of frequencies.

    Returns:
        float32, shape `(window, 1, 2 * bins)`: the real parts, then the imaginary ones.
    """
    hann = np.hanning(window + 1)[:-1]
    hann /= hann.sum() / 2
    angles = 2 * np.pi / size * np.outer(np.arange(window), np.arange(bins))
    waves = np.concatenate([np.cos(angles), -np.sin(angles)], axis=1)
    return (hann[:, None] * waves)[:, None].astype("float32")


@keras.saving.register_keras_serializable("gru_zoo")
class LogMel(keras.layers.Layer):
    """Log-mel spectra of waveforms, each band normalized by fixed numbers.

    Frames x_t of 25 ms every 10 ms, w the periodic Hann window, M the filters of `mel_filters`:

        P[t, k] = |sum over n of w[n] x_t[n] exp(-2 pi i k n / N)|^2 / (sum of w / 2)^2
        output[t, b] = (log(sum over k of P[t, k] M[k, b] + 1e-8) - mean[b]) * scale[b]

    N is the next power of two. A sine of amplitude 1 has a power of about 1. The layer computes in
    float32 under every policy. `mean` and `scale`, shape `(bands,)`, are not trained: they are 0
    and 1 until `adapt` sets them.

    Not `keras.layers.MelSpectrogram`: its floor of 80 dB lies below the loudest value of the batch,
    so that a clip's spectrum depends on the clips beside it, and it pads the ends by reflection,
    which a stream cannot. Here the floor and the normalization are fixed and saved with the layer.

    Args:
        rate: sampling rate of the waveforms, in Hz.
        bands: number of mel bands.
        **kwargs: arguments of `keras.layers.Layer`; `dtype` is float32.

    Call arguments:
        waveforms: float, shape `(batch, samples)`, from -1 to 1.

    Output shape: `(batch, 1 + (samples - window) // hop, bands)`, window and hop in samples.

    References:
        Davis & Mermelstein 1980, Comparison of Parametric Representations for Monosyllabic Word
        Recognition in Continuously Spoken Sentences.
    """

    def __init__(self, rate, bands, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.rate, self.bands = rate, bands
        self.window, self.hop = round(WINDOW * rate), round(HOP * rate)
        self.size = 1 << (self.window - 1).bit_length()
        bins = self.size // 2 + 1
        self._waves = _windowed_waves(self.window, self.size, bins)
        self._filters = np.concatenate([mel_filters(bands, bins, rate)] * 2)

    def build(self, waveforms_shape):
        options = {"shape": (self.bands,), "trainable": False}
        self.mean = self.add_weight(name="mean", initializer="zeros", **options)
        self.scale = self.add_weight(name="scale", initializer="ones", **options)

    def log_power(self, waveforms):
        """Log power of every frame and band, shape `(batch, frames, bands)`, not normalized."""
        # A convolution is as fast as an FFT of so few numbers, and every exporter knows it.
        samples = ops.expand_dims(ops.cast(waveforms, "float32"), -1)
        parts = ops.conv(samples, self._waves, strides=self.hop, padding="valid")
        power = ops.matmul(ops.square(parts), self._filters)
        # One number for each band: what writes ONNX takes a single small number for zero.
        return ops.log(ops.add(power, np.full(self.bands, _FLOOR, "float32")))

    def call(self, waveforms):
        return (self.log_power(waveforms) - self.mean) * self.scale

    def adapt(self, waveforms: np.ndarray) -> None:
        """Set `mean` and `scale` so that over these waveforms each band has mean 0, variance 1.

        A band that hardly varies, such as those above 4 kHz in recordings of 8 kHz, keeps a smaller
        variance: scaled to 1, the noise in it would drown the words.

        Args:
            waveforms: float, shape `(clips, samples)`, from -1 to 1.
        """
        values = ops.convert_to_numpy(self.log_power(np.asarray(waveforms, "float32")))
        self.mean.assign(values.mean(axis=(0, 1)))
        self.scale.assign(1 / np.maximum(values.std(axis=(0, 1)), _MIN_DEVIATION))

    def compute_output_shape(self, waveforms_shape):
        frames = 1 + (waveforms_shape[1] - self.window) // self.hop
        return (waveforms_shape[0], frames, self.bands)

    def get_config(self):
        return {**super().get_config(), "rate": self.rate, "bands": self.bands}


@keras.saving.register_keras_serializable("gru_zoo")
class SpecAugment(keras.layers.Layer):
    """Set two spans of frames and two of bands of every spectrum to zero, in training.

    The length of a span is drawn uniformly from 0 to its maximum, and so is its position.

    Args:
        frames: maximum number of frames of a span.
        bands: maximum number of bands of a span.
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        spectra: float, shape `(batch, frames, bands)`.
        training: whether to mask, a boolean. Default False.

    Output shape: that of `spectra`.

    References:
        Park et al. 2019, SpecAugment: A Simple Data Augmentation Method for Automatic Speech
        Recognition, section 2, without time warping.
    """

    def __init__(self, frames, bands, **kwargs):
        super().__init__(**kwargs)
        self.frames, self.bands = frames, bands
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, spectra, training=False):
        if not training:
            return spectra
        kept = self._kept(spectra, 1, self.frames) * self._kept(spectra, 2, self.bands)
        return spectra * ops.cast(kept, spectra.dtype)

    def _kept(self, spectra, axis, max_length):
        """1 outside of the spans along an axis, 0 inside, broadcastable to the spectra."""
        batch, size = ops.shape(spectra)[0], spectra.shape[axis]
        random = keras.random.uniform((2, 2, batch, 1), dtype="float32", seed=self.seed_generator)
        length = ops.floor(random[0] * (max_length + 1))
        start = ops.floor(random[1] * (size + 1 - length))
        at = ops.arange(size, dtype="float32")
        inside = ops.logical_and(at >= start, at < start + length)
        kept = ops.cast(ops.logical_not(ops.any(inside, axis=0)), "float32")
        return ops.expand_dims(kept, 3 - axis)

    def compute_output_shape(self, spectra_shape):
        return spectra_shape

    def get_config(self):
        return {**super().get_config(), "frames": self.frames, "bands": self.bands}
