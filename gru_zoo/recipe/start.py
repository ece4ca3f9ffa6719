"""Weights and tokenizers that a training starts from."""

import pathlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gru_zoo.base.task import Task
from gru_zoo.files import write_atomically
from gru_zoo.presets.weights import copy_weights
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

if TYPE_CHECKING:
    pass


def earlier(folders: Sequence[str], **options: Any) -> Task:
    """The task to go on from: a saved preset, or the first of several with the mean of all weights.

    Presets that were trained on from one with other seeds or data lie so close to each other that
    the mean of their weights can be better than each of them (Wortsman et al. 2022, Model soups).

    Args:
        folders: the presets.
        **options: of `gru_zoo.load`.

    Raises:
        SystemExit: the presets are of different sizes.
    """
    import gru_zoo

    task = gru_zoo.load(folders[0], **options)
    weights = [task.model.get_weights()]
    for folder in folders[1:]:
        weights.append(gru_zoo.load(folder, **options).model.get_weights())
        if [w.shape for w in weights[-1]] != [w.shape for w in weights[0]]:
            raise SystemExit(
                "Expected presets that come from one. Received: weights of other shapes in "
                f"'{folder}' than in '{folders[0]}'."
            )
    task.model.set_weights([np.mean(parts, axis=0) for parts in zip(*weights, strict=True)])
    return task


def go_on_from(task: Task, earlier: Task) -> None:
    """Give an untrained task the weights of an earlier one, as far as it has the same layers.

    Args:
        task: the task.
        earlier: the earlier one.

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


def fitted_tokenizer(
    work: pathlib.Path, texts: Iterable[str], size: int, resume: bool, **options: Any
) -> SubwordTokenizer:
    """A tokenizer fitted to texts, or that of the training that is gone on with.

    Args:
        work: the folder in which it is kept.
        texts: training texts.
        size: number of sub-words.
        resume: whether to take the one in the folder, if any.
        **options: of `SubwordTokenizer.train`.
    """
    path = work / "tokenizer.model"
    if not (resume and path.is_file()):
        work.mkdir(parents=True, exist_ok=True)
        write_atomically(path, SubwordTokenizer.train(texts, size, **options).model)
    return SubwordTokenizer(path.read_bytes())
