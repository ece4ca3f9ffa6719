"""A task: a Keras model, the processor that feeds it, and the card that describes it."""

import abc
import contextlib
import os
import pathlib
import warnings
from collections.abc import Callable
from typing import Any, ClassVar

import keras
import numpy as np

from gru_zoo import training
from gru_zoo.batching.dataset import SeededDataset
from gru_zoo.files import as_path, read_json
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.presets import card as cards
from gru_zoo.presets import store
from gru_zoo.presets.atomic_folder import original, readable, replacing
from gru_zoo.presets.card import Card, MetricRow
from gru_zoo.presets.page import page
from gru_zoo.presets.weights import save_half, zero_initialization

WEIGHTS = "model.weights.h5"
HISTORY = "history.csv"
GOLDEN = "golden.npz"
PROCESSOR = "processor.json"
GOLDEN_TOLERANCE = 1e-4  # backends order their sums differently


class Task(abc.ABC):
    """Base of the tasks. Load one with `gru_zoo.load`.

    A subclass names its `Config` (a dataclass), its `Processor` (`save(folder)`, `load(folder)`),
    a static `build(config)`, and the public methods of its kind.

    Args:
        model: the Keras model; free to be called, compiled and fitted by hand.
        processor: raw input to arrays and back.
        card: what the model is.

    Attributes:
        samples: raw inputs that the demonstration and the golden outputs use.
        folder: the preset's folder that the task was loaded from or saved to, or None.
        history: what the training of the weights noted of each epoch, by name.
    """

    Config: ClassVar[type]
    Processor: ClassVar[Any]
    samples: tuple[Any, ...]

    def __init__(self, model: keras.Model, processor: Any, card: Card):
        self.model, self.processor, self.card = model, processor, card
        self.folder: pathlib.Path | None = None
        self._recorded: tuple[MetricRow, ...] = ()  # numbers of the card in the folder
        self.history: dict[str, list[float]] = {}

    @staticmethod
    @abc.abstractmethod
    def build(config: Any) -> keras.Model:
        """The Keras model of a config, with new weights."""

    @abc.abstractmethod
    def predict(self, inputs: Any) -> Any:
        """What the task is for: raw input to results."""

    def golden_outputs(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """Outputs of the model that must stay the same on every backend and version."""
        outputs = predict_on_batch(self.model, inputs[0] if len(inputs) == 1 else inputs)
        return [np.asarray(output) for output in keras.tree.flatten(outputs)]

    @abc.abstractmethod
    def golden_inputs(self) -> list[np.ndarray]:
        """Arrays made from `samples`, which `golden_outputs` takes."""

    def demo(self) -> list[str]:
        """Lines that show a person what the task does."""
        return [f"{self.predict(sample)}  <-  {sample!r}" for sample in self.samples]

    def check_golden(self) -> None:
        """Compare the model's outputs with those recorded when the preset was saved.

        Raises:
            ValueError: if an output differs by more than float16 weights explain.
        """
        if self.folder is None:
            raise ValueError("Expected a saved or loaded task. Received one that is neither.")
        inputs, expected = _golden(readable(self.folder))
        for i, difference in enumerate(_differences(self.golden_outputs(inputs), expected)):
            if not difference <= GOLDEN_TOLERANCE:
                raise ValueError(
                    f"Output {i} of preset '{self.card.name}' differs from the recorded one. "
                    f"Expected a difference of at most {GOLDEN_TOLERANCE}. Received: {difference}."
                )

    def with_labels(self, labels: list[str]) -> "Task":
        """The same pretrained layers under a new output layer."""
        raise ValueError(
            f"Expected no labels: the task '{self.card.task}' has no classes. Received: "
            f"labels={labels!r}."
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} '{self.card.name}': {self.card.title}>"

    @property
    def config(self) -> Any:
        """The model's config, an instance of `Config`."""
        return self.Config(**self.card.config)

    @classmethod
    def from_preset(
        cls,
        folder: pathlib.Path,
        card: Card,
        labels: list[str] | None = None,
        weights: bool = True,
    ) -> "Task":
        """See `gru_zoo.load`."""
        try:
            config = cls.Config(**card.config)
        except TypeError as error:
            raise ValueError(
                f"The card of preset '{card.name}' does not fit the task '{card.task}': {error}. "
                "It was made by another version of gru_zoo."
            ) from None
        with zero_initialization() if weights else contextlib.nullcontext():
            model = cls.build(config)
        if weights:
            _load_weights(model, folder / WEIGHTS)
        else:
            card = card.replace(data=(), metrics=(), training={})
        task = cls(model, cls.Processor.load(folder), card)
        task.folder, task._recorded = original(folder.absolute()), card.metrics
        if weights and labels is None and (folder / HISTORY).is_file():
            task.history = training.read_history((folder / HISTORY).read_text(encoding="utf-8"))
        return task if labels is None else task.with_labels(labels)

    def save(self, folder: str | os.PathLike) -> pathlib.Path:
        """Write the task as a preset that `gru_zoo.load(folder)` reads.

        Weights are stored as float16. An existing preset is replaced in one move. Numbers that the
        card has from the folder the task comes from are left out where the weights there, or the
        settings of the processor, are others. Numbers that were put into it since stay.

        Args:
            folder: where to; its last part becomes the preset's name.

        Returns:
            The folder.
        """
        folder = as_path(folder).absolute()
        with replacing(folder) as fresh:
            self.processor.save(fresh)
            # A fresh model has no optimizer, whose slots `save_weights` would write too.
            with zero_initialization():
                plain = type(self)(self.build(self.config), self.processor, self.card)
            plain.model.set_weights(self.model.get_weights())
            save_half(plain.model, fresh / WEIGHTS)
            _load_weights(plain.model, fresh / WEIGHTS)
            inputs = self.golden_inputs()
            golden = {f"input_{i}": array for i, array in enumerate(inputs)}
            outputs = plain.golden_outputs(inputs)
            golden |= {f"output_{i}": array for i, array in enumerate(outputs)}
            np.savez_compressed(fresh / GOLDEN, **golden)  # type: ignore[arg-type]
            if self._differs(fresh, outputs):
                since = tuple(row for row in self.card.metrics if row not in self._recorded)
                self.card = self.card.replace(metrics=since)
            if self.history:
                (fresh / HISTORY).write_text(training.history_csv(self.history), encoding="utf-8")
            self.card = self.card.replace(
                name=folder.name,
                parameters=self.model.count_params(),
                files=store.files_of(fresh),
            )
            (fresh / cards.FILE_NAME).write_text(self.card.to_json(), encoding="utf-8")
            (fresh / "README.md").write_text(page(self.card), encoding="utf-8")
        self.folder, self._recorded = folder, self.card.metrics
        return folder

    def _differs(self, fresh: pathlib.Path, outputs: list[np.ndarray]) -> bool:
        """Whether the folder that the task comes from has other settings or recorded outputs."""
        if self.folder is None or not (self.folder / GOLDEN).is_file():
            return False
        settings = [folder / PROCESSOR for folder in (fresh, self.folder)]
        if all(path.is_file() for path in settings):
            now, before = map(read_json, settings)
            if now != before:
                return True
        differences = _differences(outputs, _golden(self.folder)[1])
        return not all(difference <= GOLDEN_TOLERANCE for difference in differences)

    def _train(
        self,
        train: SeededDataset,
        validation: SeededDataset,
        compile: Callable[[keras.optimizers.Optimizer], None],
        *,
        learning_rate: float,
        warmup: float = 0.1,
        weight_decay: float | None = None,
        settings: dict[str, Any],
        kind: str,
        count: int,
        seed: int,
        epochs: int,
        model: keras.Model | None = None,
        **options: Any,
    ) -> keras.callbacks.History:
        """Compile, train, and write the training into the card: what every `fit` ends with.

        Args:
            train: training batches.
            validation: validation batches.
            compile: compiles the trained model with an optimizer.
            learning_rate, warmup, weight_decay: see `gru_zoo.training.optimizer`.
            settings: what must be the same, besides these, when a training is resumed.
            kind, count, seed: see `describe_training`.
            epochs: passes over `train`.
            model: the model that is trained, where it is not `self.model` but holds it.
            **options: further arguments of `gru_zoo.training.fit`.
        """
        training.seed_generators(self.model, seed)
        rate = {"rate": learning_rate, "warmup": warmup, "weight_decay": weight_decay}
        steps = len(train) * epochs
        compile(training.optimizer(learning_rate, steps, warmup, weight_decay=weight_decay))
        history = training.fit(
            self.model if model is None else model,
            train,
            validation,
            epochs=epochs,
            settings={**settings, **rate, "seed": seed},
            **options,
        )
        self.describe_training(history, kind, count, seed)
        return history

    def describe_training(
        self, history: keras.callbacks.History, kind: str, count: int, seed: int
    ) -> None:
        """Keep a training's history and put it into the card, where numbers of old weights go.

        Args:
            history: of the training.
            kind: what its examples are, such as "texts".
            count: number of examples.
            seed: of the training.
        """
        self.history = history.history
        data = cards.DataRow(f"own {kind}", "train", count, "not stated", "given to fit")
        record = {"command": "Task.fit", "seed": seed, "epochs": len(history.epoch)}
        versions = {"keras": keras.__version__}
        self.card = self.card.replace(
            data=(*self.card.data, data),
            metrics=(),
            training={**record, "backend": keras.backend.backend(), "versions": versions},
        )

    @abc.abstractmethod
    def examples(self, examples: list) -> tuple[list, list]:
        """Inputs and targets, as `evaluate` takes them, of a data set's examples."""

    @abc.abstractmethod
    def evaluate(self, inputs: Any, targets: Any, verbose: bool = False) -> list:
        """Metrics on examples of your own, as `gru_zoo.metrics.Metric`."""

    def evaluate_split(
        self, dataset: str, split: str, data_dir: str | os.PathLike | None = None, verbose=False
    ) -> list[MetricRow]:
        """Metrics on a split of a known data set.

        Args:
            dataset: name of the set, as in `gru_zoo.data`.
            split: name of the split.
            data_dir: where the sets lie; else $GRU_ZOO_DATA; else the canonical source.
            verbose: whether to show progress.
        """
        from gru_zoo import data

        examples = data.load(dataset, split, root=data_dir)
        metrics = self.evaluate(*self.examples(examples), verbose=verbose)
        return [MetricRow(dataset, split, m.name, m.value, m.signature) for m in metrics]


def _golden(folder: pathlib.Path) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Inputs, and the outputs recorded for them when the preset was saved."""
    with np.load(folder / GOLDEN, allow_pickle=False) as golden:
        inputs = [golden[k] for k in sorted(golden) if k.startswith("input_")]
        return inputs, [golden[k] for k in sorted(golden) if k.startswith("output_")]


def _differences(outputs: list[np.ndarray], others: list[np.ndarray]) -> list[float]:
    """The largest difference of each output from another one; infinite where shapes differ."""
    return [
        float(np.abs(one - other).max()) if one.shape == other.shape else float("inf")
        for one, other in zip(outputs, others, strict=True)
    ]


def _load_weights(model: keras.Model, path: pathlib.Path) -> None:
    try:
        with warnings.catch_warnings():
            # Keras only warns where it leaves new weights in place of missing ones.
            warnings.simplefilter("error", UserWarning)
            model.load_weights(path)
    except (ValueError, OSError, KeyError, UserWarning) as error:
        raise ValueError(
            f"The weights in '{path}' do not fit the model that the preset's card describes: "
            f"{error}"
        ) from error
