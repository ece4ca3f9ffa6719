"""Optional packages of metrics."""

import importlib.metadata
import importlib.util


def require(package: str) -> None:
    """Raise ImportError, which names the command that installs it, if a package is missing."""
    if importlib.util.find_spec(package) is None:
        raise ImportError(f"This metric needs the package {package}: pip install 'gru-zoo[train]'.")
