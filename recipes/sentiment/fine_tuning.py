"""Train a classifier on labelled texts, and on the soft labels of a teacher."""

import dataclasses
import pathlib

import numpy as np

from gru_zoo import training
from gru_zoo.batching.dataset import BucketedBatches
from gru_zoo.tasks.sentiment.task import Sentiment
from recipes.sentiment.adversarial import Adversarial
from recipes.sentiment.prepare import Examples
from recipes.sentiment.settings import Settings
from recipes.sentiment.soft_labels import SoftLabels

# Finer than the lengths that prediction pads to: nothing compiles on torch, and padding costs time.
LENGTHS = (8, 16, 24, 32, 48, 64, 96, 128, 160, 192, 256, 320, 384, 448, 512, 640, 768, 1024)


def fine_tune(
    task: Sentiment,
    settings: Settings,
    train: dict[str, Examples],
    held_out: Examples,
    directory: pathlib.Path,
    resume: bool,
    soft_labels: SoftLabels | None = None,
) -> dict[str, list[float]]:
    """Train the network and leave the task with the weights of the best epoch.

    Args:
        task: the task to train. Its bag of bigrams is left alone, see `bigrams.py`.
        settings: settings of the training.
        train: training examples by data set.
        held_out: examples whose accuracy chooses the epoch.
        directory: folder of the checkpoints.
        resume: whether to continue after the last epoch there.
        soft_labels: texts with a teacher's probabilities, to learn from as well.

    Returns:
        The history: values of each epoch by name.
    """
    for layer in task.model.layers:
        layer.trainable = layer.name != "bigrams"

    def batches(part, soft_labels=None, **options):
        texts, labels = task.examples(part)
        targets = task.targets(labels)
        if soft_labels:
            texts = texts + soft_labels.texts
            targets = np.concatenate([targets, soft_labels.probabilities])
        sequences, size = task.processor.encode(texts), settings.batch_size
        return BucketedBatches(sequences, targets, batch_size=size, lengths=LENGTHS, **options)

    joined = [e for part in train.values() for e in part]
    steps = batches(joined, soft_labels, seed=settings.seed)
    model = Adversarial(task.model, settings.epsilon) if settings.epsilon else task.model
    trained = Sentiment(model, task.processor, task.card)
    trained.compile(training.optimizer(settings.learning_rate, steps=len(steps) * settings.epochs))
    history = training.fit(
        trained.model,
        steps,
        batches(held_out, shuffle=False),
        epochs=settings.epochs,
        monitor="val_accuracy",
        mode="max",
        directory=directory,
        resume=resume,
        settings=dataclasses.asdict(settings),
    )
    return history.history
