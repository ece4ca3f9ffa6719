"""Resampling of sounds, on the polyphase filter of SciPy."""

import math

import numpy as np

from gru_zoo.audio.sound import Sound


class Resampler:
    """Resamples a sound piece by piece, with the same result as for the whole at once.

    The filter is a windowed sinc of ten periods of the lower rate to each side. Output sample k is
    at the time of input sample k * from_rate / to_rate.

    Args:
        from_rate: samples per second of the input.
        to_rate: samples per second of the output.
    """

    def __init__(self, from_rate: int, to_rate: int):
        common = math.gcd(from_rate, to_rate)
        self.up, self.down = to_rate // common, from_rate // common
        self._input = np.zeros(0, "float32")  # input samples that are still needed
        self._skip = 0  # output samples of `_input` that were returned already
        if self.up == self.down:
            return
        import scipy.signal

        longer = max(self.up, self.down)
        half = 10 * longer
        self._filter = scipy.signal.firwin(2 * half + 1, 1 / longer, window=("kaiser", 5.0))
        self._margin = math.ceil(half / self.up)  # input samples after the time of an output

    def feed(self, samples: np.ndarray) -> np.ndarray:
        """Add input samples and return the output samples that no later input can change.

        Args:
            samples: float32, shape `(samples,)`.

        Returns:
            Float32, shape `(n,)`; of few samples perhaps none.
        """
        if self.up == self.down:
            return samples
        self._input = np.concatenate([self._input, samples])
        periods = max(0, len(self._input) - self._margin) // self.down
        done = self._resampled(periods * self.up)
        # Whole periods are dropped, which keeps the phase.
        spare = max(0, periods - math.ceil(self._margin / self.down) - 1)
        self._input = self._input[spare * self.down :]
        self._skip = (periods - spare) * self.up
        return done

    def finish(self) -> np.ndarray:
        """The remaining output samples, float32, shape `(n,)`, as if silence followed."""
        if self.up == self.down:
            return np.zeros(0, "float32")
        return self._resampled(math.ceil(len(self._input) * self.up / self.down))

    def _resampled(self, stop: int) -> np.ndarray:
        """Output samples of the input at hand, from `_skip` to `stop`."""
        if stop <= self._skip:
            return np.zeros(0, "float32")
        import scipy.signal

        whole = scipy.signal.resample_poly(self._input, self.up, self.down, window=self._filter)
        return whole[self._skip : stop].astype("float32")


def resample(sound: Sound, rate: int) -> np.ndarray:
    """Samples of a sound at another rate.

    Args:
        sound: samples float32, shape `(samples,)`.
        rate: samples per second of the result.

    Returns:
        Float32, shape `(ceil(samples * rate / sound.rate),)`.
    """
    resampler = Resampler(sound.rate, rate)
    return np.concatenate([resampler.feed(sound.samples), resampler.finish()])
