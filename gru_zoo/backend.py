"""Which of TensorFlow, JAX and PyTorch Keras runs on, settled before Keras is imported."""

import importlib.util
import json
import os
import pathlib
import sys

BACKENDS = ("tensorflow", "jax", "torch")


def installed() -> list[str]:
    """The backends that are installed, in the order of preference. None of them is imported."""
    return [name for name in BACKENDS if importlib.util.find_spec(name) is not None]


def choose() -> None:
    """Point Keras to a backend that is installed, where nobody has named one.

    `KERAS_BACKEND` is never overruled, nor is a Keras that is already imported. The backend in
    `keras.json` is overruled only if it is not installed: Keras writes that file by itself the
    first time it is imported, and then it names TensorFlow whether or not TensorFlow is there.
    """
    if "keras" in sys.modules or os.environ.get("KERAS_BACKEND"):
        return
    if importlib.util.find_spec(_configured()) is not None:
        return
    for name in installed()[:1]:
        os.environ["KERAS_BACKEND"] = name


def require() -> None:
    """Check that Keras has something to run on.

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


def _configured() -> str:
    """The backend in `keras.json`; the default of Keras where the file is absent or unreadable."""
    home = pathlib.Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
    try:
        config = json.loads((home / "keras.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        config = {}
    return config.get("backend", BACKENDS[0])
