import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.ops.compile import ProgramCache, compiled, predict_on_batch


def test_the_least_recently_used_program_is_dropped():
    cache, made = ProgramCache(max_size=2), []

    def get(key):
        return cache.get(key, lambda: made.append(key) or key)

    assert [get(key) for key in "abaca"] == list("abaca")
    assert made == ["a", "b", "c"]  # b was dropped for c, a was used since
    assert get("b") == "b" and made[-1] == "b" and len(cache) == 2


@pytest.mark.parametrize("fixed", [False, True])
def test_a_compiled_function_reads_the_present_values(fixed):
    variable = keras.Variable(np.ones(2, "float32"))
    double = compiled(lambda x: x * variable, [variable], fixed)
    x = np.array([1.0, 2.0], "float32")
    assert ops.convert_to_numpy(double(ops.convert_to_tensor(x))).tolist() == [1.0, 2.0]
    variable.assign([3.0, 4.0])
    assert ops.convert_to_numpy(double(ops.convert_to_tensor(x))).tolist() == [3.0, 8.0]


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's programs")
@pytest.mark.parametrize("fixed", [False, True])
def test_few_programs_of_tensorflow_are_kept(monkeypatch, fixed):
    monkeypatch.setattr(ProgramCache.__init__, "__defaults__", (3,))
    traced = []

    def function(x):
        traced.append(x.shape.rank)
        return x + 1

    program = compiled(function, [], fixed)
    shapes = [(1,) * rank for rank in range(1, 6)]
    for shape in shapes:
        assert ops.convert_to_numpy(program(np.zeros(shape, "float32"))).shape == shape
    assert len(traced) == 5
    program(np.zeros(shapes[-1], "float32"))
    assert len(traced) == 5  # still there
    program(np.zeros(shapes[0], "float32"))
    assert len(traced) == 6  # was dropped


def test_predictions_are_those_of_keras_and_in_numpy():
    inputs = keras.Input((3,))
    model = keras.Model(inputs, {"a": keras.layers.Dense(2)(inputs), "b": inputs})
    x = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    found, expected = predict_on_batch(model, x), model(x)
    for key in ("a", "b"):
        assert isinstance(found[key], np.ndarray)
        np.testing.assert_allclose(found[key], ops.convert_to_numpy(expected[key]), rtol=1e-5)
