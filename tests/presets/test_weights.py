"""Models that wait for their weights."""

import h5py
import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo.layers import GRU, TiedEmbedding
from gru_zoo.presets.weights import copy_weights, round_to_grid, save_half, zero_initialization
from gru_zoo.registry import TASKS


def new_model():
    ids = keras.Input((None,), dtype="int32")
    x = GRU(4)(TiedEmbedding(6, 3, name="vectors")(ids))
    return keras.Model(ids, keras.layers.Dense(2)(x))


def kernels(model):
    return [w for w in model.get_weights() if w.ndim == 2 and w.shape[0] != 2]  # no biases


def test_weights_that_are_loaded_next_are_not_drawn():
    with zero_initialization():
        model = new_model()
    assert not any(w.any() for w in kernels(model))


DRAWING = ("VarianceScaling", "Orthogonal", "RandomNormal", "RandomUniform", "TruncatedNormal")


@pytest.mark.parametrize("task", sorted(TASKS))
def test_no_initializer_of_a_task_draws_what_is_loaded_next(task, monkeypatch):
    def draw(self, shape, dtype=None, **kwargs):
        raise AssertionError(f"{type(self).__name__} draws an array of shape {shape}")

    for name in DRAWING:
        monkeypatch.setattr(getattr(keras.initializers, name), "__call__", draw)
    with pytest.raises(AssertionError, match="draws an array"):
        gru_zoo.build(task)
    with zero_initialization():
        gru_zoo.build(task)


def test_clones_and_later_models_draw_again():
    with zero_initialization():
        model = new_model()
    for later in (new_model(), keras.models.clone_model(model)):
        assert all(w.any() for w in kernels(later))


def test_layers_of_the_same_name_are_copied():
    ids = keras.Input((None,), dtype="int32")
    vectors = TiedEmbedding(6, 3, name="vectors")(ids)
    less, more = keras.Model(ids, vectors), new_model()
    kept = more.layers[-1].get_weights()
    copy_weights(less, more)
    for name in ("embeddings", "bias"):
        found, expected = (getattr(m.get_layer("vectors"), name) for m in (more, less))
        np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (found, expected)))
    np.testing.assert_array_equal(more.layers[-1].get_weights()[0], kept[0])
    copy_weights(more, less)  # what only the source has is left out


def test_a_saved_model_names_the_initializers_of_keras(tmp_path):
    with zero_initialization():
        dense = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    dense.set_weights([np.ones((3, 2)), np.zeros(2)])
    dense.save(tmp_path / "dense.keras")
    read = keras.models.load_model(tmp_path / "dense.keras")
    assert type(read.layers[0].kernel_initializer) is keras.initializers.GlorotUniform
    np.testing.assert_array_equal(read.get_weights()[0], np.ones((3, 2)))


def test_coarse_weights_are_near_and_compress(tmp_path):
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(500)])
    kernel, bias = np.random.default_rng(1).normal(0, 0.1, (64, 500)), np.full(500, 0.123)
    model.set_weights([kernel, bias])
    save_half(model, tmp_path / "fine.weights.h5")
    round_to_grid(model)
    save_half(model, tmp_path / "coarse.weights.h5")

    coarse, unchanged = model.get_weights()
    np.testing.assert_allclose(coarse, kernel, atol=kernel.std() / 32 / 2)
    np.testing.assert_allclose(unchanged, bias, rtol=1e-6)
    fine, smaller = (
        (tmp_path / f"{name}.weights.h5").stat().st_size for name in ("fine", "coarse")
    )
    assert smaller < 0.8 * fine
    model.load_weights(tmp_path / "coarse.weights.h5")
    np.testing.assert_array_equal(model.get_weights()[0], coarse)  # exact in float16
    round_to_grid(model)
    np.testing.assert_array_equal(model.get_weights()[0], coarse)


def test_a_large_array_is_compressed_as_a_whole(tmp_path):
    model = keras.Sequential([keras.Input((256,)), keras.layers.Dense(512)])
    save_half(model, tmp_path / "whole.weights.h5")
    chunks = {}
    with h5py.File(tmp_path / "whole.weights.h5") as file:
        file.visititems(lambda name, item: chunks.update({name: getattr(item, "chunks", None)}))
    assert (256, 512) in chunks.values()


def test_files_are_smaller_than_hdf5_makes_them(tmp_path):
    model = keras.Sequential([keras.Input((256,)), keras.layers.Dense(512)])
    rows = np.random.default_rng(2).normal(size=(256, 512)), np.zeros(512)
    model.layers[0].set_weights(rows)
    round_to_grid(model)
    save_half(model, tmp_path / "ours.weights.h5")
    size = {}
    with h5py.File(tmp_path / "ours.weights.h5") as file, h5py.File(tmp_path / "h5", "w") as other:

        def copy(name, item):
            if isinstance(item, h5py.Dataset) and item.size > 1:
                made = other.create_dataset(
                    name, data=item[()], chunks=item.shape, compression=9, shuffle=True
                )
                size[name] = item.id.get_storage_size(), made.id.get_storage_size()

        file.visititems(copy)
    assert max(size.values())[0] < 0.95 * max(size.values())[1]
    assert all(ours <= theirs + 8 for ours, theirs in size.values())
    again = keras.models.clone_model(model)
    again.load_weights(tmp_path / "ours.weights.h5")
    for new, old in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(new, old, rtol=2**-11)


def test_weights_without_spread_stay():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, "relu", True, "ones")])
    round_to_grid(model)
    np.testing.assert_array_equal(model.get_weights()[0], np.ones((2, 3)))
