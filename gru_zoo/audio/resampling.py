"""Sounds at another rate."""

import math

import numpy as np

from gru_zoo.audio.sound import Sound


class Resampler:
    """Sound at another rate, piece by piece; the pieces together are what the whole gives at once.

    A windowed sinc, its length ten periods of the lower rate to each side. Output sample k is at
    the time of input sample k * from_rate / to_rate.

    Args:
        from_rate: samples a second that come in.
        to_rate: samples a second that go out.
    """

    def __init__(self, from_rate: int, to_rate: int):
        common = math.gcd(from_rate, to_rate)
        self.up, self.down = to_rate // common, from_rate // common
        self.kept = np.zeros(0, "float32")
        self.skip = 0  # output samples of `kept` that are out already
        if self.up == self.down:
            return
        import scipy.signal

        longer = max(self.up, self.down)
        half = 10 * longer
        self.filter = scipy.signal.firwin(2 * half + 1, 1 / longer, window=("kaiser", 5.0))
        self.margin = math.ceil(half / self.up)  # input samples that an output sample looks ahead

    def feed(self, samples: np.ndarray) -> np.ndarray:
        """The output samples that these, float32, shape `(samples,)`, make complete."""
        if self.up == self.down:
            return samples
        self.kept = np.concatenate([self.kept, samples])
        periods = max(0, len(self.kept) - self.margin) // self.down
        done = self._resampled(periods * self.up)
        # What is dropped is a whole number of periods, so that the phase stays.
        spare = max(0, periods - math.ceil(self.margin / self.down) - 1)
        self.kept = self.kept[spare * self.down :]
        self.skip = (periods - spare) * self.up
        return done

    def finish(self) -> np.ndarray:
        """The output samples at the end, behind which there is silence."""
        if self.up == self.down:
            return np.zeros(0, "float32")
        return self._resampled(math.ceil(len(self.kept) * self.up / self.down))

    def _resampled(self, stop: int) -> np.ndarray:
        if stop <= self.skip:
            return np.zeros(0, "float32")
        import scipy.signal

        whole = scipy.signal.resample_poly(self.kept, self.up, self.down, window=self.filter)
        return whole[self.skip : stop].astype("float32")


def resample(sound: Sound, rate: int) -> np.ndarray:
    """Samples at another rate, float32, shape `(ceil(samples * rate / sound.rate),)`."""
    resampler = Resampler(sound.rate, rate)
    return np.concatenate([resampler.feed(sound.samples), resampler.finish()])
