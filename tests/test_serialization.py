"""Files that an older layout of the package wrote are still read.

Commit d56d42e, when every module lay in one folder, wrote `tests/fixtures/serialized`: a `.keras`
file for each task and one for the layers that no task uses, the config of every registered class,
and the outputs of the models. Keras finds a class by its registered name, so modules may move;
these files fail to load if a class, a layer or an attribute that holds weights is renamed.
"""

import json

import keras
import numpy as np
import pytest

import gru_zoo
from tests.paths import FIXTURES

FOLDER = FIXTURES / "serialized"
CONFIGS = json.loads((FOLDER / "configs.json").read_text(encoding="utf-8"))
FILES = sorted(path.stem for path in FOLDER.glob("*.keras"))


@pytest.fixture(scope="module")
def recorded():
    with np.load(FOLDER / "outputs.npz", allow_pickle=False) as arrays:
        return dict(arrays)


@pytest.fixture(autouse=True)
def registered():
    gru_zoo.register()


def arrays_of(recorded, prefix):
    return [recorded[key] for key in sorted(recorded) if key.startswith(prefix)]


def test_there_is_a_file_for_every_task_and_a_config_for_every_class():
    classes = (FOLDER / "configs.json").read_text(encoding="utf-8").count('"registered_name"')
    assert len(FILES) == 8 and len(CONFIGS) == 19 and classes >= 19
    assert all(config["registered_name"] == name for name, config in CONFIGS.items())


@pytest.mark.parametrize("name", FILES)
def test_models_load_and_compute_the_same(name, recorded):
    model = keras.models.load_model(FOLDER / f"{name}.keras")
    inputs = arrays_of(recorded, f"{name}_input_")
    outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    expected = arrays_of(recorded, f"{name}_output_")
    for value, wanted in zip(keras.tree.flatten(outputs), expected, strict=True):
        np.testing.assert_allclose(keras.ops.convert_to_numpy(value), wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", CONFIGS)
def test_configs_become_the_same_objects(name):
    restored = keras.saving.deserialize_keras_object(CONFIGS[name])
    assert keras.saving.get_registered_name(type(restored)) == name
    for key, value in CONFIGS[name]["config"].items():
        if key != "dtype":
            again = json.loads(json.dumps(keras.saving.serialize_keras_object(restored)))
            # A GRU leaves the defaults of our own options out, so that Keras' GRU reads its config.
            found = again["config"].get(
                key, getattr(getattr(restored, "cell", restored), key, "missing")
            )
            assert found == value, key
