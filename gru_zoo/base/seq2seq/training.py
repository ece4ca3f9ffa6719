"""What `fit` of a sequence-to-sequence task does."""

from collections.abc import Callable, Sequence

import keras

from gru_zoo import training
from gru_zoo.base.seq2seq.references import with_references
from gru_zoo.metrics.metric import Metric
from gru_zoo.text.inputs import as_texts


class ValidationMetric(keras.callbacks.Callback):
    """Adds the metric of greedily written texts to the logs of an epoch, as `val_<name>`.

    Args:
        write: from sources to texts.
        metric: from texts and their references to a metric.
        sources: the held-out sources.
        references: the references of each.
    """

    def __init__(
        self,
        write: Callable[[list[str]], list[str]],
        metric: Callable[[Sequence[str], Sequence], Metric],
        sources: Sequence[str],
        references: Sequence,
    ):
        super().__init__()
        self.write, self.metric = write, metric
        self.sources, self.references = list(sources), references

    def on_epoch_end(self, epoch, logs=None):
        found = self.metric(self.write(self.sources), self.references)
        logs[f"val_{found.name}"] = found.value


def split(sources, targets, validation, seed):
    """((sources, targets) to train on, (sources, references) held out)."""
    sources, targets = as_texts(sources), as_texts(targets)  # by position, not by a table's index
    if len(sources) != len(targets):
        raise ValueError(
            f"Expected a target for each text. Received: {len(sources)} texts and "
            f"{len(targets)} targets."
        )
    what = "sources and references"
    train, held_out = training.split_pairs((sources, targets), validation, seed, what)
    held, references = held_out
    return train, with_references(held, references, "text of validation")
