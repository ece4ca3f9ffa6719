"""Golden outputs: what a preset returned for its samples when it was saved.

They are stored beside the weights, so that every backend and version can be compared with them.
"""

import pathlib

import numpy as np

from gru_zoo.files import read_json

FILE_NAME = "golden.npz"

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


def differs(old: pathlib.Path, new: pathlib.Path, settings: str) -> bool:
    """Whether two folders of a preset differ in its settings or its golden outputs.

    Args:
        old: a folder. Without golden outputs it differs from none.
        new: a folder with golden outputs.
        settings: name of the JSON file of settings, which may be missing.
    """
    if not (old / FILE_NAME).is_file():
        return False
    files = [folder / settings for folder in (old, new)]
    if all(path.is_file() for path in files) and read_json(files[0]) != read_json(files[1]):
        return True
    outputs = (read(folder)[1] for folder in (old, new))
    return not all(difference <= TOLERANCE for difference in differences(*outputs))
