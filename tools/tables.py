"""Write the generated tables into README.md: python tools/tables.py [--check].

Quality comes from the presets' cards, speed from benchmarks/results. With --check nothing is
written, and the exit status says whether README.md is current.
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gru_zoo.cards import Card  # noqa: E402


def presets() -> str:
    """One line for each published number."""
    lines = ["| preset | data, split | metric | value |", "|---|---|---|---|"]
    for path in sorted((ROOT / "saved_models").glob("*/card.json")):
        card = Card.load(path.parent)
        for row in card.metrics:
            page = f"saved_models/{card.name}/README.md"
            name = f"[`{card.name}`]({page})"
            lines.append(
                f"| {name} | {row.dataset}, {row.split} | {row.metric} | {row.value:.4f} |"
            )
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


TABLES = {"presets": presets, "prediction": prediction}


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
