"""Weight files at half precision."""

import pathlib

import keras
import numpy as np


def save_half(model: keras.Model, path: pathlib.Path) -> None:
    """Write a model's weights as float16 in Keras' own `.weights.h5` layout.

    `keras.Model.load_weights` reads the file and converts back. An array with a value beyond
    float16's range (65,504) is kept in float32. Arrays are compressed, without loss.
    """
    import h5py

    model.save_weights(path)
    with h5py.File(path, "r") as file:
        found: dict[str, np.ndarray] = {}
        groups: dict[str, dict] = {}

        def visit(name, item):
            if isinstance(item, h5py.Dataset):
                found[name] = item[()]
            groups[name] = dict(item.attrs)

        file.visititems(visit)
        root = dict(file.attrs)
    with h5py.File(path, "w") as file:
        file.attrs.update(root)
        for name, attributes in groups.items():
            if name in found:
                array = _halve(found[name])
                # HDF5 compresses no scalars.
                options = {"compression": "gzip", "shuffle": True} if array.size > 1 else {}
                item = file.create_dataset(name, data=array, **options)
            else:
                item = file.require_group(name)
            item.attrs.update(attributes)


def _halve(array: np.ndarray) -> np.ndarray:
    if array.dtype != np.float32 or np.abs(array).max(initial=0) > np.finfo("float16").max:
        return array
    return array.astype("float16")
