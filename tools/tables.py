"""Write the generated tables into README.md: python tools/tables.py [--check].

Quality comes from the presets' cards, speed from benchmarks/results. With --check nothing is
written, and the exit status says whether README.md is current.
"""

import json
import pathlib
import re
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gru_zoo.presets.card import Card  # noqa: E402


def presets() -> str:
    """One line for each preset, with its first number on each data set."""
    lines = ["| preset | what it does | weights | MiB | on test data |", "|---|---|---|---|---|"]
    for path in sorted((ROOT / "saved_models").glob("*/card.json")):
        card = Card.load(path.parent)
        first: dict[str, str] = {}
        for row in card.metrics:
            metric = row.metric.replace("_", " ")
            first.setdefault(row.dataset, f"{row.dataset}: {metric} {row.value:.4g}")
        size = sum(file.bytes for file in card.files.values()) / 2**20
        name = f"[`{card.name}`](saved_models/{card.name}/README.md)"
        cells = (name, card.title, f"{card.parameters:,}", f"{size:.1f}", "; ".join(first.values()))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def prediction() -> str:
    """Speed of the default sentiment preset on each backend."""
    lines = [
        "| backend | warm `predict`, one sentence | cold `gru-zoo predict` | of which bare import "
        "| reviews a second | on `keras.layers.GRU` |",
        "|---|---|---|---|---|---|",
    ]
    for path in sorted((ROOT / "benchmarks" / "results").glob("predict-*.json")):
        r = json.loads(path.read_text())
        lines.append(
            f"| {r['backend']} | {r['warm_predict_ms']:.1f} ms | {r['cold_command_s']:.1f} s "
            f"| {r['bare_import_s']:.1f} s | {r['texts_per_second']:.0f} "
            f"| {r['texts_per_second_keras_gru']:.0f} |"
        )
    return "\n".join(lines)


def layer_results() -> list[dict]:
    return [
        json.loads(path.read_text())
        for path in sorted((ROOT / "benchmarks" / "results").glob("gru_layer_*.json"))
    ]


def means(rows: list[dict]) -> dict[str, float]:
    """For each peer the geometric mean of its time by ours."""
    ms = [row["ms"] for row in rows]
    peers = [name for name in (ms[0] if ms else ()) if name != "gru_zoo"]
    return {
        peer: statistics.geometric_mean(times[peer] / times["gru_zoo"] for times in ms)
        for peer in peers
    }


MODES = [("train", False), ("train", True), ("infer", False), ("infer", True)]


def layer() -> str:
    """The layer's peers: their time by ours."""
    lines = [
        "| backend | peer | training | training, masked | inference | inference, masked |",
        "|---|---|---|---|---|---|",
    ]
    for result in layer_results():
        columns = [
            means([row for row in result["rows"] if (row["mode"], row["masked"]) == mode])
            for mode in MODES
        ]
        for peer in columns[0]:
            values = " | ".join(f"{column[peer]:.2f}" for column in columns)
            lines.append(f"| {result['backend']} | {peer} | {values} |")
    return "\n".join(lines)


def layer_options() -> str:
    """Training with an option by training without, and memory by that of keras.layers.GRU."""
    results = layer_results()
    columns = {result["backend"]: means(result["options"]) for result in results}
    names = list(next(iter(columns.values()), ()))
    lines = [
        "| " + " | ".join(["", *columns]) + " |",
        "|" + "---|" * (1 + len(columns)),
    ]
    for name in names:
        values = " | ".join(f"{column[name]:.2f}" for column in columns.values())
        lines.append(f"| time with `{name}` | {values} |")
    if results:
        mib = [result["memory"]["mib"] for result in results]
        values = " | ".join(f"{m['gru_zoo'] / m['keras.layers.GRU']:.2f}" for m in mib)
        lines.append(f"| peak memory divided by that of `keras.layers.GRU` | {values} |")
    return "\n".join(lines)


def layer_on_gpu() -> str:
    """The time of torch.nn.GRU on cuDNN by ours, for each case that was measured."""
    lines = [
        "| backend | batch, time, features, units | in | ours runs on | training "
        "| training, masked | inference | inference, masked |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for path in sorted((ROOT / "benchmarks" / "results").glob("gpu-*.json")):
        result = json.loads(path.read_text())
        cases: dict[tuple, dict[tuple, float]] = {}
        paths: dict[tuple, dict[str, None]] = {}
        for row in result["rows"]:
            case = (", ".join(map(str, row["case"])), row["dtype"])
            ratio = row["ms"]["torch.nn.GRU"] / row["ms"]["gru_zoo"]
            cases.setdefault(case, {})[row["mode"], row["masked"]] = ratio
            paths.setdefault(case, {})[row["path"]] = None
        for case, found in cases.items():
            ratios = [f"{found[mode]:.2f}" if mode in found else "" for mode in MODES]
            # Those of unmasked cases come first.
            ran = ", masked ".join(paths[case])
            lines.append(f"| {' | '.join([result['backend'], *case, ran, *ratios])} |")
    return "\n".join(lines)


TABLES = {
    "presets": presets,
    "prediction": prediction,
    "layer": layer,
    "layer options": layer_options,
    "layer on a GPU": layer_on_gpu,
}


def fill(text: str) -> str:
    """README's text with every generated table replaced."""
    for name, make in TABLES.items():
        start, end = f"<!-- table: {name} -->", f"<!-- end: {name} -->"
        pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
        if not pattern.search(text):
            raise SystemExit(f"Expected the marks '{start}' and '{end}' in README.md.")
        table = f"{start}\n{make()}\n{end}"
        text = pattern.sub(lambda _, table=table: table, text)
    return text


def main() -> int:
    path = ROOT / "README.md"
    old = path.read_text(encoding="utf-8")
    new = fill(old)
    if "--check" in sys.argv:
        return int(new != old)
    path.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
