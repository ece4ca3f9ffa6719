"""Recordings as other rooms and microphones would have made them: what training clips go through.

Everything here is one NumPy operation over a whole batch.
"""

import dataclasses

import numpy as np

_POINTS = 8  # of a microphone's random frequency response, evenly spaced in octaves


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """How much training clips are varied. 0 leaves something as it is.

    Args:
        shift: seconds by which a clip is moved at most, either way.
        speed: share by which its speed, and with it the pitch, changes at most, either way.
        response: standard deviation, in dB, of each point of the frequency response of the
            microphone that it is heard through.
        gain: range of its new level, in dB; peaks are clipped at 1.
        noisy: share of clips that get background noise.
        snr: range of the level of a clip over its noise, in dB.
        mixup: alpha of the Beta distribution of the shares in which clips are mixed in pairs,
            labels and all (Zhang et al. 2018, mixup).
        smoothing: share of every target that is spread over all classes.
    """

    shift: float = 0.12
    speed: float = 0.15
    response: float = 4.0
    gain: tuple[float, float] = (-20.0, 10.0)
    noisy: float = 0.7
    snr: tuple[float, float] = (0.0, 30.0)
    mixup: float = 0.2
    smoothing: float = 0.1

    def __call__(
        self,
        waves: np.ndarray,
        targets: np.ndarray,
        noise: np.ndarray,
        rate: int,
        random: np.random.Generator,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Varied waves and their targets.

        Args:
            waves: float32, shape `(batch, samples)`; a row of zeros becomes noise alone.
            targets: float32, shape `(batch, classes)`.
            noise: recordings of noise in a row, float32, shape `(samples,)`; less of it than a
                wave is heard over and over.
            rate: samples a second.
            random: where the variations come from.
        """
        count = len(waves)
        shifts = random.uniform(-self.shift, self.shift, count) * rate
        speeds = random.uniform(1 - self.speed, 1 + self.speed, count)
        waves = warped(waves, shifts, speeds)
        waves = waves + self._noise_for(waves, noise, random)
        if self.response:
            waves = heard_through(waves, random.normal(0, self.response, (count, _POINTS)), rate)
        waves *= decibels(random.uniform(*self.gain, (count, 1)))
        if self.mixup:
            shares = random.beta(self.mixup, self.mixup, (count, 1)).astype("float32")
            others = random.permutation(count)
            waves = shares * waves + (1 - shares) * waves[others]
            targets = shares * targets + (1 - shares) * targets[others]
        targets = (1 - self.smoothing) * targets + self.smoothing / targets.shape[1]
        return np.clip(waves, -1.0, 1.0), targets

    def _noise_for(self, waves, noise, random):
        """Noise at its level for each wave, float32, shape `(batch, samples)`; zeros for some."""
        count, samples = waves.shape
        if len(noise) < samples:
            noise = np.resize(noise, samples)  # over and over
        starts = random.integers(0, len(noise) - samples + 1, (count, 1))
        cuts = noise[starts + np.arange(samples)]
        loud = _root_mean_square(waves)
        silent = loud < 1e-6
        snr = random.uniform(*self.snr, (count, 1))
        # Of rooms in which nobody speaks, some are as loud as speech and some as still as a file
        # of zeros; they are varied in level once more, by `gain`.
        room = decibels(random.uniform(-70.0, -25.0, (count, 1)))
        level = np.where(silent, room, loud * decibels(-snr))
        level *= silent | (random.random((count, 1)) < self.noisy)
        return cuts * (level / np.maximum(_root_mean_square(cuts), 1e-6)).astype("float32")


def warped(waves: np.ndarray, shifts: np.ndarray, speeds: np.ndarray) -> np.ndarray:
    """Waves moved and played at other speeds, by linear interpolation.

    Args:
        waves: float32, shape `(batch, samples)`, silent outside.
        shifts: samples by which each is moved to the right, shape `(batch,)`.
        speeds: 1 for as it is, above 1 for faster, around its middle, shape `(batch,)`.
    """
    samples = waves.shape[1]
    middle = samples / 2
    at = (np.arange(samples, dtype="float32") - middle) * speeds[:, None].astype("float32")
    at += (middle - shifts * speeds)[:, None].astype("float32")
    at = np.clip(at, -1, samples)  # where there are zeros, which stand for all that is outside
    before = np.floor(at)
    share = at - before
    index = before.astype("int32") + 1
    framed = np.pad(waves, ((0, 0), (1, 2)))
    left = np.take_along_axis(framed, index, axis=1)
    right = np.take_along_axis(framed, index + 1, axis=1)
    return left + share * (right - left)


def heard_through(waves: np.ndarray, response: np.ndarray, rate: int) -> np.ndarray:
    """Waves with a frequency response put on each.

    Args:
        waves: float32, shape `(batch, samples)`.
        response: gains in dB, shape `(batch, points)`, at frequencies that are evenly spaced in
            octaves from 50 Hz to half the rate, and interpolated between.
        rate: samples a second.
    """
    spectrum = np.fft.rfft(waves)
    frequencies = np.fft.rfftfreq(waves.shape[1], 1 / rate)
    octaves = np.log2(np.maximum(frequencies, 50.0) / 50.0)
    points = np.linspace(0, np.log2(rate / 2 / 50.0), response.shape[1])
    hats = np.stack([np.interp(octaves, points, row) for row in np.eye(len(points))])
    gains = decibels(response.astype("float32") @ hats.astype("float32"))
    return np.fft.irfft(spectrum * gains, waves.shape[1]).astype("float32")


def pink_noise(samples: int, seed: int = 0) -> np.ndarray:
    """Noise whose power falls by 3 dB an octave, as that of most rooms, float32."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=samples))
    return np.fft.irfft(spectrum / np.sqrt(np.arange(len(spectrum)) + 1), samples).astype("float32")


def decibels(level: np.ndarray) -> np.ndarray:
    """The factor on an amplitude that a level in dB stands for, float32."""
    return np.power(np.float32(10), level.astype("float32") / 20)


def _root_mean_square(waves):
    return np.sqrt(np.mean(np.square(waves), axis=1, keepdims=True, dtype="float64"))
