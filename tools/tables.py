"""Write the generated tables into README.md and docs/*.md: python tools/tables.py [--check].

A table stands between the marks `<!-- table: NAME -->` and `<!-- end: NAME -->` of one page.
Quality comes from the presets' cards, speed and the suites of ordinary input from
benchmarks/results. With --check nothing is written, and the exit status says whether every page is
current.
"""

import json
import pathlib
import re
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gru_zoo.presets.card import Card  # noqa: E402
from recipes.ordinary import STAGES, SUITES, stored, suite_of, sums  # noqa: E402
from tests.layers import surroundings  # noqa: E402


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
    """Geometric mean, for each peer, of its time divided by ours."""
    ms = [row["ms"] for row in rows]
    peers = [name for name in (ms[0] if ms else ()) if name != "gru_zoo"]
    return {
        peer: statistics.geometric_mean(times[peer] / times["gru_zoo"] for times in ms)
        for peer in peers
    }


MODES = [("train", False), ("train", True), ("infer", False), ("infer", True)]


def layer() -> str:
    """Time of each peer of the layer divided by ours."""
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
    """Training time with an option divided by that without; memory relative to Keras' GRU."""
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


def layer_in_a_model() -> str:
    """Time of each peer of a model of one layer divided by that with ours, for each case."""
    modes = [(call, masked) for call in ("predict_on_batch", "train_on_batch") for masked in (0, 1)]
    names = [f"`{call}`{', masked' if masked else ''}" for call, masked in modes]
    lines = [
        f"| {' | '.join(['backend', 'batch, time, features, units', 'peer', *names])} |",
        "|" + "---|" * (3 + len(names)),
    ]
    for path in sorted((ROOT / "benchmarks" / "results").glob("gru_model_*.json")):
        result = json.loads(path.read_text())
        ratios: dict[tuple[str, str], dict[tuple, float]] = {}
        for row in result["rows"]:
            case = ", ".join(map(str, row["case"]))
            for peer, ratio in means([row]).items():
                ratios.setdefault((case, peer), {})[row["mode"], row["masked"]] = ratio
        for (case, peer), found in ratios.items():
            cells = [f"{found[mode]:.2f}" for mode in modes]
            lines.append(f"| {' | '.join([result['backend'], case, peer, *cells])} |")
    return "\n".join(lines)


def layer_on_gpu() -> str:
    """Time of torch.nn.GRU on cuDNN divided by ours, for each measured case."""
    lines = [
        "| backend | batch, time, features, units | in | ours runs on | training "
        "| training, masked | inference | inference, masked |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for path in sorted((ROOT / "benchmarks" / "results").glob("gpu-*.json")):
        result = json.loads(path.read_text())
        cases: dict[tuple, dict[tuple, float]] = {}
        implementations: dict[tuple, dict[str, None]] = {}
        for row in result["rows"]:
            case = (", ".join(map(str, row["case"])), row["dtype"])
            ratio = row["ms"]["torch.nn.GRU"] / row["ms"]["gru_zoo"]
            cases.setdefault(case, {})[row["mode"], row["masked"]] = ratio
            implementations.setdefault(case, {})[row["path"]] = None
        for case, ratios in cases.items():
            cells = [f"{ratios[mode]:.2f}" if mode in ratios else "" for mode in MODES]
            # The rows without a mask come first.
            ran = ", masked ".join(implementations[case])
            lines.append(f"| {' | '.join([result['backend'], *case, ran, *cells])} |")
    return "\n".join(lines)


def ordinary() -> str:
    """For each suite of ordinary input how many cases of each kind are right."""
    parts = []
    for task in SUITES:
        record = stored(task)
        stages = {stage: record[stage]["scores"] for stage in STAGES if stage in record}
        names = dict.fromkeys(name for scores in stages.values() for name in scores)
        columns = {
            f"`{name}`, {stage}": {**scores[name], "all": sums(scores[name])}
            for name in names
            for stage, scores in stages.items()
            if name in scores
        }
        lines = [
            f"## {task.replace('_', ' ').capitalize()}\n",
            "| " + " | ".join(["kind", "what is given, and right where", *columns]) + " |",
            "|" + "---|" * (2 + len(columns)),
        ]
        for kind, text in {**suite_of(task).KINDS, "all": ""}.items():
            counts = [column.get(kind) for column in columns.values()]
            cells = ["{} of {}".format(*count) if count else "" for count in counts]
            lines.append(f"| {' | '.join([kind, text, *cells])} |")
        if columns:
            parts.append("\n".join(lines))
    return "\n\n".join(parts)


TABLES = {
    "presets": presets,
    "prediction": prediction,
    "layer": layer,
    "layer options": layer_options,
    "layer in a model": layer_in_a_model,
    "layer on a GPU": layer_on_gpu,
    "ordinary input": ordinary,
    "layer inside": surroundings.table,
}


MARKS = re.compile(r"<!-- table: (?P<name>[^>]*) -->.*?<!-- end: (?P=name) -->", re.DOTALL)


def pages() -> list[pathlib.Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def fill(text: str) -> str:
    """The text of a page with every generated table replaced."""

    def table(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in TABLES:
            raise SystemExit(f"Expected a table among {sorted(TABLES)}. Received: '{name}'.")
        return f"<!-- table: {name} -->\n{TABLES[name]()}\n<!-- end: {name} -->"

    return MARKS.sub(table, text)


def missing(texts: list[str]) -> list[str]:
    """Names of the tables that no page has the marks of."""
    present = {found["name"] for text in texts for found in MARKS.finditer(text)}
    return sorted(TABLES.keys() - present)


def main() -> int:
    old = {path: path.read_text(encoding="utf-8") for path in pages()}
    if names := missing(list(old.values())):
        raise SystemExit(f"Expected the marks of every table in a page. Missing: {names}.")
    stale = {path: new for path, text in old.items() if (new := fill(text)) != text}
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale: run python tools/tables.py")
        return int(bool(stale))
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
