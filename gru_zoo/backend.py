"""Choice of the backend of Keras (TensorFlow, JAX or PyTorch), before Keras is imported."""

import importlib.metadata
import importlib.util
import json
import os
import pathlib
import sys

BACKENDS = ("tensorflow", "jax", "torch")


def installed() -> list[str]:
    """Names of the installed backends, in the order of preference. None of them is imported."""
    return [name for name in BACKENDS if importlib.util.find_spec(name) is not None]


def chosen() -> str:
    """Name of the backend that Keras uses, or will use when it is imported."""
    return os.environ.get("KERAS_BACKEND") or _configured()


def choose() -> None:
    """Set `KERAS_BACKEND` to an installed backend if the user has chosen none.

    The variable is never changed if it is set, or if Keras is already imported. The backend in
    `keras.json` is overruled only if it is not installed: at its first import Keras writes that
    file itself, with TensorFlow as the backend, whether or not TensorFlow is installed.
    """
    if "keras" in sys.modules or os.environ.get("KERAS_BACKEND"):
        return
    if importlib.util.find_spec(_configured()) is not None:
        return
    for name in installed()[:1]:
        os.environ["KERAS_BACKEND"] = name


def require() -> None:
    """Check that Keras has a backend to run on.

    Raises:
        ImportError: if neither TensorFlow nor JAX nor PyTorch is installed.
    """
    if "keras" in sys.modules or os.environ.get("KERAS_BACKEND"):
        return
    if not installed():
        raise ImportError(
            "gru_zoo runs on Keras with TensorFlow, JAX or PyTorch, and none of them is installed. "
            "Install one: pip install 'gru-zoo[tensorflow]', 'gru-zoo[jax]' or 'gru-zoo[torch]'."
        )


def versions() -> dict[str, str]:
    """Versions of what decides the result of a training, by package."""
    found = {name: importlib.metadata.version(name) for name in ("keras", "numpy", chosen())}
    return {name: version.split("+")[0] for name, version in found.items()}  # no kind of build


def _configured() -> str:
    """The backend in `keras.json`, or the default of Keras if there is no readable file."""
    home = pathlib.Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
    try:
        config = json.loads((home / "keras.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        config = {}
    return config.get("backend", BACKENDS[0])
