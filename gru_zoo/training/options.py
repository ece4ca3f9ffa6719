"""Options that `fit` of every task takes, and the layers that a training leaves as they are."""

import contextlib
import fnmatch
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypedDict

import keras


class FitOptions(TypedDict, total=False):
    """Options that `fit` of every task takes.

    Args:
        average: number of best epochs, 1 or more, whose mean the weights become; 1 by default.
        patience: number of epochs, 1 or more, without a better one after which training stops;
            None, the default, trains all epochs.
        freeze: names of layers of `task.model` that keep their weights, or patterns of them such
            as "conv_*", see `frozen`; none by default.
        callbacks: callbacks of Keras, which see the quantities of the history. They cannot set the
            learning rate, which follows a schedule, and start anew when a training is resumed.
        directory: folder that keeps the state of every epoch, from which a training can be
            resumed; None, the default, keeps nothing.
        resume: whether to resume the training in `directory`; False by default.
        verbose: as in `keras.Model.fit`; "auto" by default, which shows a progress bar.

    Example:
        >>> import gru_zoo, keras
        >>> task = gru_zoo.load("sentiment", labels=["bug", "feature"])
        >>> stop = keras.callbacks.EarlyStopping("val_accuracy", patience=1)
        >>> options = {"freeze": ["embedding", "*ward"], "callbacks": [stop], "verbose": 0}
        >>> texts = [f"{text} {i}" for i in range(10) for text in ("It crashes", "Add a menu")]
        >>> history = task.fit(texts, ["bug", "feature"] * 10, epochs=2, **options)
    """

    average: int
    patience: int | None
    freeze: str | Sequence[str]
    callbacks: Sequence[keras.callbacks.Callback]
    directory: str | os.PathLike | None
    resume: bool
    verbose: int | str


def check_options(options: Mapping[str, Any], model: keras.Model, names: Sequence[str]) -> None:
    """Check options before the data are read.

    Args:
        options: the options that were given.
        model: the model to be trained.
        names: names of the options there are.

    Raises:
        TypeError: an option is unknown or has a wrong type.
        ValueError: `freeze` names no layer.
    """
    unknown = [f"{name}={value!r:.80}" for name, value in options.items() if name not in names]
    if unknown:
        raise TypeError(
            f"Expected arguments of fit or options among {list(names)}. Received: "
            f"{', '.join(unknown)}."
        )
    callbacks = options.get("callbacks", ())
    many = isinstance(callbacks, Sequence)
    if not many or not all(isinstance(one, keras.callbacks.Callback) for one in callbacks):
        raise TypeError(f"Expected a list of callbacks of Keras. Received: {callbacks!r:.80}.")
    layers_to_freeze(model, options.get("freeze", ()))


def layers_to_freeze(model: keras.Model, freeze: str | Sequence[str]) -> list[keras.Layer]:
    """Layers with weights whose names match.

    Args:
        model: the model.
        freeze: names, or patterns of the shell: "*" is any text, "?" any character, "[12]" one of
            these.

    Raises:
        TypeError: a name is not a string.
        ValueError: a name or pattern fits no layer, or nothing is left to train.
    """
    patterns = [freeze] if isinstance(freeze, str) else list(freeze)
    layers = [layer for layer in model.layers if layer.weights]
    found = []
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise TypeError(f"Expected names of layers to freeze. Received: {pattern!r:.80}.")
        matches = [layer for layer in layers if fnmatch.fnmatchcase(layer.name, pattern)]
        if not matches:
            raise ValueError(
                f"Expected names or patterns of layers to freeze among "
                f"{[layer.name for layer in layers]}. Received: freeze={pattern!r}."
            )
        found += [layer for layer in matches if layer not in found]
    if found and all(layer in found for layer in layers if layer.trainable):
        raise ValueError(
            f"Expected a layer that is left to train. Received: freeze={freeze!r}, all of them."
        )
    return found


@contextlib.contextmanager
def frozen(layers: Sequence[keras.Layer]) -> Iterator[None]:
    """Make layers untrainable for a while. Those of normalization use their kept statistics.

    Compile the model inside, since an optimizer has the weights that are trained.

    Args:
        layers: layers of a model.
    """
    changed = [layer for layer in layers if layer.trainable]
    for layer in changed:
        layer.trainable = False
    try:
        yield
    finally:
        for layer in changed:
            layer.trainable = True
