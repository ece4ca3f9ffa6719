"""Parts of `Seq2SeqTask.fit`: the split, the selection of pairs and the metric of an epoch."""

import inspect
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo import metrics, training
from gru_zoo.base.seq2seq.references import with_references
from gru_zoo.text.inputs import as_texts

Pairs = tuple[list[str], list[str]]
"""Sources and their targets."""

WithReferences = tuple[list[str], list[tuple[str, ...]]]
"""Sources and the references of each."""


class ValidationMetric(keras.callbacks.Callback):
    """Add a metric of generated texts to the logs of every epoch, as `val_<name>`.

    Args:
        generate: function from sources to generated texts.
        metric: function from generated texts and their references to a metric.
        sources: the held-out sources.
        references: the references of each source.
    """

    def __init__(
        self,
        generate: Callable[[list[str]], list[str]],
        metric: Callable[[Sequence[str], metrics.References], metrics.Metric],
        sources: Sequence[str],
        references: metrics.References,
    ):
        super().__init__()
        self.generate, self.metric = generate, metric
        self.sources, self.references = list(sources), references

    def on_epoch_end(self, epoch, logs=None):
        result = self.metric(self.generate(self.sources), self.references)
        logs[f"val_{result.name}"] = result.value


def select_epochs_by(
    generate: Callable[[list[str]], list[str]],
    metric: Callable[[Sequence[str], metrics.References], metrics.Metric],
    held_out: WithReferences,
) -> dict[str, Any]:
    """Arguments of `Task._train` that select the best epochs by a metric.

    Where the package of the metric is missing, the epochs are selected by the validation loss.

    Args:
        generate: function from sources to generated texts.
        metric: function from generated texts and their references to a metric.
        held_out: the held-out sources and their references.

    Returns:
        `monitor`, `mode` and `own_callbacks`.

    Warns:
        UserWarning: the package of the metric is missing.
    """
    try:
        name = metric(["a"], ["a"]).name
    except ImportError as error:
        warnings.warn(f"{error} Until then val_loss selects the best epochs.", stacklevel=3)
        return {"monitor": "val_loss", "mode": "min", "own_callbacks": ()}
    callbacks = (ValidationMetric(generate, metric, *held_out),)
    return {"monitor": f"val_{name}", "mode": "max", "own_callbacks": callbacks}


def split_text_pairs(
    sources: Sequence[str], targets: Sequence[str], validation: Any, seed: int
) -> tuple[Pairs, WithReferences]:
    """Split pairs of texts into training pairs and validation pairs.

    Args:
        sources: source texts.
        targets: the target of each source.
        validation: share of the pairs to hold out, or sources and references to validate with.
        seed: seed of the split.

    Returns:
        Sources and targets to train on; sources and references to validate with.

    Raises:
        TypeError: a text is not a string, or `validation` neither a share nor pairs.
        ValueError: a text lacks its target or reference, or one part has no pair.
    """
    # Lists, because the columns of a table are indexed by label.
    sources, targets = as_texts(sources), as_texts(targets)
    if len(sources) != len(targets):
        raise ValueError(
            f"Expected a target for each text. Received: {len(sources)} texts and "
            f"{len(targets)} targets."
        )
    train, (held_out, references) = training.split_pairs(
        (sources, targets), validation, seed, "sources and references"
    )
    return train, with_references(held_out, references, "text of validation")


def drop_long_pairs(
    pairs: Pairs,
    source_ids: Sequence[np.ndarray],
    target_ids: Sequence[np.ndarray],
    max_length: int,
) -> Pairs:
    """Drop the pairs with a text of more than `max_length` sub-words, with a warning.

    Args:
        pairs: sources and targets.
        source_ids: ids of each source, `EOS` included.
        target_ids: ids of each target, `EOS` included.
        max_length: maximum number of sub-words of a text, `EOS` not counted.

    Raises:
        ValueError: no pair is left.
    """
    lengths = [max(map(len, ids)) - 1 for ids in zip(source_ids, target_ids, strict=True)]
    rows = [i for i, length in enumerate(lengths) if length <= max_length]
    if not rows:
        raise ValueError(
            f"Expected pairs of texts of at most {max_length} sub-words. Received: none among "
            f"{len(lengths)}."
        )
    if len(rows) < len(lengths):
        warnings.warn(
            f"Skipped {len(lengths) - len(rows)} of {len(lengths)} pairs. Expected texts of at "
            f"most {max_length} sub-words.",
            stacklevel=4,
        )
    sources, targets = pairs
    return [sources[i] for i in rows], [targets[i] for i in rows]


def loss_options(loss: Callable[..., keras.losses.Loss]) -> list[str]:
    """Names of the arguments of a function that returns a loss."""
    return list(inspect.signature(loss).parameters)
