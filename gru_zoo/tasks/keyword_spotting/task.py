"""Spoken words: the task that all recognisers of short sounds share."""

import dataclasses
import functools
import math
import os
from collections.abc import Sequence
from typing import Any, overload

import keras
import numpy as np

from gru_zoo import audio, training
from gru_zoo.audio.augmentation import Augmentation, pink_noise
from gru_zoo.audio.sound import Audio, Sound
from gru_zoo.base.classifier import Classifier, Label
from gru_zoo.metrics.metric import Metric
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.presets.card import MetricRow
from gru_zoo.tasks.keyword_spotting.batches import GROUP, PAIR, ClipBatches
from gru_zoo.tasks.keyword_spotting.model import Config, build
from gru_zoo.tasks.keyword_spotting.processor import (
    SILENCE,
    UNKNOWN,
    KeywordSpottingProcessor,
    decoded,
    rate_of,
)
from gru_zoo.tasks.keyword_spotting.results import Overview, Trace
from gru_zoo.tasks.keyword_spotting.streaming import (
    REFRACTORY,
    SMOOTHING,
    THRESHOLD,
    AudioStream,
    Event,
    KeywordDetector,
    SlidingWindows,
)

HOP = 0.3  # seconds from window to window

_FINE_HOP = 0.05  # for pictures


def _samples() -> tuple[Sound, ...]:
    """A second of silence, one of noise and a rising whistle."""
    time = np.arange(16_000) / 16_000
    whistle = 0.3 * np.hanning(16_000) * np.sin(2 * np.pi * (600 + 700 * time) * time)
    waves = (np.zeros(16_000), 0.05 * pink_noise(16_000) / pink_noise(16_000).std(), whistle)
    return tuple(Sound(wave.astype("float32"), 16_000) for wave in waves)


class KeywordSpotting(Classifier):
    """Sounds to one of a few words.

    The model takes waveforms, `(batch, samples)`, and returns probabilities, `(batch, classes)`.
    Its layer `attention` returns the weights of frames beside its contexts. Of its classes,
    `unknown` stands for other words and `silence` for none.
    """

    inputs = "audio"
    Config = Config
    build = staticmethod(build)

    Processor = KeywordSpottingProcessor
    samples = _samples()
    sample_names = ("silence", "noise", "a rising whistle")

    @overload
    def encode(self, sounds: Any, rate: int | None = None) -> np.ndarray: ...

    @overload
    def encode(
        self, sounds: Any, rate: int | None = None, *, labels: Sequence[str]
    ) -> tuple[np.ndarray, np.ndarray]: ...

    def encode(self, sounds, rate=None, *, labels=None):
        """The arrays that `model` takes.

        Args:
            sounds: a sound, or a list of them, as for `predict`; of longer ones the middle.
            rate: as for `predict`.
            labels: label of each sound, among `card.labels`.

        Returns:
            Waveforms, float32, shape `(sounds, samples)`; with labels also the targets, float32,
            shape `(sounds, classes)`, one-hot.
        """
        sounds = _many(sounds)
        waves = np.zeros((len(sounds), self.processor.samples), "float32")
        for wave, sound in zip(waves, sounds, strict=True):
            wave[:] = self.processor.encode(sound, rate)
        return waves if labels is None else (waves, self._targets_of(sounds, labels, "sound"))

    def probabilities(
        self, sounds: Any, rate: int | None = None, verbose: bool = False
    ) -> np.ndarray:
        """Probability of every class, shape `(sounds, classes)`, in the order of `card.labels`.

        Of a sound longer than the model's window, that of the window in it in which a word is
        likeliest.

        Args:
            sounds: as for `predict`.
            rate: as for `predict`.
            verbose: whether to show a progress bar.
        """
        sounds = _many(sounds)
        result = np.zeros((len(sounds), len(self.labels)), "float32")
        bar = keras.utils.Progbar(len(sounds), unit_name="sound") if verbose else None
        for start in range(0, len(sounds), GROUP):
            part = [self.processor.read(s, rate) for s in sounds[start : start + GROUP]]
            short = [i for i, wave in enumerate(part) if len(wave) <= self.processor.samples]
            for i in set(range(len(part))) - set(short):
                scores = self._scores(_windows(part[i], self.processor))
                result[start + i] = scores[self._clearest(scores)]
            if short:
                waves = self.encode([Sound(part[i], self.processor.rate) for i in short])
                result[start + np.array(short)] = self._scores(waves)
            if bar:
                bar.add(len(part))
        return result

    def _clearest(self, scores: np.ndarray) -> int:
        """Row of probabilities in which a word is likeliest."""
        words = [i for i, label in enumerate(self.labels) if label not in (SILENCE, UNKNOWN)]
        return int(scores[:, words].max(axis=1, initial=0).argmax())

    def _scores(self, waves: np.ndarray) -> np.ndarray:
        """Probabilities of waveforms, in batches of `PAIR` or `GROUP`."""
        rows = [np.zeros((0, len(self.labels)), "float32")]
        for start in range(0, len(waves), GROUP):
            part = np.asarray(waves[start : start + GROUP])
            size = PAIR if len(part) <= PAIR else GROUP
            batch = np.pad(part, ((0, size - len(part)), (0, 0)))
            rows.append(np.asarray(predict_on_batch(self.model, batch))[: len(part)])
        return np.concatenate(rows)

    def predict(
        self, sounds: Any, rate: int | None = None, verbose: bool = False
    ) -> Label | list[Label]:
        """The most probable label of a sound, or of each of many.

        Short sounds are padded with silence; of longer ones the label is that of the clearest
        word, see `detect` for all of them.

        Args:
            sounds: path of a sound file, its bytes, an array of samples, shape `(samples,)` or
                `(samples, channels)`, or a list of such.
            rate: samples a second, where arrays are given.
            verbose: whether to show a progress bar.

        Returns:
            A `Label` for one sound, a list of them for a list.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: what is given is no sound, see `gru_zoo.audio.read`.
            TypeError: it is of another type.
        """
        labels = self._best(self.probabilities(sounds, rate, verbose))
        return labels if _is_many(sounds) else labels[0]

    def stream(
        self,
        rate: int | None = None,
        threshold: float = THRESHOLD,
        hop: float = HOP,
        smoothing: int = SMOOTHING,
        refractory: float = REFRACTORY,
    ) -> AudioStream:
        """An object that is fed with chunks of sound and returns the words in them.

        Args:
            rate: samples a second of the chunks; None for those of the model.
            threshold: smoothed probability from which a word counts, from 0 to 1.
            hop: seconds from window to window. Two cost a run of the model.
            smoothing: windows over which probabilities are averaged.
            refractory: seconds after a word in which no other one is reported.

        Raises:
            ValueError: an argument is out of its range.
        """
        spotter = KeywordDetector(self.labels, threshold, smoothing, refractory)
        return AudioStream(SlidingWindows(self._scores, self.processor, rate, hop), spotter)

    def detect(self, sound: Audio, rate: int | None = None, **options: Any) -> list[Event]:
        """The words in a sound of any length, in order.

        Args:
            sound: as for `predict`.
            rate: as for `predict`.
            **options: `threshold`, `hop`, `smoothing` and `refractory` of `stream`, which finds
                the same words.
        """
        read = audio.read(sound, rate)
        stream = self.stream(read.rate, **options)
        return stream.feed(read.samples) + stream.finish()

    def trace(self, sound: Audio, rate: int | None = None, hop: float = HOP) -> Trace:
        """The probabilities that `detect` finds its words in.

        Args:
            sound: as for `predict`.
            rate: as for `predict`.
            hop: as for `stream`.
        """
        read = audio.read(sound, rate)
        windows = SlidingWindows(self._scores, self.processor, read.rate, hop)
        parts = zip(windows.feed(read.samples), windows.finish(), strict=True)
        return Trace(*(np.concatenate(pair) for pair in parts))

    def overview(self, sound: Audio, rate: int | None = None) -> Overview:
        """A sound with its spectrum, attention and probabilities over time.

        Args:
            sound: as for `predict`.
            rate: as for `predict`.
        """
        wave = self.processor.read(sound, rate)
        trace = self.trace(wave, self.processor.rate, _FINE_HOP)
        middle = trace.times[self._clearest(trace.scores)]
        half, length = self.processor.seconds / 2, self.processor.samples
        padded = np.pad(wave, (length, length))
        start = round((middle + half) * self.processor.rate)  # behind a window of silence
        spectrum = self.model.get_layer("log_mel")(np.pad(wave, (0, length))[None])
        return Overview(
            wave,
            keras.ops.convert_to_numpy(spectrum)[0, : -(-len(wave) * 100 // self.processor.rate)],
            (float(middle - half), float(middle + half)),
            self.attention(padded[None, start : start + length])[0],
            trace,
        )

    def attention(self, waves: np.ndarray) -> np.ndarray:
        """How much each head looks at each frame, shape `(waves, heads, frames)`; sums to 1.

        Args:
            waves: from `encode`.
        """
        return np.asarray(predict_on_batch(self._attention, waves))

    @functools.cached_property
    def _attention(self) -> keras.Model:
        return keras.Model(self.model.input, self.model.get_layer("attention").output[1])

    def golden_inputs(self) -> list[np.ndarray]:
        return [self.encode(list(self.samples))]

    def demo(self) -> list[str]:
        labels = self._best(self.probabilities(list(self.samples)))
        return [f"{a}  <-  {b}" for a, b in zip(labels, self.sample_names, strict=True)]

    def examples(self, examples: Sequence) -> tuple[list, list[str]]:
        return [e.audio for e in examples], [e.label for e in examples]

    def evaluate(
        self,
        sounds: Sequence[Audio],
        labels: Sequence[str],
        verbose: bool = False,
        rate: int | None = None,
    ) -> list[Metric]:
        """Accuracy and expected calibration error.

        Args:
            sounds: as for `predict`.
            labels: the true label of each, among `card.labels`.
            verbose: whether to show a progress bar.
            rate: as for `predict`.
        """
        targets = self._targets_of(sounds, labels, "sound")
        return self._measured(self.probabilities(list(sounds), rate, verbose), targets)

    def false_alarms(self, sounds: Sequence[Audio], **options: Any) -> Metric:
        """Words an hour that are reported where there are none.

        Args:
            sounds: sounds without a word of the model, heard one right after the other.
            **options: as for `detect`.

        Raises:
            ValueError: there are no sounds.
            TypeError: an option is `rate`, which is for sounds that do not know theirs.
        """
        if not len(sounds):
            raise ValueError("Expected at least one sound. Received: none.")
        if "rate" in options:
            raise TypeError(
                f"Expected no rate. Received: rate={options['rate']!r}. Make arrays a "
                "`gru_zoo.audio.Sound`, which has its rate."
            )
        stream, events, seconds = self.stream(**options), 0, 0.0
        for sound in sounds:
            wave = self.processor.read(sound)
            events += len(stream.feed(wave))
            seconds += len(wave) / self.processor.rate
        events += len(stream.finish())
        settings = [f"{key}:{value}" for key, value in sorted(options.items())] or ["defaults"]
        signature = f"{'|'.join(settings)}|minutes:{seconds / 60:.1f}|alarms:{events}"
        return Metric("false_alarms_per_hour", events * 3_600 / seconds, signature)

    def evaluate_split(
        self, dataset: str, split: str, data_dir: str | os.PathLike | None = None, verbose=False
    ) -> list[MetricRow]:
        """As of every task; on a split without a word of the model, its false alarms an hour."""
        from gru_zoo import data

        sounds, labels = self.examples(data.load(dataset, split, root=data_dir))
        if set(labels) <= {SILENCE, UNKNOWN}:
            metrics = [self.false_alarms(sounds)]
        else:
            metrics = self.evaluate(sounds, labels, verbose)
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
        most: int | None = None,
        teacher: "KeywordSpotting | None" = None,
        average: int = 1,
        seed: int = 0,
        directory: str | os.PathLike | None = None,
        resume: bool = False,
        verbose: int | str = "auto",
    ) -> keras.callbacks.History:
        """Adapt the recogniser to words of your own; the weights of the best epochs are kept.

        If `silence` is among the labels, training makes its examples from noise; if `unknown` is,
        clips played backwards are added to it.

        Args:
            sounds: training clips, as for `predict`; or waveforms, int16, as
                `gru_zoo.tasks.keyword_spotting.processor.decoded` returns them.
            labels: label of each, among `card.labels`.
            validation: share of the clips held out to find the best epochs, or clips and labels.
            rate: samples a second, where the clips, or recordings of noise, are arrays.
            epochs: passes over the clips.
            batch_size: clips a step.
            learning_rate: peak rate of Adam.
            augmentation: how clips are varied; None for the usual.
            noise: recordings to put behind the clips; pink noise where there are none.
            most: clips of a label that an epoch takes at most, others every time; None for all.
            teacher: a recogniser of the same labels to learn from as well.
            average: number of best epochs whose mean the weights become.
            seed: of the split, the order and variation of the clips, and dropout.
            directory: keep the state of every epoch here, so that a killed training can go on.
            resume: go on with the training in `directory`.
            verbose: as in `keras.Model.fit`.

        Returns:
            The history, with `loss`, `accuracy`, `val_loss` and `val_accuracy` of every epoch.
        """
        train, held_out = self._split(sounds, labels, validation, rate, seed)
        recordings = [self.processor.read(s, rate_of(s, rate)) for s in noise]
        augmentation = augmentation or Augmentation()
        batches = ClipBatches(
            *train,
            batch_size=batch_size,
            seed=seed,
            augmentation=augmentation,
            rate=self.processor.rate,
            noise=np.concatenate(recordings) if recordings else None,
            silence=self._index(SILENCE),
            unknown=self._index(UNKNOWN),
            max_per_class=most,
            teacher=None if teacher is None else self._scores_of(teacher),
        )
        return self._train(
            batches,
            ClipBatches(*held_out, batch_size=batch_size, rate=self.processor.rate),
            self.compile,
            learning_rate=learning_rate,
            monitor="val_loss",
            mode="min",
            settings={
                "clips": [len(clips) for clips, _ in (train, held_out)],
                "labels": self.labels,
                "batch_size": batch_size,
                "augmentation": dataclasses.asdict(augmentation),
                "most": most,
                "teacher": None if teacher is None else teacher.card.name,
            },
            kind="clips",
            count=len(sounds),
            seed=seed,
            epochs=epochs,
            average=average,
            directory=directory,
            resume=resume,
            verbose=verbose,
        )

    def _index(self, label: str) -> int | None:
        return self.labels.index(label) if label in self.labels else None

    def _scores_of(self, teacher: "KeywordSpotting"):
        """The teacher's model, if it knows the same words from the same waveforms."""
        if (teacher.labels, teacher.processor) != (self.labels, self.processor):
            raise ValueError(
                f"Expected a teacher of the labels {self.labels} and {self.processor}. Received: "
                f"{teacher.labels} and {teacher.processor}."
            )
        return teacher.model.predict_on_batch

    def _split(self, sounds, labels, validation, rate, seed):
        """((waves, targets) to train on, the same held out)."""
        waves, targets = self._waves(sounds, rate), self._targets_of(sounds, labels, "sound")
        if not training.is_share(validation, "sounds and labels"):
            held, held_labels = validation
            return (waves, targets), (
                self._waves(held, rate),
                self._targets_of(held, held_labels, "sound"),
            )
        train, held_out = training.split(len(waves), validation, seed, "sounds")
        return (waves[train], targets[train]), (waves[held_out], targets[held_out])

    def _waves(self, sounds, rate):
        if isinstance(sounds, np.ndarray) and sounds.dtype == np.int16 and rate is None:
            if sounds.shape[1:] == (self.processor.samples,):
                return sounds  # from `decoded`
        return decoded(list(sounds), self.processor, rate)

    def with_labels(self, labels: Sequence[str]) -> "KeywordSpotting":
        """The same pretrained layers under a new output layer for words of your own.

        The convolutions stay as they are, until it is saved and loaded again: a few dozen clips
        would not make them better.
        """
        task = super().with_labels(labels)
        for layer in task.model.layers:
            if layer.name.startswith(("conv", "features")):
                layer.trainable = False
        return task


def _windows(wave: np.ndarray, processor: KeywordSpottingProcessor) -> np.ndarray:
    """Windows all of which is sound, unlike those of `detect` at either end: half a word before
    silence can sound like another one. From end to end, `HOP` seconds apart or a little less.
    """
    spare = len(wave) - processor.samples
    count = 1 + math.ceil(spare / round(min(HOP, processor.seconds) * processor.rate))
    starts = np.linspace(0, spare, count).round().astype(int)
    return np.lib.stride_tricks.sliding_window_view(wave, processor.samples)[starts]


def _is_many(sounds: Any) -> bool:
    return isinstance(sounds, (list, tuple)) and not isinstance(sounds, Sound)


def _many(sounds: Any) -> list:
    return list(sounds) if _is_many(sounds) else [sounds]
