"""Add a pointer to a trained language model, fitted on text that the model was not trained on.

A model has memorized the names of its training text, and so gains little by pointing there. In the
text held out names are new to it, as they will be in its users' texts: there a pointer learns what
to look for, and when.
"""

import dataclasses
from collections.abc import Mapping

import keras
import numpy as np

from gru_zoo.batching.padding import pad
from gru_zoo.presets.weights import copy_weights
from gru_zoo.tasks.text_generation.model import Config, build
from gru_zoo.tasks.text_generation.reader import MAX_WINDOW, LanguageModelReader
from gru_zoo.tasks.text_generation.task import TextGeneration
from gru_zoo.text.special_tokens import EOS

_SELF_SIMILARITY = 13.0  # initial mean score of a state with itself: how sharp the softmax is
_DROPOUTS = (
    "input_dropout",
    "hidden_dropout",
    "output_dropout",
    "recurrent_weight_dropout",
    "zoneout",
)


def with_pointer(
    task: TextGeneration, text: str, pointer: Mapping[str, int], epochs: int, seed: int
) -> TextGeneration:
    """Fit a pointer; all other weights stay as they are.

    Args:
        task: a task without a pointer.
        text: text that it was not trained on; the last fifth chooses the epoch.
        pointer: values of the config's fields `memory`, `key_dim` and `nearest`.
        epochs: passes over the text.
        seed: seed of the training.

    Returns:
        A new task with the pointer.
    """
    config = Config(**task.card.config)
    config = dataclasses.replace(config, **pointer)
    # Without dropout the frozen layers have the same outputs in training as later.
    frozen = build(dataclasses.replace(config, **dict.fromkeys(_DROPOUTS, 0.0)))
    copy_weights(task.model, frozen)
    initialize(frozen.get_layer("pointer"), states_of(task, text))
    for layer in frozen.layers:
        layer.trainable = layer.name == "pointer"
    learner = TextGeneration(frozen, task.processor, task.card)
    # Few rows make long streams: the memory is full after `memory` steps.
    learner.fit(
        text, validation=0.2, epochs=epochs, rows=4, window=200, learning_rate=1e-3, seed=seed
    )
    model = build(config)
    copy_weights(frozen, model)
    card = task.card.replace(config=dataclasses.asdict(config))
    with_memory = TextGeneration(model, task.processor, card)
    with_memory.history = task.history
    return with_memory


def states_of(task: TextGeneration, text: str) -> np.ndarray:
    """States of the last GRU at each token of a text, float32, shape `(length, units)`."""
    reader = LanguageModelReader(task.model)
    all_states = keras.Model(task.model.inputs, [gru.output[0] for gru in reader.grus])
    ids = np.concatenate([[EOS], task.processor.encode(text)])[:-1].astype("int32")
    rows, states = [], reader.initial_states()
    for start in range(0, len(ids), MAX_WINDOW):
        window = ids[start : start + MAX_WINDOW]
        outputs = all_states.predict_on_batch([pad([window]), *states])
        # Keras returns a single output without a list around it.
        sequences = [np.asarray(output) for output in keras.tree.flatten(outputs)]
        states = [sequence[:, len(window) - 1] for sequence in sequences]
        rows.append(sequences[-1][0, : len(window)])
    return np.concatenate(rows)


def initialize(pointer: keras.layers.Layer, states: np.ndarray) -> None:
    """Initialize a pointer as a cache whose keys are the principal components of the states.

    A cache compares states by their products (Grave et al. 2017, Improving Neural Language Models
    with a Continuous Cache). The sentinel starts with most of the probability.

    Args:
        pointer: the layer, which is changed.
        states: from `states_of`, shape `(length, units)`.
    """
    mean = states.mean(axis=0)
    variances, axes = np.linalg.eigh((states - mean).T @ (states - mean) / len(states))
    axes = axes[:, ::-1][:, : pointer.key_dim]
    sharpness = _SELF_SIMILARITY / variances[::-1][: pointer.key_dim].sum()
    pointer.key_kernel.assign(axes)
    pointer.query_kernel.assign(sharpness * axes)
    pointer.query_bias.assign(-sharpness * mean @ axes)
    pointer.sentinel.assign(np.zeros(pointer.sentinel.shape))
    keys, queries = states @ axes, sharpness * (states - mean) @ axes
    places = np.unique(np.linspace(0, len(states) - 1, 200).astype(int))
    scores_before = [queries[t] @ keys[max(t - pointer.size, 0) : t].T for t in places[1:]]
    pointer.bias.assign(np.mean([np.logaddexp.reduce(scores) for scores in scores_before]) + 1)
