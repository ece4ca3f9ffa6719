"""Weights and tokenizers that a training starts from."""

import pathlib
from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo import registry
from gru_zoo.base.task import Task
from gru_zoo.files import write_atomically
from gru_zoo.presets.weights import copy_weights
from gru_zoo.text.subword_tokenizer import SubwordTokenizer


def load_earlier(folders: Sequence[str], **options: Any) -> Task:
    """Load the preset that a training starts from, or the mean of the weights of several.

    Presets that were trained from one preset with different seeds or data lie so close to each
    other that the mean of their weights can be better than each of them (Wortsman et al. 2022,
    Model soups).

    Args:
        folders: the presets; all but the weights is taken from the first one.
        **options: further arguments of `gru_zoo.load`.

    Raises:
        SystemExit: the presets have weights of different shapes.
    """
    task = registry.load(folders[0], **options)
    weights = [task.model.get_weights()]
    for folder in folders[1:]:
        weights.append(registry.load(folder, **options).model.get_weights())
        if [w.shape for w in weights[-1]] != [w.shape for w in weights[0]]:
            raise SystemExit(
                "Expected presets that were trained from one preset. Received: weights of other "
                f"shapes in '{folder}' than in '{folders[0]}'."
            )
    task.model.set_weights([np.mean(parts, axis=0) for parts in zip(*weights, strict=True)])
    return task


def copy_earlier_weights(task: Task, earlier: Task) -> None:
    """Copy weights of an earlier task into an untrained one, layer by layer of the same name.

    Args:
        task: the untrained task.
        earlier: the earlier task.

    Raises:
        SystemExit: layers of the same name differ in size.
    """
    try:
        copy_weights(earlier.model, task.model)
    except ValueError as error:
        raise SystemExit(
            f"Expected the settings with which '{earlier.card.name}' was trained, which are the "
            f"config of its card. Received others: {error}"
        ) from error


def set_pretrained_layers(model: keras.Model, path: pathlib.Path) -> None:
    """Set the weights of the layers that `recipes/sentiment/pretrain.py` trained.

    Args:
        model: the model, with a layer for each name in the file.
        path: an `.npz` file with an array for each key "layer/index of the weight".
    """
    with np.load(path, allow_pickle=False) as arrays:
        for name in {key.split("/")[0] for key in arrays}:
            layer = model.get_layer(name)
            layer.set_weights([arrays[f"{name}/{i}"] for i in range(len(layer.weights))])


def fit_tokenizer(
    work: pathlib.Path, texts: Iterable[str], size: int, resume: bool, **options: Any
) -> SubwordTokenizer:
    """Fit a tokenizer and keep it in a folder, or load the one there if a training is resumed.

    Args:
        work: folder of the training, in which the tokenizer is kept.
        texts: training texts.
        size: number of sub-words.
        resume: whether to take the tokenizer in the folder, if there is one.
        **options: further arguments of `SubwordTokenizer.train`.
    """
    path = work / "tokenizer.model"
    if not (resume and path.is_file()):
        work.mkdir(parents=True, exist_ok=True)
        write_atomically(path, SubwordTokenizer.train(texts, size, **options).model)
    return SubwordTokenizer(path.read_bytes())
