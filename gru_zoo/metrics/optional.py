"""Metrics whose packages are optional."""

import importlib.metadata
import importlib.util


def require(package: str) -> None:
    """Raise ImportError, with the line that installs it, unless `package` is installed."""
    if importlib.util.find_spec(package) is None:
        raise ImportError(f"This metric needs the package {package}: pip install 'gru-zoo[train]'.")
