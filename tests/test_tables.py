import importlib.util
import json

import pytest

from tests.paths import ROOT


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """tools/tables.py on a folder with results of the layer's benchmark in it."""
    spec = importlib.util.spec_from_file_location("tables", ROOT / "tools" / "tables.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    modes = [("train", False), ("train", True), ("infer", False), ("infer", True)]

    def rows(peer):
        return [
            {"mode": mode, "masked": masked, "ms": {"gru_zoo": 2.0, peer: factor * 2.0}}
            for mode, masked in modes
            for factor in (1.0, 4.0)
        ]

    record = {
        "backend": "jax",
        "rows": rows("keras.layers.GRU"),
        "options": [{"ms": {"gru_zoo": 1.0, "zoneout=0.1": 1.5}}],
        "memory": {"mib": {"gru_zoo": 50.0, "keras.layers.GRU": 100.0}},
    }
    results = tmp_path / "benchmarks" / "results"
    results.mkdir(parents=True)
    (results / "gru_layer_jax.json").write_text(json.dumps(record))
    return module


def test_speed_of_the_layer_is_a_geometric_mean_over_cases(tables):
    lines = tables.layer().splitlines()
    assert lines[2:] == ["| jax | keras.layers.GRU | 2.00 | 2.00 | 2.00 | 2.00 |"]


def test_options_and_memory_have_a_column_for_each_backend(tables):
    assert tables.layer_options().splitlines() == [
        "|  | jax |",
        "|---|---|",
        "| time with `zoneout=0.1` | 1.50 |",
        "| peak memory divided by that of `keras.layers.GRU` | 0.50 |",
    ]


def test_a_model_of_one_layer_has_a_line_for_each_case_and_peer(tables):
    ms = {"gru_zoo": 2.0, "keras.layers.GRU": 3.0, "torch.nn.GRU": 1.0}
    rows = [
        {"case": [2, 3], "mode": mode, "masked": masked, "ms": ms}
        for mode in ("predict_on_batch", "train_on_batch")
        for masked in (False, True)
    ]
    path = tables.ROOT / "benchmarks" / "results" / "gru_model_torch.json"
    path.write_text(json.dumps({"backend": "torch", "rows": rows}))
    assert tables.layer_in_a_model().splitlines()[2:] == [
        "| torch | 2, 3 | keras.layers.GRU | 1.50 | 1.50 | 1.50 | 1.50 |",
        "| torch | 2, 3 | torch.nn.GRU | 0.50 | 0.50 | 0.50 | 0.50 |",
    ]


def test_on_a_gpu_what_was_not_measured_stays_blank(tables):
    rows = [
        {"mode": mode, "masked": masked, "path": path, "case": [2, 3], "dtype": dtype}
        | {"ms": {"gru_zoo": 2.0, "torch.nn.GRU": ms}}
        for mode, masked, path, dtype, ms in (
            ("train", False, "pallas", "bfloat16", 3.0),
            ("infer", False, "pallas", "bfloat16", 1.0),
            ("infer", False, "cudnn", "float32", 1.0),
            ("infer", True, "triton", "float32", 4.0),
        )
    ]
    record = {"backend": "jax", "rows": rows}
    (tables.ROOT / "benchmarks" / "results" / "gpu-jax.json").write_text(json.dumps(record))
    lines = tables.layer_on_gpu().splitlines()
    assert lines[2:] == [
        "| jax | 2, 3 | bfloat16 | pallas | 1.50 |  | 0.50 |  |",
        "| jax | 2, 3 | float32 | cudnn, masked triton |  |  | 0.50 | 2.00 |",
    ]


def test_tables_are_written_between_their_marks_in_every_page(tables, monkeypatch):
    monkeypatch.setattr(tables, "TABLES", {"one": lambda: "| 1 |", "two": lambda: "| 2 |"})
    pages = tables.ROOT / "README.md", tables.ROOT / "docs" / "speed.md"
    pages[1].parent.mkdir()
    for page, name in zip(pages, ("one", "two"), strict=True):
        page.write_text(f"before\n<!-- table: {name} -->\nold\n<!-- end: {name} -->\nbehind\n")
    monkeypatch.setattr("sys.argv", ["tables.py", "--check"])
    assert tables.main() == 1
    monkeypatch.setattr("sys.argv", ["tables.py"])
    assert tables.main() == 0
    assert pages[1].read_text() == (
        "before\n<!-- table: two -->\n| 2 |\n<!-- end: two -->\nbehind\n"
    )
    monkeypatch.setattr("sys.argv", ["tables.py", "--check"])
    assert tables.main() == 0


def test_a_table_without_marks_and_marks_without_a_table_are_errors(tables, monkeypatch):
    monkeypatch.setattr(tables, "TABLES", {"one": lambda: "| 1 |"})
    (tables.ROOT / "README.md").write_text("no tables\n")
    with pytest.raises(SystemExit, match=r"Missing: \['one'\]"):
        tables.main()
    with pytest.raises(SystemExit, match="Received: 'other'"):
        tables.fill("<!-- table: other --><!-- end: other -->")
