"""Weights of models: initialization, copies, rounding, and files at half precision."""

import contextlib
import pathlib
import warnings
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import keras
import numpy as np

if TYPE_CHECKING:
    import h5py

# Level and strategy. The first is best for most arrays; the others for tables with many zeros, and
# for those with rows that occur again.
_DEFLATE = ((9, zlib.Z_HUFFMAN_ONLY), (9, zlib.Z_RLE), (4, zlib.Z_FILTERED))
_RANDOM = ("glorot_uniform", "orthogonal", "random_normal", "uniform")


@contextlib.contextmanager
def zero_initialization() -> Iterator[None]:
    """Within the block, the default initializers of Keras give zeros instead of random weights.

    This is for models whose weights are loaded next: drawing takes seconds on JAX, which compiles
    the draw of each shape. After the block the initializers of the same layers draw again, so
    that clones of the layers start from random weights.
    """
    waiting = [True]
    scope = {name: _zeros_while(waiting, type(keras.initializers.get(name))) for name in _RANDOM}
    try:
        with keras.saving.custom_object_scope(scope):
            yield
    finally:
        waiting.clear()


def _zeros_while(waiting: list, initializer: type) -> type:
    """A subclass of an initializer with its name, which gives zeros while `waiting` has items."""

    def call(self, shape, dtype=None, **kwargs):
        if waiting:
            return keras.ops.zeros(shape, dtype)
        return initializer.__call__(self, shape, dtype, **kwargs)

    members = {"__call__": call, "__module__": initializer.__module__}
    return type(initializer.__name__, (initializer,), members)


def copy_weights(source: keras.Model, target: keras.Model) -> None:
    """Copy the weights of all layers whose names are in both models.

    Args:
        source: the model to copy from.
        target: the model to copy to. Its other layers stay as they are.

    Raises:
        ValueError: if layers of the same name have weights of different shapes.
    """
    names = {layer.name for layer in source.layers}
    for layer in target.layers:
        if layer.name in names:
            layer.set_weights(source.get_layer(layer.name).get_weights())


def round_to_grid(model: keras.Model, steps: int = 32) -> None:
    """Round the kernels and tables of a model to a grid, so that its file is a quarter smaller.

    The step of the grid is, for each array, the largest power of two of which at least `steps`
    make a standard deviation. A value moves by at most half a step. Few different values are left,
    which compress well. Vectors, and tables of whole numbers, stay as they are.

    Args:
        model: the model, which is changed in place.
        steps: minimum steps per standard deviation.
    """
    for variable in model.weights:
        array = keras.ops.convert_to_numpy(variable)
        if array.dtype.kind in "iu":
            continue
        spread = array.std()
        if array.ndim > 1 and spread > 0:
            step = 2.0 ** np.floor(np.log2(spread / steps))
            variable.assign((np.round(array / step) * step).astype(array.dtype))


def save_half(model: keras.Model, path: pathlib.Path) -> None:
    """Write the weights of a model as float16, in the `.weights.h5` layout of Keras.

    `keras.Model.load_weights` reads the file and converts back. An array with a value beyond the
    range of float16 (65,504) is kept in float32. Arrays are compressed without loss.

    Args:
        model: the model.
        path: the file, whose name ends in `.weights.h5`.
    """
    import h5py

    model.save_weights(path)
    with h5py.File(path, "r") as file:
        arrays: dict[str, np.ndarray] = {}
        groups: dict[str, dict] = {}

        def visit(name, item):
            if isinstance(item, h5py.Dataset):
                arrays[name] = item[()]
            groups[name] = dict(item.attrs)

        file.visititems(visit)
        root = dict(file.attrs)
    with h5py.File(path, "w") as file:
        file.attrs.update(root)
        for name, attributes in groups.items():
            if name in arrays:
                item = _write(file, name, _halve(arrays[name]))
            else:
                item = file.require_group(name)
            item.attrs.update(attributes)


def _write(file: "h5py.File", name: str, array: np.ndarray) -> "h5py.Dataset":
    """Write an array as one compressed chunk, which every reader of HDF5 reads.

    HDF5's own compression looks for repeated bytes. Weights have few, so it takes far longer than a
    Huffman code alone, and more space.
    """
    if array.size <= 1:  # HDF5 compresses no scalars
        return file.create_dataset(name, data=array)
    filters = {"chunks": array.shape, "compression": "gzip", "shuffle": True}
    item = file.create_dataset(name, array.shape, array.dtype, **filters)
    # The filter `shuffle`: the first bytes of all numbers, then the second ones.
    planes = np.frombuffer(array.tobytes(), "uint8").reshape(-1, array.itemsize).T.tobytes()
    smallest = min((_deflate(planes, *how) for how in _DEFLATE), key=len)
    item.id.write_direct_chunk((0,) * array.ndim, smallest)
    return item


def _deflate(content: bytes, level: int, strategy: int) -> bytes:
    compressor = zlib.compressobj(level, strategy=strategy)
    return compressor.compress(content) + compressor.flush()


def load_weights(model: keras.Model, path: pathlib.Path) -> None:
    """Read the weights that `save_half` wrote into a model of the same architecture.

    Raises:
        ValueError: if the file is damaged, or does not have exactly the weights of the model.
    """
    try:
        with warnings.catch_warnings():
            # Where the file lacks weights, Keras keeps new ones and only warns.
            warnings.simplefilter("error", UserWarning)
            model.load_weights(path)
    except (ValueError, OSError, KeyError, RuntimeError, UserWarning) as error:
        raise ValueError(
            f"The weights in '{path}' do not fit the model that the card of the preset describes: "
            f"{error}"
        ) from error


def _halve(array: np.ndarray) -> np.ndarray:
    """Convert an array to float16 if it is float32 and all of its values fit."""
    if array.dtype != np.float32 or np.abs(array).max(initial=0) > np.finfo("float16").max:
        return array
    return array.astype("float16")
