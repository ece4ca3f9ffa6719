"""A pointer for a language model that has none, fitted on text that the model has not learned.

Of its training text a model knows the names by heart and has little use for looking back. On the
text held out it meets names for the first time, as it will with its users, and there a pointer
learns what to look for and when.
"""

import dataclasses
from collections.abc import Mapping

import keras
import numpy as np

from gru_zoo.batching.padding import pad
from gru_zoo.presets.weights import copy_weights
from gru_zoo.tasks.text_generation.model import Config, build
from gru_zoo.tasks.text_generation.reader import MOST, LanguageModelReader
from gru_zoo.tasks.text_generation.task import TextGeneration
from gru_zoo.text.special_tokens import EOS

_LIKENESS = 13.0  # of a state to itself in the mean, to begin with: how sharp the softmax is
_CALM = ("input_dropout", "hidden_dropout", "output_dropout", "recurrent_weight_dropout", "zoneout")


def with_pointer(
    task: TextGeneration, text: str, pointer: Mapping[str, int], epochs: int, seed: int
) -> TextGeneration:
    """The task with a memory; all that it had before stays as it is.

    Args:
        task: a task without a memory.
        text: what it was not trained on; the last fifth chooses the epoch.
        pointer: the fields of its config: `memory`, `key_dim` and `nearest`.
        epochs: passes over the text.
        seed: of the training.
    """
    config = Config(**task.card.config)
    config = dataclasses.replace(config, **pointer)
    # What the frozen layers say in training is what they will say later.
    calm = build(dataclasses.replace(config, **dict.fromkeys(_CALM, 0.0)))
    copy_weights(task.model, calm)
    begin(calm.get_layer("pointer"), states_of(task, text))
    for layer in calm.layers:
        layer.trainable = layer.name == "pointer"
    learner = TextGeneration(calm, task.processor, task.card)
    # Long streams: a memory is filled after `memory` steps.
    learner.fit(
        text, validation=0.2, epochs=epochs, rows=4, window=200, learning_rate=1e-3, seed=seed
    )
    model = build(config)
    copy_weights(calm, model)
    card = task.card.replace(config=dataclasses.asdict(config))
    pointing = TextGeneration(model, task.processor, card)
    pointing.history = task.history
    return pointing


def states_of(task: TextGeneration, text: str) -> np.ndarray:
    """The states of the last GRU over a text, `(length, units)`."""
    reader = LanguageModelReader(task.model)
    every = keras.Model(task.model.inputs, [gru.output[0] for gru in reader.grus])
    ids = np.concatenate([[EOS], task.processor.encode(text)])[:-1].astype("int32")
    rows, states = [], reader.first_states()
    for start in range(0, len(ids), MOST):
        window = ids[start : start + MOST]
        sequences = [np.asarray(s) for s in every.predict_on_batch([pad([window]), *states])]
        states = [sequence[:, len(window) - 1] for sequence in sequences]
        rows.append(sequences[-1][0, : len(window)])
    return np.concatenate(rows)


def begin(pointer: keras.layers.Layer, states: np.ndarray) -> None:
    """Let a pointer begin as a cache (Grave et al. 2017, Improving Neural Language Models with a
    Continuous Cache) on the principal components of the states: alike are those with a large
    product. The sentinel has most of the probability."""
    mean = states.mean(axis=0)
    variances, axes = np.linalg.eigh((states - mean).T @ (states - mean) / len(states))
    axes = axes[:, ::-1][:, : pointer.key_dim]
    sharpness = _LIKENESS / variances[::-1][: pointer.key_dim].sum()
    pointer.key_kernel.assign(axes)
    pointer.query_kernel.assign(sharpness * axes)
    pointer.query_bias.assign(-sharpness * mean @ axes)
    pointer.sentinel.assign(np.zeros(pointer.sentinel.shape))
    keys, queries = states @ axes, sharpness * (states - mean) @ axes
    places = np.linspace(0, len(states) - 1, 200).astype(int)
    near = [queries[t] @ keys[max(t - pointer.size, 0) : t].T for t in places[1:]]
    pointer.bias.assign(np.mean([np.logaddexp.reduce(scores) for scores in near]) + 1)
