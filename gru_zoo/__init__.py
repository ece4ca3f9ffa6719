"""Pretrained GRU models for text, audio and music, on Keras 3.

    import gru_zoo

    sentiment = gru_zoo.load("sentiment")
    sentiment.predict(["A moving, beautifully acted film."])

Importing this package does not import Keras: every public name is looked up at its first use.
"""

import importlib
from typing import TYPE_CHECKING, Any

from gru_zoo import backend

if TYPE_CHECKING:
    from gru_zoo import layers, plot
    from gru_zoo.base.task import Task
    from gru_zoo.registry import build, card, list_models, load, register

__version__ = "0.1.0"

__all__ = [
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

_MODULES = {
    "Task": "gru_zoo.base.task",
    "build": "gru_zoo.registry",
    "card": "gru_zoo.registry",
    "layers": "gru_zoo.layers",
    "list_models": "gru_zoo.registry",
    "load": "gru_zoo.registry",
    "plot": "gru_zoo.plot",
    "register": "gru_zoo.registry",
}
# Presets can be listed and their cards read without a backend.
_WITHOUT_KERAS = {"card", "list_models", "plot"}

backend.choose()


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'gru_zoo' has no attribute '{name}'")
    if name not in _WITHOUT_KERAS:
        backend.require()
    module = importlib.import_module(_MODULES[name])
    value = module if _MODULES[name] == f"gru_zoo.{name}" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(globals().keys() | _MODULES.keys())
