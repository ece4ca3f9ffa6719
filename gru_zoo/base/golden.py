"""Golden outputs: what a preset returned for its samples when it was saved.

They are stored beside the weights, so that every backend and version can be compared with them.
"""

import pathlib
from collections.abc import Callable

import numpy as np

from gru_zoo.files import read_json
from gru_zoo.presets.card import Card

FILE_NAME = "golden.npz"
SETTINGS = "processor.json"

Compute = Callable[[list[np.ndarray]], list[np.ndarray]]

TOLERANCE = 1e-4  # largest difference: backends add up in different orders


def write(folder: pathlib.Path, inputs: list[np.ndarray], outputs: list[np.ndarray]) -> None:
    """Write inputs and outputs of a model to the folder of its preset."""
    arrays = {f"input_{i}": array for i, array in enumerate(inputs)}
    arrays |= {f"output_{i}": array for i, array in enumerate(outputs)}
    np.savez_compressed(folder / FILE_NAME, **arrays)  # type: ignore[arg-type]


def read(folder: pathlib.Path) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The inputs and outputs that `write` wrote.

    Raises:
        FileNotFoundError: if there is no such file.
    """
    with np.load(folder / FILE_NAME, allow_pickle=False) as golden:
        inputs = [golden[key] for key in sorted(golden) if key.startswith("input_")]
        return inputs, [golden[key] for key in sorted(golden) if key.startswith("output_")]


def differences(outputs: list[np.ndarray], others: list[np.ndarray]) -> list[float]:
    """Largest absolute difference of each pair of arrays; infinite if their shapes differ."""
    return [
        float(np.abs(one - other).max()) if one.shape == other.shape else float("inf")
        for one, other in zip(outputs, others, strict=True)
    ]


def differs(old: pathlib.Path, new: pathlib.Path, config: dict, compute: Compute) -> bool:
    """Whether a task that was saved again is another one: in sizes, settings or outputs.

    Args:
        old: folder of the preset. Without golden outputs nothing differs from it.
        new: folder in which the task was saved.
        config: arguments of the `Config` of the task's model.
        compute: function from golden inputs to outputs of the task. It is called where the preset
            was saved with other inputs, by a version with other samples.
    """
    if not (old / FILE_NAME).is_file():
        return False
    if Card.load(old).config != config:
        return True
    one, other = (folder / SETTINGS for folder in (old, new))
    if one.is_file() and other.is_file() and read_json(one) != read_json(other):
        return True
    (inputs, outputs), (old_inputs, old_outputs) = read(new), read(old)
    if not all(map(np.array_equal, inputs, old_inputs)):
        outputs = compute(old_inputs)
    return not all(d <= TOLERANCE for d in differences(outputs, old_outputs))
