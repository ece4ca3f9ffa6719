"""Data sets by the names that cards use; a module a set, imported when it is asked for."""

import difflib
import importlib
import os
from typing import Any

# Name -> module, and the arguments of its `load` that the name stands for.
DATASETS: dict[str, tuple[str, dict[str, Any]]] = {
    "anki-fra-eng": ("anki", {"language": "fra"}),
    "anki-spa-eng": ("anki", {"language": "spa"}),
    "arxiv-cs-titles": ("arxiv_cs_titles", {}),
    "congress-press-headlines": ("congress_press", {}),
    "fsdd": ("fsdd", {}),
    "google-sentence-compression-10k": ("google_sentence_compression", {}),
    "imdb": ("imdb", {}),
    "jsb_chorales": ("polyphonic_music", {"music": "jsb_chorales"}),
    "multi30k": ("multi30k", {}),
    "nottingham": ("polyphonic_music", {"music": "nottingham"}),
    "piano_midi": ("polyphonic_music", {"music": "piano_midi"}),
    "ptb": ("ptb", {}),
    "reuters21578-headlines": ("reuters21578", {}),
    "speech_commands": ("speech_commands", {}),
    "speech_commands_v2": ("speech_commands_v2", {}),
    "sst2": ("sst", {"classes": 2}),
    "sst5": ("sst", {"classes": 5}),
    "tiny-shakespeare": ("tiny_shakespeare", {}),
    "wikitext-2": ("wikitext2", {}),
}


def load(dataset: str, split: str, root: str | os.PathLike | None = None) -> list:
    """Examples of one split of a data set.

    Args:
        dataset: a name in `DATASETS`.
        split: a split of that set.
        root: data folder. Default: `$GRU_ZOO_DATA`, else the set is downloaded from its source.

    Raises:
        ValueError: unknown data set or split, or a file that is not the declared one.
        FileNotFoundError: `root` lacks the set.
        OSError: the download failed.
    """
    if dataset not in DATASETS:
        close = difflib.get_close_matches(str(dataset), DATASETS, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise ValueError(
            f"Expected a data set among {', '.join(map(repr, DATASETS))}. Received: "
            f"dataset={dataset!r}.{hint}"
        )
    module, arguments = DATASETS[dataset]
    return importlib.import_module(f"gru_zoo.data.{module}").load(split, root, **arguments)
