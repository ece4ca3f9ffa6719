"""Task `action_recognition`: the action in a recording of a body or of a sensor."""

import dataclasses
import functools
from collections.abc import Sequence
from typing import Any, Unpack

import keras
import numpy as np

from gru_zoo.base.class_weights import ClassifierOptions
from gru_zoo.base.classifier import Classifier
from gru_zoo.base.labels import Label
from gru_zoo.metrics.metric import Metric
from gru_zoo.presets.card import Card
from gru_zoo.tasks.action_recognition.augmentation import Augmentation
from gru_zoo.tasks.action_recognition.batches import MovementBatches
from gru_zoo.tasks.action_recognition.model import Config, build, with_views
from gru_zoo.tasks.action_recognition.processor import ActionRecognitionProcessor, Movement
from gru_zoo.tasks.action_recognition.recording import Recording, as_recording, is_list
from gru_zoo.tasks.action_recognition.results import Sight, Trace
from gru_zoo.tasks.action_recognition.samples import samples
from gru_zoo.tasks.action_recognition.scoring import beginnings, read_all, score, with_interval
from gru_zoo.tasks.action_recognition.streaming import HOP, WINDOW, ActionStream
from gru_zoo.tasks.action_recognition.training import LAST_EPOCHS, mirrored_classes, read_folder

AVERAGE = 5  # of the best epochs in `fit`, by default


class ActionRecognition(Classifier):
    """Skeletons, signals of a worn sensor, or both, to one of a few actions.

    The model takes features and a mask of each stream, see `build`, and returns probabilities,
    shape `(batch, classes)`. A recording holds one action. A stream that it lacks is masked.

    Example:

        >>> import numpy as np
        >>> import gru_zoo
        >>> task = gru_zoo.load("action_recognition")
        >>> acceleration_and_rotation = np.zeros((150, 6))
        >>> task.predict(acceleration_and_rotation).label in task.labels
        True
    """

    inputs = "motion"
    Config = Config
    build = staticmethod(build)
    Processor = ActionRecognitionProcessor
    processor: ActionRecognitionProcessor

    def __init__(self, model: keras.Model, processor: ActionRecognitionProcessor, card: Card):
        super().__init__(model, processor, card)
        rates = processor.skeleton_rate, processor.signals_rate
        self.samples = samples(*rates, processor.channels)

    def encode(self, recordings: Any, rate: float | None = None) -> list[np.ndarray]:
        """Encode recordings as the arrays that `model` takes.

        Args:
            recordings: a recording or a list of them, see `predict`.
            rate: see `predict`.

        Returns:
            For each stream of the model features, float32, shape `(recordings, time, features)`,
            and a mask, bool, shape `(recordings, time)`.
        """
        return self.processor.batch(self._read(recordings, rate))

    def _read(self, recordings: Any, rate: float | None) -> list:
        many = list(recordings) if is_list(recordings) else [recordings]
        if many and all(isinstance(motion, Movement) for motion in many):  # read before
            return many
        return read_all(self.processor, many, rate)

    def probabilities(
        self, recordings: Any, rate: float | None = None, verbose: bool = False
    ) -> np.ndarray:
        """Predict the probability of every class.

        Args:
            recordings: a recording or a list of them, see `predict`.
            rate: see `predict`.
            verbose: whether to show a progress bar.

        Returns:
            float32, shape `(recordings, classes)`, in the order of `labels` of the task.
        """
        return self._score(self._read(recordings, rate), verbose)

    def _score(self, movements: Sequence[Movement], verbose: bool = False) -> np.ndarray:
        return score(self.model, self.processor, movements, verbose)

    def predict(
        self, recordings: Any, rate: float | None = None, verbose: bool = False
    ) -> Label | list[Label]:
        """Predict the action of a recording, or of each recording of a list.

        Args:
            recordings: joints, shape `(frames, joints, 3)`, in meters; signals, shape
                `(samples, channels)`, in g and degrees per second; a `Recording` with one or both;
                the path of a table of a sensor app or of a NumPy file, see
                `gru_zoo.tasks.action_recognition.files`; or a list of them, of any lengths. Joints
                and values that are missing are NaN.
            rate: frames or samples per second of arrays, and of files without times; None for the
                rate of the model.
            verbose: whether to show a progress bar.

        Returns:
            A `Label` for one recording, a list of labels for a list.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if a recording has other channels or joints, is empty, infinite or longer
                than 20 s. Of a list, all such recordings are named.
            TypeError: if a recording has another type.
        """
        labels = self._best(self.probabilities(recordings, rate, verbose))
        return labels if is_list(recordings) else labels[0]

    def stream(
        self,
        skeleton_rate: float | None = None,
        signals_rate: float | None = None,
        hop: float = HOP,
        window: float = WINDOW,
    ) -> ActionStream:
        """Start to recognize an action while frames and samples arrive.

        Args:
            skeleton_rate: frames per second; None for the rate of the model.
            signals_rate: samples per second; None for the rate of the model.
            hop: seconds of movement from one label to the next, above 0.
            window: seconds of movement that are kept, above `hop` and at most 20. Where one action
                follows the other, take the length of one.

        Raises:
            ValueError: if the hop or the window is out of its range.
        """
        rates = (
            skeleton_rate or self.processor.skeleton_rate,
            signals_rate or self.processor.signals_rate,
        )
        return ActionStream(self.predict, rates, hop, window)  # type: ignore[arg-type]

    def trace(self, recording: Any, rate: float | None = None, hop: float = HOP) -> Trace:
        """Class probabilities of a recording while it goes on, as a stream gives them.

        Args:
            recording: a recording, see `predict`.
            rate: see `predict`.
            hop: seconds from one moment to the next, above 0.

        Raises:
            ValueError: if the recording cannot be read, or the hop is not above 0.
        """
        if not hop > 0:
            raise ValueError(f"Expected a hop above 0 s. Received: hop={hop!r}.")
        recording = as_recording(recording, rate)
        self.processor.read(recording)  # names what is wrong with all of it
        times, parts = beginnings(recording, self.processor, hop)
        return Trace(times, self.probabilities(parts))

    def sight(self, recording: Any, rate: float | None = None) -> Sight:
        """A movement with its class probabilities over time, for `gru_zoo.plot.skeleton`.

        Args:
            recording: a recording, see `predict`.
            rate: see `predict`.
        """
        recording = as_recording(recording, rate)
        points, signals = self.processor.read(recording)
        rates = self.processor.skeleton_rate, self.processor.signals_rate
        pairs = zip((points, signals), rates, strict=True)
        seconds = [len(part) / rate if rate else 0.0 for part, rate in pairs]
        return Sight(points, signals, (seconds[0], seconds[1]), self.trace(recording, hop=HOP / 2))

    def golden_inputs(self) -> list[np.ndarray]:
        return self.encode([sample.recording for sample in self.samples])

    def demo(self) -> list[str]:
        labels = self._best(self.probabilities([sample.recording for sample in self.samples]))
        pairs = zip(labels, self.samples, strict=True)
        return [f"{label}  <-  {sample.name}" for label, sample in pairs]

    def examples(self, examples: Sequence) -> tuple[list, list[str]]:
        return [Recording(e.skeleton, e.signals) for e in examples], [e.label for e in examples]

    def evaluate(
        self,
        recordings: Sequence[Any],
        labels: Sequence[str],
        verbose: bool = False,
        rate: float | None = None,
    ) -> list[Metric]:
        """Measure accuracy, with its 95 % interval, and expected calibration error.

        If every recording has both streams, the accuracy of each stream alone is measured as well.

        Args:
            recordings: recordings, see `predict`.
            labels: the true label of each, among `labels` of the task.
            verbose: whether to show a progress bar.
            rate: see `predict`.
        """
        targets = self._targets_of(recordings, labels, "recording")
        movements = self._read(list(recordings), rate)

        def measured(movements: Sequence[Movement]) -> list[Metric]:
            return with_interval(self._measured(self._score(movements, verbose), targets), targets)

        found = measured(movements)
        if all(len(part) for movement in movements for part in movement):
            skeletons = [Movement(points, signals[:0]) for points, signals in movements]
            sensors = [Movement(points[:0], signals) for points, signals in movements]
            for name, alone in (("skeleton", skeletons), ("signals", sensors)):
                accuracy = measured(alone)[0]
                found.append(dataclasses.replace(accuracy, name=f"accuracy_{name}_alone"))
        return found

    def fit(
        self,
        recordings: Any,
        labels: Sequence[str] | None = None,
        validation: float | tuple[Any, Sequence[str]] | None = 0.15,
        rate: float | None = None,
        epochs: int = 40,
        batch_size: int = 16,
        learning_rate: float = 2e-3,
        augmentation: Augmentation | None = None,
        seed: int = 0,
        **options: Unpack[ClassifierOptions],
    ) -> keras.callbacks.History:
        """Adapt the model to actions of your own, and keep the weights of the best epochs.

        Args:
            recordings: training recordings, see `predict`; or a folder with a folder of files for
                each label, whose unreadable files are left out with a warning.
            labels: one label per recording, among `labels` of the task; None with a folder.
            validation: share of the recordings to validate on, or recordings and their labels;
                None trains on all and keeps the mean weights of the last `average` epochs.
            rate: see `predict`.
            epochs: passes over the recordings.
            batch_size: recordings per step.
            learning_rate: peak learning rate of Adam.
            augmentation: how recordings are varied; None for `Augmentation()`.
            seed: seed of the split, the order and variation of the recordings, and dropout.
            **options: see `gru_zoo.base.class_weights.ClassifierOptions`; `average` is 5 by
                default.

        Returns:
            The history, with `loss`, `accuracy`, `val_loss` and `val_accuracy` of every epoch;
            without a validation the last two are of an eighth of the training recordings, as they
            are. A model of two streams learns from both and from each of them alone, and these are
            means over the three.

        Raises:
            ValueError: if a label is missing or unknown, a recording cannot be read, or an argument
                is out of its range.
        """
        self._check_options(options)
        options.setdefault("average", AVERAGE)
        if labels is None:
            recordings, labels = read_folder(recordings, self.processor, rate)
        read = functools.partial(self._read, rate=rate)
        if validation is None:
            movements = read(recordings)
            targets = self._targets_of(movements, labels, "recording")
            train, held_out = (movements, targets), (movements[::8], targets[::8])
        else:
            train, held_out = self._split(recordings, labels, validation, seed, "recording", read)
        augmentation = augmentation or Augmentation()
        model, views = with_views(self.model)
        batches = MovementBatches(
            *train,
            processor=self.processor,
            batch_size=batch_size,
            seed=seed,
            augmentation=augmentation,
            mirrored=mirrored_classes(self.labels),
            views=views,
        )
        kept = {} if validation is not None else LAST_EPOCHS
        return self._fit(
            batches,
            MovementBatches(*held_out, processor=self.processor, batch_size=64, views=views),
            model=model,
            targets=train[1],
            settings={"augmentation": dataclasses.asdict(augmentation)},
            **kept,
            batch_size=batch_size,
            learning_rate=learning_rate,
            kind="recordings",
            count=len(train[0]),
            seed=seed,
            epochs=epochs,
            **options,
        )
