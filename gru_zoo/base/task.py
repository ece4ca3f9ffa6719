"""A task: a Keras model, the processor of its inputs, and the card that describes it."""

import abc
import contextlib
import os
import pathlib
import warnings
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import keras
import numpy as np

from gru_zoo import training
from gru_zoo.base import golden
from gru_zoo.base.export import ExportMixin
from gru_zoo.base.push import PushMixin
from gru_zoo.base.training import TrainingMixin
from gru_zoo.batching.chunks import chunks
from gru_zoo.files import as_path
from gru_zoo.metrics.metric import Metric
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.presets import store
from gru_zoo.presets.atomic_folder import original, readable, replacing
from gru_zoo.presets.card import FILE_NAME, Card, MetricRow
from gru_zoo.presets.page import page
from gru_zoo.presets.weights import load_weights, save_half, zero_initialization

WEIGHTS = "model.weights.h5"
HISTORY = "history.csv"


class Task(ExportMixin, PushMixin, TrainingMixin, abc.ABC):
    """Base class of all tasks. Load one with `gru_zoo.load`.

    A subclass has a `Config` (a dataclass), a `Processor` (with `save(folder)` and `load(folder)`),
    `samples`, a static method `build(config)`, and the public methods of its task.

    Args:
        model: the Keras model. It may be called, compiled and fitted by hand.
        processor: converts raw inputs to arrays, and outputs to results.
        card: description of the model, from which `config` is read.

    Attributes:
        samples: raw inputs of the demonstration and of the golden outputs.
        folder: folder of the preset that the task was loaded from or saved to, or None.
        history: values of each epoch of the training, by name, such as `val_loss`.
    """

    Config: ClassVar[type]
    Processor: ClassVar[Any]
    # Kind of the examples of `fit`; `gru_zoo.commands.finetune` has a reader for each kind.
    inputs: ClassVar[str]
    samples: tuple[Any, ...]

    def __init__(self, model: keras.Model, processor: Any, card: Card):
        self.model, self.processor, self.card = model, processor, card
        self.folder: pathlib.Path | None = None
        self._saved_metrics: tuple[MetricRow, ...] = ()  # those of the card in the folder
        self.history: dict[str, list[float]] = {}

    @staticmethod
    @abc.abstractmethod
    def build(config: Any) -> keras.Model:
        """Build the Keras model of a config, with new weights.

        Args:
            config: an instance of `Config`.
        """

    @abc.abstractmethod
    def predict(self, inputs: Any) -> Any:
        """Predict the results of raw inputs: one result, or a list of them for a list."""

    def from_text(self, text: str) -> Any:
        """The raw input that a line of text stands for: by default the text itself."""
        return text

    def iter_predict(self, inputs: Iterable[Any], batch_size: int = 64) -> Iterator[Any]:
        """Predict inputs as they are read, so that they may be more than the memory holds.

        Args:
            inputs: raw inputs, see `predict`: a list, a generator, an open file of lines.
            batch_size: inputs that are read and predicted together; 1 answers each at once.

        Yields:
            The result of each input, in their order.

        Raises:
            TypeError: `inputs` is one string.
            ValueError: `batch_size` is below 1, or see `predict`.
        """
        if isinstance(inputs, (str, bytes)):
            raise TypeError(f"Expected an iterable of inputs. Received: {inputs!r:.80}.")
        for batch in chunks(inputs, batch_size):
            yield from self.predict(batch)

    def golden_outputs(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """Outputs of the model that must be the same on every backend and in every version.

        Args:
            inputs: arrays of `golden_inputs`, one for each input of the model.

        Returns:
            One array for each output of the model, with the leading axis of the inputs.
        """
        outputs = predict_on_batch(self.model, inputs[0] if len(inputs) == 1 else inputs)
        return [np.asarray(output) for output in keras.tree.flatten(outputs)]

    @abc.abstractmethod
    def golden_inputs(self) -> list[np.ndarray]:
        """Arrays made of `samples`, one for each input of the model, shape `(samples, ...)`."""

    def demo(self) -> list[str]:
        """Lines of text that show what the task predicts for `samples`."""
        return [f"{self.predict(sample)}  <-  {sample!r}" for sample in self.samples]

    def check_golden(self) -> None:
        """Compare the outputs of the model with those recorded when the preset was saved.

        Raises:
            ValueError: if an output differs by more than 1e-4, or there is no preset to compare.
        """
        if self.folder is None:
            raise ValueError("Expected a loaded or saved task. Received: a new one. Save it first.")
        inputs, expected = golden.read(readable(self.folder))
        for i, difference in enumerate(golden.differences(self.golden_outputs(inputs), expected)):
            if not difference <= golden.TOLERANCE:
                raise ValueError(
                    f"Output {i} of preset '{self.card.name}' differs from the recorded one. "
                    f"Expected a difference of at most {golden.TOLERANCE}. Received: {difference}."
                )

    def with_labels(self, labels: list[str]) -> "Task":
        """A task with the same pretrained layers and a new output layer.

        Args:
            labels: names of the new classes.

        Raises:
            ValueError: if the task has no classes.
        """
        raise ValueError(
            f"Expected no labels: the task '{self.card.task}' has no classes. Received: "
            f"labels={labels!r}."
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} '{self.card.name}': {self.card.title}>"

    @classmethod
    def _processor_class(cls, config: Any) -> Any:
        """The class of the processor of a config."""
        return cls.Processor

    @property
    def config(self) -> Any:
        """Config of the model, an instance of `Config`."""
        return self.Config(**self.card.config)

    @classmethod
    def from_preset(
        cls,
        folder: pathlib.Path,
        card: Card,
        labels: list[str] | None = None,
        weights: bool = True,
    ) -> "Task":
        """Load the task of a preset, see `gru_zoo.load`.

        Args:
            folder: folder of the preset.
            card: its card.
            labels: names of new classes, see `with_labels`; None keeps those of the preset.
            weights: False draws random weights.

        Raises:
            FileNotFoundError: if a file is missing.
            ValueError: if a file is damaged or does not fit the card.
        """
        try:
            config = cls.Config(**card.config)
        except TypeError as error:
            raise ValueError(
                f"The card of preset '{card.name}' does not fit the task '{card.task}': {error}. "
                "It was made by another version of gru_zoo."
            ) from None
        with zero_initialization() if weights else contextlib.nullcontext():
            model = cls.build(config)
        model(model.inputs)  # Keras exports no model that was never called
        if weights:
            load_weights(model, store.holder_of(folder, WEIGHTS) / WEIGHTS)
        else:
            card = card.replace(data=(), metrics=(), training={})
        task = cls(model, cls._processor_class(config).load(folder), card)
        task.folder, task._saved_metrics = original(folder.absolute()), card.metrics
        if weights and labels is None and (folder / HISTORY).is_file():
            task.history = training.read_history((folder / HISTORY).read_text(encoding="utf-8"))
        return task if labels is None else task.with_labels(labels)

    def save(self, folder: str | os.PathLike) -> pathlib.Path:
        """Save the task as a preset that `gru_zoo.load(folder)` reads.

        Weights are stored as float16. An existing preset is replaced atomically. Metrics that were
        measured on other weights or processor settings are removed from the card, with a warning.
        Metrics added since loading are kept.

        Args:
            folder: where to save; its last part becomes the name of the preset.

        Returns:
            The folder, an absolute path.

        Raises:
            ValueError: if the folder exists and is not a preset.

        Warns:
            UserWarning: if metrics are removed.
        """
        folder = as_path(folder).absolute()
        with replacing(folder) as new:
            self._write_model(new)
            model = self.card.config, self.golden_outputs
            differs = self.folder and golden.differs(readable(self.folder), new, *model)
            outdated = set(self._saved_metrics if differs else ())
            if self.history:
                (new / HISTORY).write_text(training.history_csv(self.history), encoding="utf-8")
            card = self.card.replace(
                name=folder.name,
                parameters=self.model.count_params(),
                files=store.files_of(new),
                metrics=tuple(row for row in self.card.metrics if row not in outdated),
            )
            (new / FILE_NAME).write_text(card.to_json(), encoding="utf-8")
            (new / "README.md").write_text(page(card), encoding="utf-8")
        removed = [row for row in self.card.metrics if row in outdated]
        self.card, self.folder, self._saved_metrics = card, folder, card.metrics
        if removed:
            names = ", ".join(f"{m.metric} on {m.dataset}, {m.split}" for m in removed)
            warnings.warn(
                f"Metrics of other weights or processor settings are removed from the card of "
                f"'{folder.name}': {names}. Measure them again.",
                stacklevel=2,
            )
        return folder

    def _write_model(self, folder: pathlib.Path) -> None:
        """Write processor, weights and golden outputs."""
        self.processor.save(folder)
        # A new model has no optimizer, whose variables `save_weights` would write as well.
        with zero_initialization():
            plain = type(self)(self.build(self.config), self.processor, self.card)
        plain.model.set_weights(self.model.get_weights())
        save_half(plain.model, folder / WEIGHTS)
        load_weights(plain.model, folder / WEIGHTS)
        inputs = self.golden_inputs()
        golden.write(folder, inputs, plain.golden_outputs(inputs))

    @abc.abstractmethod
    def examples(self, examples: list) -> tuple[list, list]:
        """Convert examples of a data set to the inputs and targets that `evaluate` takes.

        Args:
            examples: what `gru_zoo.data.load` returns.

        Returns:
            Two lists of the same length: raw inputs, and what is expected of each.
        """

    @abc.abstractmethod
    def evaluate(self, inputs: Any, targets: Any, verbose: bool = False) -> list[Metric]:
        """Measure the task on examples of your own.

        Args:
            inputs: raw inputs, as `predict` takes them.
            targets: what is expected of each input.
            verbose: whether to show a progress bar.
        """

    def evaluate_split(
        self,
        dataset: str,
        split: str,
        data_dir: str | os.PathLike | None = None,
        verbose: bool = False,
    ) -> list[MetricRow]:
        """Measure the task on a split of a known data set.

        Args:
            dataset, split: names of the data set and of its split, see `gru_zoo.data.load`.
            data_dir: folder of the data sets; None means `$GRU_ZOO_DATA`, or a download.
            verbose: whether to show a progress bar.

        Raises:
            ValueError: if there is no such data set or split.
        """
        from gru_zoo import data

        examples = data.load(dataset, split, root=data_dir)
        metrics = self.evaluate(*self.examples(examples), verbose=verbose)
        return [MetricRow(dataset, split, m.name, m.value, m.signature) for m in metrics]
