"""Data sets by the names that cards use. Each set has a module, which `load` imports."""

import difflib
import importlib
import os
from typing import Any

# Name: module, and further arguments of its `load`.
DATASETS: dict[str, tuple[str, dict[str, Any]]] = {
    "airline-tweets": ("labelled_texts", {"name": "airline-tweets"}),
    "amazon_beauty_seq": ("purchase_sequences", {"name": "amazon_beauty_seq"}),
    "amazon_games_seq": ("purchase_sequences", {"name": "amazon_games_seq"}),
    "anki-deu-eng": ("anki", {"language": "deu"}),
    "anki-fra-eng": ("anki", {"language": "fra"}),
    "anki-spa-eng": ("anki", {"language": "spa"}),
    "arxiv-cs-titles": ("arxiv_cs_titles", {}),
    "babi": ("babi", {}),
    "beijing_pm25": ("beijing_pm25", {}),
    "cad-imdb": ("labelled_texts", {"name": "cad-imdb"}),
    "chat-english": ("chat_english", {}),
    "chronos-zero-shot-14": ("chronos_zero_shot", {}),
    "congress-press-headlines": ("congress_press", {}),
    "contrast-sets-imdb": ("labelled_texts", {"name": "contrast-sets-imdb"}),
    "dynasent-dev": ("labelled_texts", {"name": "dynasent-dev"}),
    "ett": ("ett", {}),
    "europarl-enfr": ("parallel_texts", {"name": "europarl-enfr"}),
    "exchange_rate": ("exchange_rate", {}),
    "extractive-qa": ("extractive_qa", {}),
    "fdu-mtl-product-reviews": ("labelled_texts", {"name": "fdu-mtl-product-reviews"}),
    "financial-phrasebank-50agree": ("labelled_texts", {"name": "financial-phrasebank-50agree"}),
    "forecasting_competitions": ("forecasting_competitions", {}),
    "fsdd": ("fsdd", {}),
    "gift-eval-held-15": ("gift_eval_held", {}),
    "goemotions": ("labelled_texts", {"name": "goemotions"}),
    "google-sentence-compression-10k": ("google_sentence_compression", {}),
    "hotel-opinion-spam": ("labelled_texts", {"name": "hotel-opinion-spam"}),
    "imdb": ("imdb", {}),
    "iso-codes-names": ("parallel_texts", {"name": "iso-codes-names"}),
    "japanese_vowels": ("japanese_vowels", {}),
    "jsb_chorales": ("polyphonic_music", {"music": "jsb_chorales"}),
    "l10n-free-programs": ("parallel_texts", {"name": "l10n-free-programs"}),
    "lichess_rated_games": ("lichess_rated_games", {}),
    "meld": ("labelled_texts", {"name": "meld"}),
    "mt-eval": ("parallel_texts", {"name": "mt-eval"}),
    "multi30k": ("multi30k", {}),
    "nab": ("nab", {}),
    "newsmtsc": ("labelled_texts", {"name": "newsmtsc"}),
    "nottingham": ("polyphonic_music", {"music": "nottingham"}),
    "piano_midi": ("polyphonic_music", {"music": "piano_midi"}),
    "ptb": ("ptb", {}),
    "reuters21578-headlines": ("reuters21578", {}),
    "semeval-twitter-sentiment": ("labelled_texts", {"name": "semeval-twitter-sentiment"}),
    "senti4sd": ("labelled_texts", {"name": "senti4sd"}),
    "speech_commands": ("speech_commands", {}),
    "speech_commands_v2": ("speech_commands_v2", {}),
    "sst2": ("sst", {"classes": 2}),
    "sst5": ("sst", {"classes": 5}),
    "taeckstroem-sentences": ("labelled_texts", {"name": "taeckstroem-sentences"}),
    "tiny-shakespeare": ("tiny_shakespeare", {}),
    "tweeteval-irony-emotion": ("labelled_texts", {"name": "tweeteval-irony-emotion"}),
    "utd_mhad": ("utd_mhad", {}),
    "vader-icwsm14": ("labelled_texts", {"name": "vader-icwsm14"}),
    "weather_jena_2020": ("weather_jena", {}),
    "wikitext-2": ("wikitext2", {}),
    "wmt-news-2008-2013": ("parallel_texts", {"name": "wmt-news-2008-2013"}),
}


def load(dataset: str, split: str, root: str | os.PathLike | None = None) -> list:
    """Load the examples of one split of a data set.

    Args:
        dataset: name of the set, see `DATASETS`.
        split: name of the split; the set's module lists them.
        root: data folder, which has a folder for each set. Default: `$GRU_ZOO_DATA`; without that
            the set is downloaded from its source.

    Returns:
        The examples, of a kind of `gru_zoo.data.examples`; strings for running text, and lists of
        steps for music.

    Raises:
        ValueError: unknown data set or split, wrong checksum, or wrong number of examples.
        FileNotFoundError: `root` lacks the set, or the set cannot be downloaded.
        OSError: the download failed.

    Example:
        >>> examples = gru_zoo.data.load("imdb", "test")
        >>> examples[0].label
        'negative'
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
