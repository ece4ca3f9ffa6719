"""Detection of words in sound of any length, while it comes in."""

from collections.abc import Callable

import numpy as np

from gru_zoo import audio
from gru_zoo.tasks.keyword_spotting.batches import PAIR
from gru_zoo.tasks.keyword_spotting.processor import KeywordSpottingProcessor
from gru_zoo.tasks.keyword_spotting.results import Event
from gru_zoo.tasks.keyword_spotting.scoring import is_word

ScoreWindows = Callable[[np.ndarray], np.ndarray]

# Default settings of a `KeywordDetector`.
THRESHOLD, SMOOTHING, REFRACTORY = 0.85, 2, 0.75


class SlidingWindows:
    """Class probabilities of windows that slide over sound as it comes in.

    A window is as long as the input of the model and ends at a multiple of the hop. There is
    silence before the start and after the end. Windows are scored independently of each other, so
    the size of the chunks changes no result. They are scored two at a time, which takes half as
    many runs of the model.

    Args:
        score: function from waveforms, float32, shape `(windows, samples)`, to probabilities,
            shape `(windows, classes)`.
        processor: processor of the model.
        rate: samples per second of the chunks; None for the rate of the model.
        hop: seconds from window to window, above 0 and at most the length of a window.

    Raises:
        ValueError: if the rate or the hop is out of its range.
    """

    def __init__(
        self,
        score: ScoreWindows,
        processor: KeywordSpottingProcessor,
        rate: int | None,
        hop: float,
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
        self.first = -processor.samples  # position in the sound of the first sample in the buffer
        self.end = self.hop  # position in the sound at which the next window ends
        self.finished = False

    def feed(self, chunk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Score the windows that a chunk completes.

        Args:
            chunk: any number of samples, as `gru_zoo.audio.sound.mono` takes them.

        Returns:
            Middle of each new window in seconds, shape `(windows,)`, and its probabilities, shape
            `(windows, classes)`.

        Raises:
            ValueError: if the stream is finished, or a sample is infinite or not a number.
        """
        if self.finished:
            raise ValueError("Expected sound before `finish`. Received: a chunk after it.")
        return self._score(self.resampler.feed(audio.mono(chunk)), multiple=PAIR)

    def finish(self) -> tuple[np.ndarray, np.ndarray]:
        """Score the windows up to the one whose middle is the end, and return as `feed` does."""
        self.finished = True
        silence = np.zeros(self.processor.samples // 2, "float32")
        return self._score(np.concatenate([self.resampler.finish(), silence]), multiple=1)

    def _score(self, samples: np.ndarray, multiple: int) -> tuple[np.ndarray, np.ndarray]:
        """Add samples and score a number of windows that is a multiple of `multiple`."""
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
        done = self.end - length - self.first
        self.buffer, self.first = self.buffer[done:].copy(), self.first + done
        return times, scores


class KeywordDetector:
    """Words in the class probabilities of successive windows.

    A word is reported when the mean of its probability over the last windows reaches the
    threshold, unless another word was reported shortly before.

    Args:
        labels: names of the classes; `unknown` and `silence` are never reported.
        threshold: mean probability from which a word is reported, above 0 and up to 1.
        smoothing: number of windows of the mean, 1 or more.
        refractory: seconds after a word in which no other word is reported, 0 or more.

    Raises:
        ValueError: if an argument is out of its range.
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
                "Expected a threshold above 0 and up to 1, smoothing of at least 1 window and a "
                f"refractory time of at least 0 s. Received: threshold={threshold!r}, "
                f"smoothing={smoothing!r}, refractory={refractory!r}."
            )
        self.labels, self.threshold, self.refractory = labels, threshold, refractory
        self.is_word = is_word(labels)
        self.recent = np.zeros((smoothing, len(labels)))
        self.last_time = -np.inf

    def __call__(self, times: np.ndarray, scores: np.ndarray) -> list[Event]:
        """Words in further windows.

        Args:
            times: middle of each window, in seconds, shape `(windows,)`.
            scores: class probabilities, shape `(windows, classes)`.
        """
        events = []
        for time, row in zip(times, scores, strict=True):
            self.recent = np.concatenate([self.recent[1:], row[None].astype("float64")])
            mean = np.where(self.is_word, self.recent.mean(axis=0), 0.0)
            best = int(mean.argmax())
            if mean[best] >= self.threshold and time - self.last_time >= self.refractory:
                score = round(float(mean[best]), 4)
                events.append(Event(self.labels[best], score, round(max(0.0, float(time)), 3)))
                self.last_time = time
                self.recent[:] = 0.0
        return events


class AudioStream:
    """Words in sound that comes in chunks of any size, see `KeywordSpotting.stream`.

    Args:
        windows: scores the windows of the sound.
        detector: finds words in the scores.

    Example:

        >>> stream = gru_zoo.load("speech_commands").stream(rate=48_000)
        >>> for chunk in microphone:
        ...     for event in stream.feed(chunk):
        ...         print(event)
    """

    def __init__(self, windows: SlidingWindows, detector: KeywordDetector):
        self._windows, self._detector = windows, detector

    def feed(self, chunk: np.ndarray) -> list[Event]:
        """Words in the windows that a chunk completes.

        Args:
            chunk: samples, shape `(samples,)` or `(samples, channels)`, floats from -1 to 1 or
                integers.

        Raises:
            ValueError: if the stream is finished, or a sample is infinite or not a number.
        """
        return self._detector(*self._windows.feed(chunk))

    def finish(self) -> list[Event]:
        """Words at the very end, which is followed by silence."""
        return self._detector(*self._windows.finish())
