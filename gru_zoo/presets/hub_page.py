"""The page of a preset on the Hugging Face Hub: metadata that the hub reads, and the card."""

import json
import re
from typing import Any

from gru_zoo.presets.card import Card
from gru_zoo.presets.page import page

# Names of tasks on the hub. It has none for the other tasks.
PIPELINES = {
    "compression": "summarization",
    "forecasting": "time-series-forecasting",
    "keyword_spotting": "audio-classification",
    "question_answering": "question-answering",
    "sentiment": "text-classification",
    "summarization": "summarization",
    "text_generation": "text-generation",
    "translation": "translation",
}

# Identifiers of the hub, https://huggingface.co/docs/hub/repositories-licenses, without families.
_LICENSES = (
    "afl-3.0 agpl-3.0 apache-2.0 artistic-2.0 bsd-2-clause bsd-3-clause bsd-3-clause-clear bsl-1.0 "
    "cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 "
    "cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cc-by-nd-4.0 "
    "cc-by-sa-3.0 cc-by-sa-4.0 cc0-1.0 cdla-permissive-1.0 cdla-permissive-2.0 cdla-sharing-1.0 "
    "ecl-2.0 epl-1.0 epl-2.0 eupl-1.1 gpl-2.0 gpl-3.0 isc lgpl-2.1 lgpl-3.0 mit mpl-2.0 ms-pl "
    "osl-3.0 unlicense wtfpl zlib"
).split()

_LANGUAGES = {
    "Arabic": "ar",
    "Chinese": "zh",
    "Dutch": "nl",
    "English": "en",
    "French": "fr",
    "German": "de",
    "Hindi": "hi",
    "Italian": "it",
    "Japanese": "ja",
    "Polish": "pl",
    "Portuguese": "pt",
    "Russian": "ru",
    "Spanish": "es",
    "Turkish": "tr",
}


def hub_page(card: Card, url: str) -> str:
    """Format a card as the README.md of a repository on the hub.

    Args:
        card: the card.
        url: `hf://owner/name` of the repository.
    """
    # JSON is YAML, and has no text that YAML would take for something else.
    head = [f"{k}: {json.dumps(v, ensure_ascii=False)}" for k, v in metadata(card).items()]
    return "\n".join(["---", *head, "---", "", page(card, url)])


def metadata(card: Card) -> dict[str, Any]:
    """What the hub sorts and shows models by, see https://huggingface.co/docs/hub/model-cards."""
    record: dict[str, Any] = _license(card.licence)
    record |= {"library_name": "keras", "tags": ["gru-zoo", card.task, "keras", "gru"]}
    if card.task in PIPELINES:
        record["pipeline_tag"] = PIPELINES[card.task]
    if languages := _languages(card):
        record["language"] = languages
    if card.metrics:
        record["model-index"] = [{"name": card.name, "results": _results(card)}]
    return record


def _license(text: str) -> dict[str, Any]:
    """The identifier that a text begins with, or a name made of its first words."""
    for name in sorted(_LICENSES, key=len, reverse=True):
        if re.match(re.escape(name).replace(r"\-", "[- ]") + r"(?![\w-])", text, re.IGNORECASE):
            return {"license": name}
    clause = re.split(r"[,;:(]", text.lower())[0]
    slug = re.sub(r"[^a-z0-9.]+", "-", clause).strip("-.")
    return {"license": "other", "license_name": slug or "see-below"}


def _languages(card: Card) -> list[str]:
    """Languages that a card names, in their order, but for those among its limits."""
    words = re.findall(r"\w+", f"{card.title} {card.summary} {card.intended_use}")
    words += re.findall(r"(\w+) only\b", card.limits)
    return list(dict.fromkeys(_LANGUAGES[word] for word in words if word in _LANGUAGES))


def _results(card: Card) -> list[dict[str, Any]]:
    """The metrics of a card by data set and split, as an evaluation of the hub."""
    splits: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in card.metrics:
        metric = {"type": row.metric, "value": row.value, "args": {"signature": row.signature}}
        splits.setdefault((row.dataset, row.split), []).append(metric)
    task = {"type": PIPELINES.get(card.task, card.task)}
    return [
        {"task": task, "dataset": {"type": name, "name": name, "split": split}, "metrics": metrics}
        for (name, split), metrics in splits.items()
    ]
