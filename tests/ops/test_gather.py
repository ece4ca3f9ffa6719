import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.ops.gather import take_along_axis


@pytest.mark.parametrize(
    ("shape", "axis"), [((2, 3, 1), 1), ((2, 3, 5), 1), ((2, 4, 2), -1), ((2, 1, 2), -1)]
)
def test_equals_numpy(shape, axis):
    random = np.random.default_rng(0)
    values = random.normal(size=(2, 4, 5)).astype("float32")
    indices = random.integers(4, size=shape).astype("int32")
    found = take_along_axis(ops.convert_to_tensor(values), ops.convert_to_tensor(indices), axis)
    np.testing.assert_array_equal(
        ops.convert_to_numpy(found), np.take_along_axis(values, indices, axis)
    )


def test_in_a_functional_model_that_is_saved(tmp_path):
    values, indices = keras.Input((4, 3)), keras.Input((None, 1), dtype="int32")
    model = keras.Model([values, indices], take_along_axis(values, indices, axis=1))
    assert model.output.shape == (None, None, 3)
    inputs = [np.arange(24, dtype="float32").reshape(2, 4, 3), np.array([[[3]], [[0]]], "int32")]
    expected = inputs[0][[0, 1], [3, 0]][:, None]
    model.save(tmp_path / "model.keras")
    for one in (model, keras.models.load_model(tmp_path / "model.keras")):
        np.testing.assert_array_equal(one.predict(inputs, verbose=0), expected)
