import keras
import nbclient
import nbformat
import pytest

from tests.paths import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# What they show is tested on all backends; each runs on one, most on torch, whose run is shortest.
BACKENDS = {"music": "jax"}


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs(path, monkeypatch):
    backend = BACKENDS.get(path.stem, "torch")
    if keras.backend.backend() != backend:
        pytest.skip(f"runs on {backend}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
