"""Words in sound of any length, while it comes in."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gru_zoo import audio
from gru_zoo.tasks.keyword_spotting.batches import PAIR
from gru_zoo.tasks.keyword_spotting.processor import SILENCE, UNKNOWN, KeywordSpottingProcessor

Score = Callable[[np.ndarray], np.ndarray]

# The usual settings of a `KeywordDetector`.
THRESHOLD, SMOOTHING, REFRACTORY = 0.85, 2, 0.75


class Event(NamedTuple):
    """A word that was heard.

    Args:
        label: the word.
        score: its smoothed probability, from 0 to 1.
        time: about the middle of the word, in seconds from the start.
    """

    label: str
    score: float
    time: float

    def __str__(self) -> str:
        return f"{self.time:.2f} s {self.label} ({self.score:.2f})"


class SlidingWindows:
    """Probabilities of every class over windows that slide through sound as it comes in.

    A window is what the model takes, a second of sound, and ends at a multiple of the hop; before
    the start and behind the end there is silence. Each is judged by itself, so how the sound was
    cut into chunks changes nothing. They are scored two at a time, which takes half the runs of the
    model.

    Args:
        score: from waveforms, float32, shape `(windows, samples)`, to probabilities, shape
            `(windows, classes)`.
        processor: of the model.
        rate: samples a second of what comes in; None for those of the model.
        hop: seconds from window to window.

    Raises:
        ValueError: rate or hop are out of range.
    """

    def __init__(
        self, score: Score, processor: KeywordSpottingProcessor, rate: int | None, hop: float
    ):
        if not 0 < hop <= processor.seconds:
            raise ValueError(
                f"Expected a hop above 0 and up to {processor.seconds} s. Received: hop={hop!r}."
            )
        rate = processor.rate if rate is None else audio.check_rate(rate, "the stream")
        self.score, self.processor = score, processor
        self.resampler = audio.Resampler(rate, processor.rate)
        self.hop = max(1, round(hop * processor.rate))
        self.buffer = np.zeros(processor.samples, "float32")  # the silence before the start
        self.first = -processor.samples  # sample that the buffer begins with
        self.end = self.hop  # sample at which the next window ends
        self.finished = False

    def feed(self, chunk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What a chunk makes complete.

        Args:
            chunk: samples as `gru_zoo.audio.sound.mono` takes them, of any number.

        Returns:
            Time of the middle of each new window in seconds, shape `(windows,)`, and its
            probabilities, shape `(windows, classes)`.

        Raises:
            ValueError: the stream is finished, or the chunk holds no samples that are numbers.
        """
        if self.finished:
            raise ValueError("Expected sound before `finish`. Received: a chunk after it.")
        return self._scored(self.resampler.feed(audio.mono(chunk)), PAIR)

    def finish(self) -> tuple[np.ndarray, np.ndarray]:
        """The windows up to the one with the end in its middle, as `feed` returns them."""
        self.finished = True
        silence = np.zeros(self.processor.samples // 2, "float32")
        return self._scored(np.concatenate([self.resampler.finish(), silence]), 1)

    def _scored(self, samples, multiple):
        """As `feed`, for a number of windows that is a multiple of this one."""
        self.buffer = np.concatenate([self.buffer, samples])
        length, stop = self.processor.samples, self.first + len(self.buffer)
        ends = np.arange(self.end, stop + 1, self.hop)
        ends = ends[: len(ends) // multiple * multiple]
        times = ends / self.processor.rate - self.processor.seconds / 2
        if not len(ends):
            return times, self.score(np.zeros((0, length), "float32"))
        views = np.lib.stride_tricks.sliding_window_view(self.buffer, length)
        scores = self.score(views[ends - length - self.first])
        self.end = int(ends[-1]) + self.hop
        spare = self.end - length - self.first
        self.buffer, self.first = self.buffer[spare:].copy(), self.first + spare
        return times, scores


class KeywordDetector:
    """Words in the probabilities of windows, one by one as they come.

    A word is reported when the mean of its probability over the last windows reaches the
    threshold, unless one was reported a moment ago.

    Args:
        labels: names of the classes; "unknown" and "silence" are never reported.
        threshold: from 0 to 1.
        smoothing: number of windows of the mean.
        refractory: seconds after a word in which no other one is reported.

    Raises:
        ValueError: an argument is out of its range.
    """

    def __init__(
        self,
        labels: tuple[str, ...],
        threshold: float = THRESHOLD,
        smoothing: int = SMOOTHING,
        refractory: float = REFRACTORY,
    ):
        if not (0 < threshold <= 1 and smoothing >= 1 and refractory >= 0):
            raise ValueError(
                "Expected a threshold above 0 and up to 1, smoothing of 1 window or more and a "
                f"refractory time of 0 s or more. Received: threshold={threshold!r}, "
                f"smoothing={smoothing!r}, refractory={refractory!r}."
            )
        self.labels, self.threshold, self.refractory = labels, threshold, refractory
        self.word = np.array([label not in (SILENCE, UNKNOWN) for label in labels])
        self.recent = np.zeros((smoothing, len(labels)))
        self.last = -np.inf

    def __call__(self, times: np.ndarray, scores: np.ndarray) -> list[Event]:
        """Words in further windows.

        Args:
            times: of the middle of each, in seconds, shape `(windows,)`.
            scores: probabilities, shape `(windows, classes)`.
        """
        events = []
        for time, row in zip(times, scores, strict=True):
            self.recent = np.concatenate([self.recent[1:], row[None].astype("float64")])
            mean = np.where(self.word, self.recent.mean(axis=0), 0.0)
            best = int(mean.argmax())
            if mean[best] >= self.threshold and time - self.last >= self.refractory:
                score = round(float(mean[best]), 4)
                events.append(Event(self.labels[best], score, round(max(0.0, float(time)), 3)))
                self.last = time
                self.recent[:] = 0.0
        return events


class AudioStream:
    """Words in sound that comes in chunks of any size, see `KeywordSpotting.stream`.

    Example:

        >>> stream = gru_zoo.load("speech_commands").stream(rate=48_000)
        >>> for chunk in microphone:
        ...     for event in stream.feed(chunk):
        ...         print(event)
    """

    def __init__(self, windows: SlidingWindows, spotter: KeywordDetector):
        self._windows, self._spotter = windows, spotter

    def feed(self, chunk: np.ndarray) -> list[Event]:
        """Words that this chunk brings to light.

        Args:
            chunk: samples, shape `(samples,)` or `(samples, channels)`, float from -1 to 1 or
                whole numbers.

        Raises:
            ValueError: the stream is finished, or the samples are no numbers.
        """
        return self._spotter(*self._windows.feed(chunk))

    def finish(self) -> list[Event]:
        """Words at the very end, behind which there is silence."""
        return self._spotter(*self._windows.finish())
