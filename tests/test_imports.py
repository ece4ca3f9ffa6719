"""What importing the package pulls in, and which backend it picks; each in a fresh interpreter."""

import importlib
import json
import os
import pathlib
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo.presets import store

HEAVY = {"jax", "keras", "keras_hub", "matplotlib", "sklearn", "tensorflow", "torch"}

# Makes packages look as if they were not installed, to `import` and to `find_spec` alike.
HIDE = """
import sys
from importlib.machinery import PathFinder

class Hiding(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.partition(".")[0] not in {hidden!r}:
            return super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Hiding
"""


def run(code: str, hidden: tuple[str, ...] = (), **env: str) -> subprocess.CompletedProcess:
    """Run Python code in an interpreter whose environment has none of Keras' settings but `env`."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("KERAS_")}
    return subprocess.run(
        [sys.executable, "-c", HIDE.format(hidden=hidden) + textwrap.dedent(code)],
        env=clean | env,
        capture_output=True,
        text=True,
        timeout=300,
    )


def output(code: str, hidden: tuple[str, ...] = (), **env: str) -> str:
    done = run(code, hidden, **env)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def keras_home(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path


def write_config(home: pathlib.Path, text: str) -> None:
    (home / "keras.json").write_text(text, encoding="utf-8")


def test_saved_models_are_read_once_the_layers_are_registered(tmp_path):
    task = gru_zoo.load("speech_digits")
    task.model.save(tmp_path / "speech.keras")
    inputs = keras.Input((5, 3))
    own = keras.Model(inputs, keras.layers.Bidirectional(gru_zoo.layers.GRU(4))(inputs))
    own.save(tmp_path / "own.keras")
    code = f"""
        import gru_zoo
        gru_zoo.register()
        import keras, numpy as np
        own = keras.models.load_model(r"{tmp_path / "own.keras"}")
        speech = keras.models.load_model(r"{tmp_path / "speech.keras"}")
        arrays = own.predict_on_batch(np.ones((2, 5, 3))), *speech.get_weights()
        print([float(np.square(x, dtype="float64").sum()) for x in arrays])
    """
    found = json.loads(output(code, KERAS_BACKEND=keras.backend.backend()).splitlines()[-1])
    expected = own.predict_on_batch(np.ones((2, 5, 3))), *task.model.get_weights()
    for value, array in zip(found, expected, strict=True):
        assert value == pytest.approx(np.square(array, dtype="float64").sum(), rel=1e-5)


@pytest.mark.parametrize("module", ["gru_zoo", "gru_zoo.__main__"])
def test_importing_the_package_or_its_command_imports_nothing_heavy(module):
    loaded = output(f"import {module}, json; print(json.dumps([*sys.modules]))")
    assert not HEAVY & set(json.loads(loaded))


@pytest.mark.parametrize(
    "call",
    [
        "list_models()",
        "list_models('sentiment')",
        "list_models(task='keyword_spotting')",
        "card('sentiment')",
    ],
)
def test_presets_are_listed_and_described_without_keras(keras_home, call):
    code = f"import gru_zoo; print(bool(gru_zoo.{call}))"
    hidden = ("keras", "tensorflow", "jax", "torch")
    assert output(code, hidden, KERAS_HOME=str(keras_home)) == "True"


def test_list_models_of_an_unknown_task_needs_no_keras(keras_home):
    code = "import gru_zoo; gru_zoo.list_models('sentimnt')"
    done = run(code, ("keras", "tensorflow", "jax", "torch"), KERAS_HOME=str(keras_home))
    assert "There is no task 'sentimnt'. Did you mean 'sentiment'" in done.stderr


def test_public_names_are_listed_and_found():
    # Whoever takes a name away breaks somebody's notebook: the list is spelled out here.
    assert gru_zoo.__all__ == [
        "Task",
        "__version__",
        "build",
        "card",
        "layers",
        "list_models",
        "load",
        "plot",
        "register",
    ]
    assert set(gru_zoo.__all__) <= set(dir(gru_zoo))
    assert gru_zoo.layers.__all__ == [
        "GRU",
        "AdditiveAttention",
        "GRUCell",
        "HashedBigrams",
        "MaskedPooling",
        "MultiplicativeAttention",
        "SampledSoftmax",
        "TiedEmbedding",
        "explain_path",
    ]
    drawings = (
        *("attention", "confusion", "copies", "explain", "gates", "learning_curve"),
        *("piano_roll", "speech"),
    )
    for module, names in {
        "gru_zoo": gru_zoo.__all__,
        "gru_zoo.layers": gru_zoo.layers.__all__,
        "gru_zoo.plot": drawings,
        "gru_zoo.data": ("load",),
        "gru_zoo.audio": ("Sound", "read"),
        "gru_zoo.metrics": ("Metric",),
        "gru_zoo.layers.convert": (
            "copy_weights",
            "from_onnx",
            "from_torch",
            "to_onnx",
            "to_torch",
        ),
    }.items():
        for name in names:
            assert hasattr(importlib.import_module(module), name), f"{module}.{name}"


def test_the_converters_are_reached_without_a_further_import():
    code = "import gru_zoo; print(gru_zoo.layers.convert.to_torch.__name__)"
    assert output(code, KERAS_BACKEND=keras.backend.backend()) == "to_torch"


def test_submodules_do_not_shadow_public_functions():
    code = """
    import gru_zoo.presets.card, gru_zoo.registry
    print(callable(gru_zoo.card), callable(gru_zoo.load), callable(gru_zoo.build))
    """
    assert output(code, KERAS_BACKEND=keras.backend.backend()) == "True True True"


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'gru_zoo' has no attribute 'laod'"):
        _ = gru_zoo.laod


# What would import TensorFlow shows where it is installed.
def test_tensorflow_is_not_imported_on_other_backends():
    backend = keras.backend.backend()
    if backend == "tensorflow":
        pytest.skip("the backend is TensorFlow itself")
    code = """
    import json
    import numpy as np
    import keras
    import gru_zoo
    import gru_zoo.registry
    inputs = keras.Input((4, 2))
    model = keras.Model(inputs, gru_zoo.layers.GRU(3)(inputs))
    model.compile("adam", "mse")
    model.fit(np.ones((2, 4, 2)), np.ones((2, 3)), verbose=0)
    model.predict(np.ones((2, 4, 2)), verbose=0)
    for task in gru_zoo.registry.TASKS:
        gru_zoo.load(task)
    print(json.dumps([keras.backend.backend(), "tensorflow" in sys.modules]))
    """
    last = output(code, KERAS_BACKEND=backend).splitlines()[-1]
    assert json.loads(last) == [backend, False]


CHOSEN = "import os, gru_zoo; print(os.environ.get('KERAS_BACKEND', ''))"


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [
        ((), ""),
        (("tensorflow",), "jax"),
        (("tensorflow", "torch"), "jax"),
        (("tensorflow", "jax"), "torch"),
        (("jax", "torch"), ""),
    ],
    ids=["all", "no_tensorflow", "only_jax", "only_torch", "only_tensorflow"],
)
def test_installed_backend_is_chosen_without_tensorflow(keras_home, hidden, expected):
    assert output(CHOSEN, hidden, KERAS_HOME=str(keras_home)) == expected


def test_environment_is_never_overruled(keras_home):
    env = {"KERAS_HOME": str(keras_home), "KERAS_BACKEND": "torch"}
    assert output(CHOSEN, ("tensorflow",), **env) == "torch"


@pytest.mark.parametrize(
    ("config", "hidden", "expected"),
    [
        ('{"backend": "torch"}', ("tensorflow",), ""),
        ('{"backend": "torch"}', ("torch",), "tensorflow"),
        # What Keras itself writes at its first import, also where TensorFlow is missing.
        ('{"backend": "tensorflow"}', ("tensorflow",), "jax"),
        ('{"floatx": "float32"}', ("tensorflow", "jax"), "torch"),
        ("{broken", ("tensorflow",), "jax"),
    ],
    ids=["installed", "missing", "default_missing", "no_backend", "broken"],
)
def test_keras_json_counts_if_its_backend_is_installed(keras_home, config, hidden, expected):
    write_config(keras_home, config)
    assert output(CHOSEN, hidden, KERAS_HOME=str(keras_home)) == expected


def test_keras_json_in_the_home_folder_is_read(keras_home):
    (keras_home / ".keras").mkdir()
    write_config(keras_home / ".keras", '{"backend": "torch"}')
    assert output(CHOSEN, ("tensorflow",), HOME=str(keras_home)) == ""


def test_keras_that_is_already_imported_is_left_alone(keras_home):
    code = "import types; sys.modules['keras'] = types.ModuleType('keras')\n" + CHOSEN
    assert output(code, ("tensorflow",), KERAS_HOME=str(keras_home)) == ""


@pytest.mark.parametrize("name", ["load", "build", "Task", "layers"])
def test_without_any_backend_the_error_names_the_extras(keras_home, name):
    hidden = ("tensorflow", "jax", "torch")
    done = run(f"import gru_zoo; gru_zoo.{name}", hidden, KERAS_HOME=str(keras_home))
    assert done.returncode == 1
    assert "ImportError: gru_zoo runs on Keras with TensorFlow, JAX or PyTorch" in done.stderr
    for extra in ("gru-zoo[tensorflow]", "gru-zoo[jax]", "gru-zoo[torch]"):
        assert extra in done.stderr


def test_one_backend_is_enough(keras_home):
    """`from gru_zoo.layers import ...` passes no lazy name and must choose the backend as well."""
    backend = keras.backend.backend()
    hidden = tuple({"tensorflow", "jax", "torch"} - {backend})
    code = """
    from gru_zoo.layers import GRU
    import keras
    import numpy as np
    import gru_zoo
    inputs = keras.Input((4, 2))
    model = keras.Model(inputs, GRU(3)(inputs))
    model.compile("adam", "mse")
    model.fit(np.ones((2, 4, 2)), np.ones((2, 3)), verbose=0)
    gru_zoo.load("sentiment").predict("A fine film.")
    print(keras.backend.backend())
    """
    assert output(code, hidden, KERAS_HOME=str(keras_home)).splitlines()[-1] == backend


def test_presets_are_found_without_the_environment(monkeypatch):
    monkeypatch.delenv("GRU_ZOO_HOME", raising=False)
    root = pathlib.Path(gru_zoo.__file__).parents[1] / "saved_models"
    expected = {path.parent.name for path in root.glob("[!.]*/card.json")}
    assert set(store.presets()) == expected
