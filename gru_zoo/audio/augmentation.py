"""Augmentation of training clips: as if recorded in other rooms and by other microphones.

All functions work on a whole batch in NumPy.
"""

import dataclasses

import numpy as np

_RESPONSE_POINTS = 8  # of a random frequency response, evenly spaced in octaves


@dataclasses.dataclass(frozen=True)
class Augmentation:
    """How much training clips are varied; 0 turns a variation off.

    Args:
        shift: maximum shift in time, in seconds, either way.
        speed: maximum relative change of speed, and with it of pitch, either way.
        response: standard deviation, in dB, of each point of a random frequency response, that of
            the microphone.
        gain: range of the change of level, in dB; peaks are clipped at 1.
        noisy: share of clips that get background noise, from 0 to 1.
        snr: range of the signal-to-noise ratio, in dB.
        mixup: alpha of the Beta distribution of the weights with which pairs of clips and their
            targets are mixed (Zhang et al. 2018, mixup).
        smoothing: share of every target that is spread over all classes, from 0 to 1.
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
        """Varied waves and their targets, float32, of the same shapes.

        Args:
            waves: float32, shape `(batch, samples)`; a row of zeros becomes noise alone.
            targets: float32, shape `(batch, classes)`.
            noise: recordings of noise, joined, float32, shape `(samples,)`; repeated if it is
                shorter than a wave.
            rate: samples per second.
            random: generator from which the variations are drawn.
        """
        count = len(waves)
        shifts = random.uniform(-self.shift, self.shift, count) * rate
        speeds = random.uniform(1 - self.speed, 1 + self.speed, count)
        waves = warp(waves, shifts, speeds)
        waves = waves + self._noise_for(waves, noise, random)
        if self.response:
            waves = apply_response(
                waves, random.normal(0, self.response, (count, _RESPONSE_POINTS)), rate
            )
        waves *= db_to_amplitude(random.uniform(*self.gain, (count, 1)))
        if self.mixup:
            shares = random.beta(self.mixup, self.mixup, (count, 1)).astype("float32")
            others = random.permutation(count)
            waves = shares * waves + (1 - shares) * waves[others]
            targets = shares * targets + (1 - shares) * targets[others]
        targets = (1 - self.smoothing) * targets + self.smoothing / targets.shape[1]
        return np.clip(waves, -1.0, 1.0), targets

    def _noise_for(
        self, waves: np.ndarray, noise: np.ndarray, random: np.random.Generator
    ) -> np.ndarray:
        """Noise to add to each wave, float32, shape `(batch, samples)`; zeros for some waves."""
        count, samples = waves.shape
        if len(noise) < samples:
            noise = np.resize(noise, samples)
        starts = random.integers(0, len(noise) - samples + 1, (count, 1))
        cuts = noise[starts + np.arange(samples)]
        signal = _root_mean_square(waves)
        silent = signal < 1e-6
        snr = random.uniform(*self.snr, (count, 1))
        # Rooms without speech range from the level of speech to that of a file of zeros. `gain`
        # varies their level once more.
        room = db_to_amplitude(random.uniform(-70.0, -25.0, (count, 1)))
        level = np.where(silent, room, signal * db_to_amplitude(-snr))
        level *= silent | (random.random((count, 1)) < self.noisy)
        return cuts * (level / np.maximum(_root_mean_square(cuts), 1e-6)).astype("float32")


def warp(waves: np.ndarray, shifts: np.ndarray, speeds: np.ndarray) -> np.ndarray:
    """Waves shifted in time and played at other speeds, by linear interpolation.

    Args:
        waves: float32, shape `(batch, samples)`; zeros are assumed before and after them.
        shifts: samples by which each is delayed, shape `(batch,)`.
        speeds: factor of the speed of each, around its middle, shape `(batch,)`; above 1 is
            faster.

    Returns:
        Float32, shape `(batch, samples)`.
    """
    samples = waves.shape[1]
    middle = samples / 2
    at = (np.arange(samples, dtype="float32") - middle) * speeds[:, None].astype("float32")
    at += (middle - shifts * speeds)[:, None].astype("float32")
    at = np.clip(at, -1, samples)  # outside there are zeros
    before = np.floor(at)
    share = at - before
    index = before.astype("int32") + 1
    framed = np.pad(waves, ((0, 0), (1, 2)))
    left = np.take_along_axis(framed, index, axis=1)
    right = np.take_along_axis(framed, index + 1, axis=1)
    return left + share * (right - left)


def apply_response(waves: np.ndarray, response: np.ndarray, rate: int) -> np.ndarray:
    """Waves filtered by a frequency response.

    Args:
        waves: float32, shape `(batch, samples)`.
        response: gains in dB, shape `(batch, points)`, at frequencies evenly spaced in octaves from
            50 Hz to half the rate; those between are interpolated.
        rate: samples per second.

    Returns:
        Float32, shape `(batch, samples)`.
    """
    spectrum = np.fft.rfft(waves)
    frequencies = np.fft.rfftfreq(waves.shape[1], 1 / rate)
    octaves = np.log2(np.maximum(frequencies, 50.0) / 50.0)
    points = np.linspace(0, np.log2(rate / 2 / 50.0), response.shape[1])
    hats = np.stack([np.interp(octaves, points, row) for row in np.eye(len(points))])
    gains = db_to_amplitude(response.astype("float32") @ hats.astype("float32"))
    return np.fft.irfft(spectrum * gains, waves.shape[1]).astype("float32")


def pink_noise(samples: int, seed: int = 0) -> np.ndarray:
    """Noise whose power falls by 3 dB per octave, as in most rooms, float32, `(samples,)`."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=samples))
    return np.fft.irfft(spectrum / np.sqrt(np.arange(len(spectrum)) + 1), samples).astype("float32")


def db_to_amplitude(level: np.ndarray) -> np.ndarray:
    """Factor of the amplitude for a change of level in dB, float32, shape of `level`."""
    return np.power(np.float32(10), level.astype("float32") / 20)


def _root_mean_square(waves: np.ndarray) -> np.ndarray:
    """Root mean square of each wave, float64, shape `(batch, 1)`."""
    return np.sqrt(np.mean(np.square(waves), axis=1, keepdims=True, dtype="float64"))
