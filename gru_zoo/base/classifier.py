"""What all classifiers of the zoo share, whatever they read."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo import metrics
from gru_zoo.base.task import Task
from gru_zoo.presets.card import Card


@dataclasses.dataclass(frozen=True)
class Label:
    """A class and its probability."""

    label: str
    score: float

    def __str__(self) -> str:
        return f"{self.label} ({self.score:.2f})"


class Classifier(Task):
    """Raw input to one of a few labels.

    The model returns probabilities, `(batch, classes)`; its output layer is named `logits`, and
    its `Config` has a field `classes`.
    """

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

    def targets(self, labels: Sequence[str]) -> np.ndarray:
        """One-hot targets of labels, float32, shape `(labels, classes)`.

        Raises:
            ValueError: if a label is not among `card.labels`.
        """
        if isinstance(labels, str):
            raise TypeError(f"Expected a list of labels. Received: {labels!r}.")
        index = {label: i for i, label in enumerate(self.labels)}
        unknown = sorted({repr(label) for label in labels if label not in index})
        if unknown:
            raise ValueError(
                f"Expected labels among {list(index)}. Received: {', '.join(unknown[:5])}. For "
                "other classes load the preset with labels=[...]."
            )
        return np.eye(len(index), dtype="float32")[[index[label] for label in labels]]

    def _targets_of(self, inputs: Sequence, labels: Sequence[str], kind: str) -> np.ndarray:
        """Targets of as many labels as there are inputs, which are of a kind such as "text"."""
        if len(inputs) != len(labels):
            raise ValueError(
                f"Expected a label for each {kind}. Received: {len(inputs)} {kind}s and "
                f"{len(labels)} labels."
            )
        return self.targets(labels)

    def _best(self, scores: np.ndarray) -> list[Label]:
        """The most probable label of each row of probabilities."""
        return [
            Label(self.labels[best], round(float(row[best]), 4))
            for row, best in zip(scores, scores.argmax(axis=1), strict=True)
        ]

    def _measured(self, scores: np.ndarray, targets: np.ndarray) -> list[metrics.Metric]:
        """Accuracy and expected calibration error of probabilities against one-hot targets."""
        truth = targets.argmax(axis=1)
        return [
            metrics.accuracy(truth, scores.argmax(axis=1)),
            metrics.expected_calibration_error(scores, truth),
        ]

    def compile(self, optimizer: keras.optimizers.Optimizer) -> None:
        """Ready `model` for `fit` on targets as `targets` makes them, hard or soft."""
        self.model.compile(
            optimizer=optimizer,
            loss="categorical_crossentropy",
            metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        )

    def with_labels(self, labels: Sequence[str]) -> Any:
        """The same pretrained layers under a new output layer for other classes."""
        if isinstance(labels, str) or not all(isinstance(label, str) for label in labels):
            raise TypeError(f"Expected a list of labels, each a string. Received: {labels!r}.")
        if isinstance(labels, (set, frozenset)):  # in another order with every run
            labels = sorted(labels)
        labels = tuple(labels)
        repeated = sorted({label for label in labels if labels.count(label) > 1})
        if repeated:
            raise ValueError(
                "Expected two or more different labels. Received more than once: "
                f"{', '.join(repeated[:5])}."
            )
        if len(labels) < 2:
            raise ValueError(f"Expected two or more different labels. Received: {labels!r}.")
        config = self._config_for(classes=len(labels))
        model = self.build(config)
        for layer in model.layers:
            if layer.name != "logits":
                layer.set_weights(self.model.get_layer(layer.name).get_weights())
        # From a seed, so that two trainings of one seed are the same.
        kernel = model.get_layer("logits").kernel
        kernel.assign(keras.initializers.GlorotUniform(seed=0)(kernel.shape))
        card = self.card.replace(
            title=f"Classes of your own: {', '.join(labels)}",
            summary=f"The layers of {self.card.name} under an output layer for other classes.",
            intended_use="Inputs like the examples that it was adapted to.",
            config=dataclasses.asdict(config),
            labels=labels,
            metrics=(),
        )
        return type(self)(model, self.processor, card)

    def _config_for(self, classes: int) -> Any:
        """The architecture with another number of classes."""
        return dataclasses.replace(self.config, classes=classes)
