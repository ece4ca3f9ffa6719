"""The Markdown page of a preset."""

from gru_zoo.presets.card import Card


def page(card: Card, url: str | None = None) -> str:
    """Format a card as a Markdown page, the README of the preset's folder.

    Args:
        card: the card.
        url: the preset on the Hugging Face Hub, if the page is to say how it is loaded from there.
    """
    name, needs = (card.name, "") if url is None else (url, "  # pip install 'gru-zoo[hub]'")
    lines = [f"# {card.name}: {card.title}", "", card.summary, ""]
    lines += ["```python", f"import gru_zoo{needs}", ""]
    lines += [f'model = gru_zoo.load("{name}")', "```", ""]
    size = sum(row.bytes for row in card.files.values()) / 2**20
    lines += [f"{card.parameters:,} parameters, {size:.1f} MiB, licence of the weights: "]
    lines[-1] += f"{card.licence}."
    if card.labels:
        lines += ["", f"Labels: {', '.join(card.labels)}."]
    if card.metrics:
        lines += ["", "| data | split | metric | value | signature |", "|---|---|---|---|---|"]
        lines += [
            _row(m.dataset, m.split, m.metric, f"{m.value:.4g}", m.signature) for m in card.metrics
        ]
        lines += ["", f"Recompute: `gru-zoo evaluate {name} --data-dir DIR`."]
    lines += ["", "## Intended use", "", card.intended_use, "", "## Limits", "", card.limits]
    lines += ["", "## Training", ""]
    for key, value in card.training.items():
        if isinstance(value, dict):
            value = ", ".join(f"{name} {of}" for name, of in value.items())
        lines.append(f"- {key}: {value}")
    lines += ["", "| data | split | examples | licence | source |", "|---|---|---|---|---|"]
    lines += [_row(d.name, d.split, f"{d.examples:,}", d.licence, d.source) for d in card.data]
    if card.citations:
        lines += ["", "## Citations", "", *(f"- {text}" for text in card.citations)]
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    """Format a row of a Markdown table."""
    escaped = (cell.replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
