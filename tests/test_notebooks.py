"""The notebooks run, and show what is stored in them."""

import importlib.util
import json

import keras
import nbformat
import pytest

from tests.paths import ROOT

_SPEC = importlib.util.spec_from_file_location("notebooks", ROOT / "tools" / "notebooks.py")
notebooks = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(notebooks)

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MAX_BYTES = 300_000


def read(path):
    return nbformat.read(path, as_version=4)


# What they show is tested on all backends; each runs on one.
@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_shows_what_is_stored(path):
    backend = notebooks.backend_of(path)
    if keras.backend.backend() != backend:
        pytest.skip(f"runs on {backend}")
    found = notebooks.differences(read(path), notebooks.execute(path))
    assert not found, f"Check the change, then run python tools/notebooks.py {path.stem}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_stored_with_outputs_and_nothing_else(path):
    notebook = read(path)
    assert path.stat().st_size <= MAX_BYTES
    assert any(cell.get("outputs") for cell in notebook.cells)
    assert not notebooks.problems(notebook)
    before = json.dumps(notebook)
    assert json.dumps(notebooks.tidy(notebook)) == before, "run python tools/notebooks.py"
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


def test_every_task_has_a_notebook():
    from gru_zoo.registry import TASKS

    assert [path.stem for path in NOTEBOOKS] == sorted(TASKS)


def notebook_of(*outputs, tags=()):
    cell = nbformat.v4.new_code_cell(outputs=list(outputs), metadata={"tags": list(tags)})
    return nbformat.v4.new_notebook(cells=[cell])


def printed(text, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


def shown(**data):
    kinds = {"text": "text/plain", "picture": "image/png", "html": "text/html"}
    return nbformat.v4.new_output("display_data", {kinds[key]: data[key] for key in data})


@pytest.mark.parametrize(
    ("stored", "fresh", "equal"),
    [
        (printed("loss 0.501\n"), printed("loss  0.499\n"), True),
        (printed("loss 0.50\n"), printed("loss 0.52\n"), False),
        (printed("1234.5"), printed("1236.1"), True),
        (printed("un chat"), printed("un chien"), False),
        (printed("3 texts"), printed("4 texts"), False),
        (shown(text="<A at 0x7f0012ab>"), shown(text="<A at 0x7f9934cd>"), True),
        (shown(text="f", picture="aa"), shown(text="f", picture="bb"), True),
        (shown(text="f", picture="aa"), shown(text="f"), False),
        (printed("a"), printed("a", name="stderr"), False),
    ],
)
def test_text_is_compared_up_to_small_numbers_and_addresses(stored, fresh, equal):
    found = notebooks.differences(notebook_of(stored), notebook_of(fresh))
    assert (not found) == equal


def test_a_cell_that_varies_only_has_to_have_outputs():
    stored = notebook_of(printed("0.1"), tags=["varies"])
    assert not notebooks.differences(stored, notebook_of(printed("0.9")))
    assert notebooks.differences(stored, notebook_of())


def test_long_players_are_left_out_and_short_ones_stay():
    players = [
        f'<audio controls src="data:audio/wav;base64,{"A" * n}"></audio>' for n in (9, 10**6)
    ]
    notebook = notebooks.tidy(notebook_of(*(shown(html=f"<b>a</b>{p}") for p in players)))
    short, long = (output.data["text/html"] for output in notebook.cells[0].outputs)
    assert short == f"<b>a</b>{players[0]}"
    assert long == f"<b>a</b>{notebooks.NO_PLAYER}"


def test_parts_of_a_stream_are_joined():
    notebook = notebooks.tidy(notebook_of(printed("a"), printed("b"), printed("c", "stderr")))
    assert [output.text for output in notebook.cells[0].outputs] == ["ab", "c"]


def test_warnings_and_places_of_the_machine_are_problems():
    (warning,) = notebooks.problems(notebook_of(printed("UserWarning", "stderr")))
    assert "stderr" in warning
    places = notebooks.problems(notebook_of(printed(f"saved to {ROOT}/runs")))
    assert any(str(ROOT) in place for place in places)
