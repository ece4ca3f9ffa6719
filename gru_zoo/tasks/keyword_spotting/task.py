"""Task `keyword_spotting`: predict, detect and explain spoken words in sounds."""

import functools
import os
from collections.abc import Sequence
from typing import Any, Unpack, overload

import keras
import numpy as np

from gru_zoo import audio
from gru_zoo.audio.augmentation import Augmentation
from gru_zoo.audio.sound import Audio
from gru_zoo.base.class_weights import ClassifierOptions
from gru_zoo.base.classifier import Classifier
from gru_zoo.base.labels import Label
from gru_zoo.metrics.metric import Metric
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.presets.card import MetricRow
from gru_zoo.tasks.keyword_spotting.evaluation import false_alarms
from gru_zoo.tasks.keyword_spotting.inspection import OVERVIEW_HOP, overview
from gru_zoo.tasks.keyword_spotting.model import Config, build, convolutions
from gru_zoo.tasks.keyword_spotting.processor import KeywordSpottingProcessor, as_list, is_list
from gru_zoo.tasks.keyword_spotting.results import Event, Overview, Trace
from gru_zoo.tasks.keyword_spotting.samples import NAMES, samples
from gru_zoo.tasks.keyword_spotting.scoring import HOP, is_word, score, score_sounds
from gru_zoo.tasks.keyword_spotting.streaming import (
    REFRACTORY,
    SMOOTHING,
    THRESHOLD,
    AudioStream,
    KeywordDetector,
    SlidingWindows,
)
from gru_zoo.tasks.keyword_spotting.training import MADE_LABELS, clip_batches, waveforms


class KeywordSpotting(Classifier):
    """Sound to one of a few words.

    The model takes waveforms, shape `(batch, samples)`, and returns probabilities, shape
    `(batch, classes)`. Of its classes, `unknown` stands for all other words and `silence` for no
    word.

    Example:

        >>> import numpy as np
        >>> import gru_zoo
        >>> task = gru_zoo.load("keyword_spotting")
        >>> silence = gru_zoo.audio.Sound(np.zeros(16_000, "float32"), rate=16_000)
        >>> task.predict(silence).label
        'silence'
        >>> task.detect(silence)
        []
    """

    inputs = "audio"
    Config = Config
    build = staticmethod(build)
    Processor = KeywordSpottingProcessor
    made_labels = MADE_LABELS
    samples = samples()

    @overload
    def encode(self, sounds: Any, rate: int | None = None) -> np.ndarray: ...

    @overload
    def encode(
        self, sounds: Any, rate: int | None = None, *, labels: Sequence[str]
    ) -> tuple[np.ndarray, np.ndarray]: ...

    def encode(self, sounds, rate=None, *, labels=None):
        """Encode sounds as the arrays that `model` takes.

        Args:
            sounds: a sound or a list of sounds, see `predict`. Of longer ones the middle is taken.
            rate: samples per second of sounds that are arrays.
            labels: one label per sound, among `labels` of the task; or None.

        Returns:
            Waveforms, float32, shape `(sounds, samples)`. With labels also one-hot targets,
            float32, shape `(sounds, classes)`.
        """
        sounds = as_list(sounds)
        waves = self.processor.encode_all(sounds, rate)
        return waves if labels is None else (waves, self._targets_of(sounds, labels, "sound"))

    def probabilities(
        self, sounds: Any, rate: int | None = None, verbose: bool = False
    ) -> np.ndarray:
        """Predict the probability of every class.

        For a sound longer than the window of the model, this is the probability of the window in
        which a word is likeliest.

        Args:
            sounds: a sound or a list of sounds, see `predict`.
            rate: samples per second of sounds that are arrays.
            verbose: whether to show a progress bar.

        Returns:
            float32, shape `(sounds, classes)`, in the order of `labels` of the task.
        """
        sounds = as_list(sounds)
        return score_sounds(self.model, sounds, rate, self.processor, self.labels, verbose)

    def predict(
        self, sounds: Any, rate: int | None = None, verbose: bool = False
    ) -> Label | list[Label]:
        """Predict the label of a sound, or of each sound of a list.

        Short sounds are padded with silence. A longer one gets the label of its clearest word; see
        `detect` for all of its words.

        Args:
            sounds: path of a sound file, bytes of a sound file, array of samples of shape
                `(samples,)` or `(samples, channels)`, `gru_zoo.audio.Sound`, or a list of them.
            rate: samples per second of sounds that are arrays.
            verbose: whether to show a progress bar.

        Returns:
            A `Label` for one sound, a list of labels for a list.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if a file or an array is not a sound, see `gru_zoo.audio.read`.
            TypeError: if a sound has another type.
        """
        labels = self._best(self.probabilities(sounds, rate, verbose))
        return labels if is_list(sounds) else labels[0]

    def stream(
        self,
        rate: int | None = None,
        threshold: float = THRESHOLD,
        hop: float = HOP,
        smoothing: int = SMOOTHING,
        refractory: float = REFRACTORY,
    ) -> AudioStream:
        """Start to detect words in sound that comes in chunks.

        Args:
            rate: samples per second of the chunks; None for the rate of the model.
            threshold: smoothed probability from which a word is reported, above 0 and up to 1.
            hop: seconds from window to window. The model runs once for two windows.
            smoothing: number of windows over which probabilities are averaged.
            refractory: seconds after a word in which no other word is reported.

        Raises:
            ValueError: if an argument is out of its range.
        """
        detector = KeywordDetector(self.labels, threshold, smoothing, refractory)
        return AudioStream(self._windows(rate, hop), detector)

    def _windows(self, rate: int | None, hop: float) -> SlidingWindows:
        return SlidingWindows(functools.partial(score, self.model), self.processor, rate, hop)

    def detect(self, sound: Audio, rate: int | None = None, **options: Any) -> list[Event]:
        """Detect the words in a sound of any length, in order.

        Args:
            sound: a sound, see `predict`.
            rate: samples per second if `sound` is an array.
            **options: `threshold`, `hop`, `smoothing` and `refractory` of `stream`, which detects
                the same words.
        """
        read = audio.read(sound, rate)
        stream = self.stream(read.rate, **options)
        return stream.feed(read.samples) + stream.finish()

    def trace(self, sound: Audio, rate: int | None = None, hop: float = HOP) -> Trace:
        """Class probabilities over time, in which `detect` finds its words.

        Args:
            sound: a sound, see `predict`.
            rate: samples per second if `sound` is an array.
            hop: seconds from window to window.
        """
        read = audio.read(sound, rate)
        windows = self._windows(read.rate, hop)
        parts = zip(windows.feed(read.samples), windows.finish(), strict=True)
        return Trace(*(np.concatenate(pair) for pair in parts))

    def overview(self, sound: Audio, rate: int | None = None) -> Overview:
        """A sound with its spectrum, attention and class probabilities over time.

        Args:
            sound: a sound, see `predict`.
            rate: samples per second if `sound` is an array.
        """
        wave = self.processor.read(sound, rate)
        trace = self.trace(wave, self.processor.rate, OVERVIEW_HOP)
        return overview(wave, trace, self.model, self._attention, self.processor, self.labels)

    def attention(self, waves: np.ndarray) -> np.ndarray:
        """Attention weights of each head over the frames, which sum to 1.

        Args:
            waves: float32, shape `(waves, samples)`, as `encode` returns them.

        Returns:
            float32, shape `(waves, heads, frames)`.
        """
        return np.asarray(predict_on_batch(self._attention, waves))

    @functools.cached_property
    def _attention(self) -> keras.Model:
        return keras.Model(self.model.input, self.model.get_layer("attention").output[1])

    def golden_inputs(self) -> list[np.ndarray]:
        return [self.encode(list(self.samples))]

    def demo(self) -> list[str]:
        labels = self._best(self.probabilities(list(self.samples)))
        return [f"{a}  <-  {b}" for a, b in zip(labels, NAMES, strict=True)]

    def examples(self, examples: Sequence) -> tuple[list, list[str]]:
        return [e.audio for e in examples], [e.label for e in examples]

    def evaluate(
        self,
        sounds: Sequence[Audio],
        labels: Sequence[str],
        verbose: bool = False,
        rate: int | None = None,
    ) -> list[Metric]:
        """Measure accuracy and expected calibration error.

        Args:
            sounds: sounds, see `predict`.
            labels: the true label of each sound, among `labels` of the task.
            verbose: whether to show a progress bar.
            rate: samples per second of sounds that are arrays.
        """
        targets = self._targets_of(sounds, labels, "sound")
        return self._measured(self.probabilities(list(sounds), rate, verbose), targets)

    def false_alarms(self, sounds: Sequence[Audio], **options: Any) -> Metric:
        """Words per hour that are detected in sounds without words.

        Args:
            sounds: sounds without a word of the model, heard one after the other.
            **options: options of `detect`.

        Raises:
            ValueError: if there are no sounds.
            TypeError: if an option is `rate`, since each sound must know its own rate.
        """
        return false_alarms(sounds, self.stream, self.processor, options)

    def evaluate_split(
        self,
        dataset: str,
        split: str,
        data_dir: str | os.PathLike | None = None,
        verbose: bool = False,
    ) -> list[MetricRow]:
        """See `Task.evaluate_split`. A split without words is measured by its false alarms."""
        from gru_zoo import data

        sounds, labels = self.examples(data.load(dataset, split, root=data_dir))
        words = is_word(labels).any()
        metrics = self.evaluate(sounds, labels, verbose) if words else [self.false_alarms(sounds)]
        return [MetricRow(dataset, split, m.name, m.value, m.signature) for m in metrics]

    def fit(
        self,
        sounds: Sequence[Audio] | np.ndarray,
        labels: Sequence[str],
        validation: float | tuple[Any, Sequence[str]] = 0.1,
        rate: int | None = None,
        epochs: int = 30,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        augmentation: Augmentation | None = None,
        noise: Sequence[Audio] = (),
        max_per_class: int | None = None,
        teacher: "KeywordSpotting | None" = None,
        seed: int = 0,
        **options: Unpack[ClassifierOptions],
    ) -> keras.callbacks.History:
        """Adapt the model to words of your own, and keep the weights of the best epochs.

        Examples of a label `silence` are made from noise, and clips played backwards are added to
        a label `unknown`.

        Args:
            sounds: training clips, see `predict`; or waveforms, int16, as
                `gru_zoo.tasks.keyword_spotting.processor.decode_clips` returns them.
            labels: one label per clip, among `labels` of the task.
            validation: share of the clips to validate on, or clips and their labels.
            rate: samples per second of clips and recordings of noise that are arrays.
            epochs: passes over the clips.
            batch_size: clips per step.
            learning_rate: peak learning rate of Adam.
            augmentation: augmentation of the clips; None for `Augmentation()`.
            noise: recordings of background noise; pink noise is made if there are none.
            max_per_class: maximum clips of a class per epoch, drawn anew; None takes all.
            teacher: a task with the same labels and processor to learn from as well, or None.
            seed: seed of the split, the order and augmentation of the clips, and dropout.
            **options: see `gru_zoo.base.class_weights.ClassifierOptions`.

        Returns:
            The history, with `loss`, `accuracy`, `val_loss` and `val_accuracy` of every epoch.

        Raises:
            ValueError: if a label is missing or unknown, or an argument is out of its range.
        """
        self._check_options(options)
        read = functools.partial(waveforms, processor=self.processor, rate=rate)
        train, held_out = self._split(sounds, labels, validation, seed, "sound", read)
        batches, validation_batches, settings = clip_batches(
            train,
            held_out,
            task=self,
            batch_size=batch_size,
            seed=seed,
            augmentation=augmentation or Augmentation(),
            noise=noise,
            rate=rate,
            max_per_class=max_per_class,
            teacher=teacher,
        )
        return self._fit(
            batches,
            validation_batches,
            targets=train[1],
            settings=settings,
            batch_size=batch_size,
            learning_rate=learning_rate,
            kind="clips",
            count=len(sounds),
            seed=seed,
            epochs=epochs,
            **options,
        )

    def with_labels(self, labels: Sequence[str], freeze: bool = True) -> "KeywordSpotting":
        """A task with the same pretrained layers and a new, untrained output layer.

        Args:
            labels: names of the new classes, two or more.
            freeze: whether `fit` leaves the convolutions as they are, because a few dozen clips
                would not improve them; so it is for `gru_zoo.load(name, labels=labels)`, too.

        Returns:
            A new task, to be adapted with `fit`. If `freeze`, its convolutions, with the dense
            layer after them, have `trainable=False` until the task is saved and loaded again.
        """
        task = super().with_labels(labels)
        for name in convolutions(self.config) if freeze else ():
            task.model.get_layer(name).trainable = False
        return task
