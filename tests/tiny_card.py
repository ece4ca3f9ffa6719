"""The card of a task with few, random weights."""

import dataclasses

from gru_zoo.presets.card import Card


def tiny_card(task: str, config, labels=None) -> Card:
    return Card(
        name="tiny",
        task=task,
        title="a tiny model",
        summary="For tests.",
        config=dataclasses.asdict(config),
        labels=labels,
        licence="none",
        intended_use="tests",
        limits="random weights",
        citations=(),
    )
