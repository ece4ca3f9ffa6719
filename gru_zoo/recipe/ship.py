"""Save a trained task as a preset, and measure what was saved."""

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from gru_zoo import registry
from gru_zoo.base.task import Task
from gru_zoo.presets.weights import round_to_grid

if TYPE_CHECKING:
    from gru_zoo.base.seq2seq.task import Seq2SeqTask


def tune_length_penalty(
    task: "Seq2SeqTask",
    write: Callable[..., list[str]],
    held_out: tuple[list[str], Sequence],
    penalties: Sequence[float] = (0.0, 0.5, 1.0, 1.5),
) -> None:
    """Choose the length penalty of beam search by the metric on validation data.

    Args:
        task: the task, whose processor stores the penalty.
        write: method of the task from sources and `length_penalty` to texts.
        held_out: sources and their references.
        penalties: penalties to choose from.
    """
    sources, references = held_out
    scores = {
        penalty: task.validation_metric(write(sources, length_penalty=penalty), references)
        for penalty in penalties
    }
    name = next(iter(scores.values())).name
    values = {penalty: metric.value for penalty, metric in scores.items()}
    print(f"validation {name} by length penalty:", values)
    task.processor.length_penalty = max(values, key=values.__getitem__)


def ship(
    task: Task,
    folder: str | os.PathLike,
    tests: Iterable[tuple[str, str]],
    data_dir: str | None,
    validate: Callable[[Any], None] = lambda shipped: None,
) -> None:
    """Save a trained task as a preset, load it again, and measure the loaded one.

    Weights are rounded to a grid before they are saved, so the numbers in the card are those of
    the weights that users load.

    Args:
        task: the task, its card without metrics.
        folder: folder of the preset.
        tests: data sets and splits to measure on, each read once.
        data_dir: folder of the data sets, see `Task.evaluate_split`.
        validate: called with the loaded task before the tests, for what is tuned or printed on
            validation data.
    """
    round_to_grid(task.model)
    shipped = registry.load(task.save(folder))
    validate(shipped)
    rows = []
    for dataset, split in tests:
        rows += shipped.evaluate_split(dataset, split, data_dir, verbose=True)
    shipped.card = shipped.card.replace(metrics=tuple(rows))
    shipped.save(folder)
    print(f"saved to {folder}")
    for row in rows:
        name = shipped.card.name
        print(f"| {name} | {row.dataset} | {row.split} | {row.metric} | {row.value:.4f} |")
