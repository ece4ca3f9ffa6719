"""Classifiers: the tasks that assign one of several labels to an input of any kind."""

import dataclasses
import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import keras
import numpy as np

from gru_zoo import metrics, training
from gru_zoo.base.class_weights import (
    ClassifierOptions,
    check_class_weight,
    weighted_crossentropy,
    weights_of,
)
from gru_zoo.base.held_out import warn_of_examples
from gru_zoo.base.labels import Label, new_labels
from gru_zoo.base.report import Report, listed, report_of
from gru_zoo.base.task import Task
from gru_zoo.batching.dataset import SeededDataset
from gru_zoo.metrics.metric import Metric
from gru_zoo.presets.card import Card
from gru_zoo.text.inputs import as_column

# Of `fit`: a new output layer learns little in a handful of steps.
EPOCHS, MIN_STEPS = 4, 60


class Classifier(Task):
    """Base class of the tasks that assign one of several labels to an input.

    The model returns probabilities, shape `(batch, classes)`. Its output layer is named `logits`,
    and its `Config` has a field `classes`.

    Args:
        model: the Keras model.
        processor: converts raw inputs to arrays.
        card: description of the model, with its labels.

    Raises:
        ValueError: if the card has not as many labels as the model has classes.
    """

    fit_options = ClassifierOptions
    exported_outputs = ("probabilities",)
    # Labels that need no examples of the user's, since training makes its own.
    made_labels: ClassVar[frozenset[str]] = frozenset()

    # Of raw inputs, shape `(inputs, classes)`; each task has its own.
    probabilities: Callable[..., np.ndarray]

    def __init__(self, model: keras.Model, processor: Any, card: Card):
        super().__init__(model, processor, card)
        labels, classes = card.labels or (), self.config.classes
        if len(labels) != classes or not all(isinstance(label, str) for label in labels):
            raise ValueError(
                f"Expected a label, a string, for each of the {classes} classes in the card of "
                f"preset '{card.name}'. Received: {list(labels)!r}."
            )

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the model's outputs."""
        return self.card.labels or ()

    def _check_options(self, options: Mapping[str, Any], more: Iterable[str] = ()) -> None:
        super()._check_options(options, more)
        check_class_weight(options.get("class_weight"), self.labels)

    def targets(self, labels: Sequence[str]) -> np.ndarray:
        """One-hot targets of labels.

        Args:
            labels: labels, each among `self.labels`.

        Returns:
            float32, shape `(labels, classes)`.

        Raises:
            TypeError: if `labels` is one string.
            ValueError: if a label is missing or not among `self.labels`.
        """
        labels = as_column(labels, "a list of labels")
        index = {label: i for i, label in enumerate(self.labels)}
        unknown = sorted({repr(label) for label in labels if label not in index})
        if unknown:
            raise ValueError(
                f"Expected labels among {list(index)}. Received: {', '.join(unknown[:5])}. For "
                "other classes load the preset with labels=[...]."
            )
        return np.eye(len(index), dtype="float32")[[index[label] for label in labels]]

    def _targets_of(self, inputs: Sequence, labels: Sequence[str], kind: str) -> np.ndarray:
        """Targets of the labels of inputs.

        Args:
            inputs: raw inputs.
            labels: one label per input.
            kind: what an input is, such as "text", for the error.
        """
        if len(inputs) != len(labels):
            raise ValueError(
                f"Expected a label for each {kind}. Received: {len(inputs)} {kind}s and "
                f"{len(labels)} labels."
            )
        return self.targets(labels)

    def _split(
        self,
        inputs: Any,
        labels: Sequence[str],
        validation: float | tuple[Any, Sequence[str]],
        seed: int,
        kind: str,
        read: Callable[[Any], Any],
    ) -> tuple[tuple[Any, np.ndarray], tuple[Any, np.ndarray]]:
        """Examples to train on and examples to validate on, each as arrays and targets.

        Args:
            inputs: raw inputs.
            labels: one label per input.
            validation: share of the inputs to validate on, or inputs and labels.
            seed: seed of the draw of a share.
            kind: what an input is, such as "text", for the errors.
            read: converts raw inputs to an array, or to a list of arrays of different lengths.
        """
        arrays, labels = read(inputs), as_column(labels, "a list of labels")
        targets = self._targets_of(arrays, labels, kind)
        if not training.is_share(validation, f"{kind}s and labels"):
            held_inputs, held_labels = validation  # type: ignore[misc]
            held_arrays = read(held_inputs)
            held_targets = self._targets_of(held_arrays, held_labels, kind)
            return (arrays, targets), (held_arrays, held_targets)

        def take(rows: np.ndarray) -> tuple[Any, np.ndarray]:
            if isinstance(arrays, np.ndarray):
                return arrays[rows], targets[rows]
            return [arrays[row] for row in rows], targets[rows]

        share: Any = validation
        train, held_out = training.stratified_split(labels, share, seed, f"{kind}s")
        needed = {*self.labels} - self.made_labels
        warn_of_examples(needed, labels, train, held_out, arrays, kind)
        return take(train), take(held_out)

    def _fit(
        self,
        train: SeededDataset,
        validation: SeededDataset,
        *,
        epochs: int | None,
        batch_size: int,
        targets: np.ndarray,
        settings: dict[str, Any],
        class_weight: str | Mapping[str, float] | None = None,
        **options: Any,
    ) -> keras.callbacks.History:
        """Train on batches, and keep the weights of the epochs with the lowest validation loss.

        Args:
            train: training batches.
            validation: validation batches.
            epochs: passes over the training batches; None for `EPOCHS`, or as many as make
                `MIN_STEPS` steps.
            batch_size: examples per batch.
            targets: one-hot targets of the training examples.
            settings: further values that must be the same when a training is resumed.
            class_weight: see `ClassifierOptions`.
            **options: further arguments of `Task._train`. `monitor` and `mode` choose other epochs.
        """
        if epochs is None:
            epochs = max(EPOCHS, math.ceil(MIN_STEPS / max(1, len(train))))
        settings = {**settings, "labels": self.labels, "batch_size": batch_size}
        options = {"monitor": "val_loss", "mode": "min", **options}
        weights = None
        if class_weight is not None:
            settings["class_weight"] = weights = weights_of(class_weight, self.labels, targets)
        options |= {"settings": settings, "epochs": epochs}
        model = options.get("model")
        compile = functools.partial(self.compile, model=model, class_weight=weights)
        return self._train(train, validation, compile, **options)

    def _best(self, scores: np.ndarray) -> list[Label]:
        """The most probable label of each row of probabilities, shape `(rows, classes)`."""
        return [
            Label(self.labels[best], round(float(row[best]), 4))
            for row, best in zip(scores, scores.argmax(axis=1), strict=True)
        ]

    def _measured(self, scores: np.ndarray, targets: np.ndarray) -> list[Metric]:
        """Accuracy and expected calibration error.

        Args:
            scores: probabilities, shape `(examples, classes)`.
            targets: one-hot targets, shape `(examples, classes)`.
        """
        truth = targets.argmax(axis=1)
        return [
            metrics.accuracy(truth, scores.argmax(axis=1)),
            metrics.expected_calibration_error(scores, truth),
        ]

    def report(self, inputs: Sequence, labels: Sequence[str], **options: Any) -> Report:
        """Report the metrics of each class, the confusions, and the mistakes.

        Args:
            inputs: raw inputs, see `predict`, none of them trained on.
            labels: the true label of each input, among `labels` of the task.
            **options: options of `probabilities`, such as `verbose`.

        Raises:
            TypeError: if `inputs` is one text.
            ValueError: if there are no inputs, not as many labels, or one is unknown.
        """
        inputs = listed(inputs)
        targets = self._targets_of(inputs, labels, "input")
        return report_of(self.probabilities(inputs, **options), targets, self.labels, inputs)

    def compile(
        self,
        optimizer: keras.optimizers.Optimizer | str,
        model: keras.Model | None = None,
        class_weight: Mapping[str, float] | None = None,
    ) -> None:
        """Compile `model` for `fit` on one-hot targets or probabilities, as `targets` returns.

        Args:
            optimizer: an optimizer of Keras, or its name.
            model: a model around the task's own; None for that of the task.
            class_weight: weight of each label in the loss; None weighs them alike.
        """
        loss: Any = "categorical_crossentropy"
        if class_weight is not None:
            loss = weighted_crossentropy(class_weight, self.labels)
        (self.model if model is None else model).compile(
            optimizer=optimizer,
            loss=loss,
            metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        )

    def with_labels(self, labels: Sequence[str]) -> Any:
        """A task with the same pretrained layers and a new, untrained output layer.

        Args:
            labels: names of the new classes, two or more. A set is sorted.

        Returns:
            A new task, to be adapted with `fit`.

        Raises:
            TypeError: if a label is not a string.
            ValueError: if there are fewer than two labels, or a label is repeated.
        """
        labels = new_labels(labels)
        config = self._config_for(classes=len(labels))
        model = self.build(config)
        for layer in model.layers:
            if layer.name != "logits":
                layer.set_weights(self.model.get_layer(layer.name).get_weights())
        # A fixed seed, so that trainings with the same seed give the same weights.
        kernel = model.get_layer("logits").kernel
        kernel.assign(keras.initializers.GlorotUniform(seed=0)(kernel.shape))
        card = self.card.replace(
            title=f"Classes of your own: {', '.join(labels)}",
            summary=f"The layers of {self.card.name} with an output layer for other classes.",
            intended_use="Inputs like the examples that the model was adapted to.",
            config=dataclasses.asdict(config),
            labels=labels,
            metrics=(),
        )
        return type(self)(model, self.processor, card)

    def _config_for(self, classes: int) -> Any:
        """The config of the same architecture with another number of classes."""
        return dataclasses.replace(self.config, classes=classes)
