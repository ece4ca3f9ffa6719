"""Run the notebooks and store their outputs in them: python tools/notebooks.py [names].

A notebook is read on a web page, so it is stored with its pictures, tables and short players. Each
runs on one backend, named in `BACKENDS`; tests/test_notebooks.py runs them again and compares.
"""

import argparse
import math
import os
import pathlib
import re
import sys
import tempfile

import nbclient
import nbformat

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"
# A notebook takes least time on torch, which compiles nothing; music is sampled faster by JAX.
BACKENDS = {"music": "jax"}
MAX_PLAYER_BYTES = 200_000
PLAYER = re.compile(r'<audio [^>]*src="data:audio/[^"]*"[^>]*>.*?</audio>', re.DOTALL)
NO_PLAYER = "<em>Run the cell for a player.</em>"
NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]?\d+)?")
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


def backend_of(path: pathlib.Path) -> str:
    return BACKENDS.get(path.stem, "torch")


def execute(path: pathlib.Path) -> nbformat.NotebookNode:
    """Run a notebook in a kernel of its own and return it as it is stored.

    The kernel sees this checkout first, and neither data sets nor presets of the user.
    """
    notebook = nbformat.read(path, as_version=4)
    hidden = ("GRU_ZOO_DATA", "GRU_ZOO_HOME")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    environment |= {"KERAS_BACKEND": backend_of(path), "PYTHONPATH": str(ROOT)}
    client = nbclient.NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(FOLDER)}},
    )
    client.execute(env=environment)
    return tidy(notebook)


def tidy(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Leave out long players and what describes the machine that the notebook ran on."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs = joined_streams(cell.outputs)
        for output in cell.outputs:
            html = output.get("data", {}).get("text/html")
            if html:
                output.data["text/html"] = PLAYER.sub(
                    lambda m: m.group() if len(m.group()) <= MAX_PLAYER_BYTES else NO_PLAYER, html
                )
    return notebook


def joined_streams(outputs: list) -> list:
    """The outputs, with adjacent parts of one stream put together."""
    joined: list = []
    for output in outputs:
        before = joined[-1] if joined else None
        if before and output.output_type == "stream" == before.output_type:
            if output.name == before.name:
                before.text += output.text
                continue
        joined.append(output)
    return joined


def texts_of(cell: nbformat.NotebookNode) -> list[str]:
    """The text of each output of a code cell, a picture or a player by its type alone."""
    texts = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            texts.append(f"{output.name}: {output.text}")
        elif output.output_type == "error":
            texts.append(f"{output.ename}: {output.evalue}")
        else:
            kinds = sorted(kind for kind in output.data if kind != "text/plain")
            texts.append(" ".join([*kinds, output.data.get("text/plain", "")]))
    return texts


def same_text(one: str, other: str) -> bool:
    """Whether two texts are equal up to white space, addresses, and 0.01 in every number."""
    texts = [" ".join(ADDRESS.sub("0x", text).split()) for text in (one, other)]
    shapes = [NUMBER.sub("#", text).replace(" ", "") for text in texts]
    numbers = [[float(found) for found in NUMBER.findall(text)] for text in texts]
    return shapes[0] == shapes[1] and all(
        math.isclose(a, b, abs_tol=0.01, rel_tol=0.01) for a, b in zip(*numbers, strict=True)
    )


def differences(stored: nbformat.NotebookNode, fresh: nbformat.NotebookNode) -> list[str]:
    """What a new run shows otherwise than the stored notebook, a line for each cell.

    Of a cell with the tag `varies`, whose numbers depend on the processor, it only counts that both
    have outputs.
    """
    found = []
    for number, (old, new) in enumerate(zip(stored.cells, fresh.cells, strict=True)):
        before, now = texts_of(old), texts_of(new)
        if "varies" in old.metadata.get("tags", []):
            same = bool(before) == bool(now)
        else:
            same = len(before) == len(now) and all(map(same_text, before, now))
        if not same:
            found.append(f"cell {number}: stored {before}, now {now}")
    return found


def problems(notebook: nbformat.NotebookNode) -> list[str]:
    """Outputs that no reader should see: warnings, and names of places on this machine."""
    folders = map(pathlib.Path, (ROOT, sys.prefix, pathlib.Path.home(), tempfile.gettempdir()))
    here = [f"{folder}{os.sep}" for folder in folders if len(folder.parts) > 1]
    found = []
    for number, cell in enumerate(notebook.cells):
        for text in texts_of(cell):
            found += [f"cell {number}: '{name}' in {text!r:.200}" for name in here if name in text]
            if text.startswith("stderr: "):
                found.append(f"cell {number}: {text!r:.400}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="notebooks, such as music; all by default")
    names = parser.parse_args().names or sorted(path.stem for path in FOLDER.glob("*.ipynb"))
    failed = False
    for name in names:
        path = FOLDER / f"{name}.ipynb"
        notebook = execute(path)
        if found := problems(notebook):
            failed = True
            print(f"{name}: not stored.", *found, sep="\n  ", file=sys.stderr)
            continue
        nbformat.write(notebook, path)
        print(f"{name}: {path.stat().st_size / 1024:.0f} KiB", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
