"""Train one model for all directions, and save a preset of each.

The presets share the weights, which lie in the folder of the first one.
"""

import pathlib

import numpy as np

from gru_zoo import data, recipe
from gru_zoo.base.task import WEIGHTS
from gru_zoo.presets import store
from gru_zoo.presets.card import Card
from gru_zoo.tasks.translation.processor import language_symbol
from gru_zoo.tasks.translation.words import known_words
from recipes.translation.card_texts import everyday_texts
from recipes.translation.corpora import ANKI, DIRECTIONS, LANGUAGES, Direction, other_than_english
from recipes.translation.many_ways import ManyWays, directed, direction_of
from recipes.translation.mixture import mixture, smoke_mixture
from recipes.translation.settings import CAPTIONS
from recipes.translation.training import fit, start

VALIDATION = 200  # sentences of each direction


def name_of(way: Direction) -> str:
    """The preset of a direction."""
    return f"translation_{way[0]}_{way[1]}"


def train(run: recipe.Run) -> None:
    """Train the model, and save and measure the preset of each direction."""
    args = run.args
    made = smoke_mixture() if args.smoke else mixture(args.data_dir, run.settings.seed)
    by_language = made.texts()
    texts = sorted(set().union(*by_language.values()))
    np.random.default_rng(0).shuffle(texts)
    coverage = 1.0 if args.smoke else 0.9999
    task, earlier = start(run, texts, ManyWays, coverage, list(map(language_symbol, LANGUAGES)))
    task.processor.words = {code: known_words(found) for code, found in by_language.items()}
    held_out = made.held_out or validation_pairs(task, args.data_dir)
    fit(run, task, earlier, (made.sources, made.targets), held_out, made.counts)
    ship_all(run, task, held_out)


def validation_pairs(task: ManyWays, root: str | None) -> tuple[list[str], list[tuple[str, ...]]]:
    """Sources with their directions, and their references, of each direction."""
    held_out: tuple[list[str], list[tuple[str, ...]]] = ([], [])
    for way in DIRECTIONS:
        examples = data.load(ANKI[other_than_english(way)], "valid", root)
        sources, references = task.way(way).examples(examples)
        for i in np.random.default_rng(0).permutation(len(sources))[:VALIDATION]:
            held_out[0].append(directed(sources[i], way))
            held_out[1].append(references[i])
    return held_out


def tests_of(way: Direction) -> tuple[tuple[str, str], ...]:
    """Data sets and splits on which a direction is measured."""
    everyday = ((ANKI[other_than_english(way)], "test"),)
    return everyday + CAPTIONS if way == ("en", "de") else everyday


def ship_all(run: recipe.Run, task: ManyWays, held_out) -> None:
    """Save and measure the preset of each direction, then let them share the weights.

    The length penalty of each direction is tuned on its part of the validation pairs.
    """
    sources, references = held_out
    ways = {direction_of(source)[0] for source in sources}
    folders = []
    for way in (way for way in DIRECTIONS if way in ways):
        rows = [i for i, source in enumerate(sources) if direction_of(source)[0] == way]
        own = [direction_of(sources[i])[1] for i in rows], [references[i] for i in rows]
        translator = task.way(way)
        translator.card = task.card.replace(**everyday_texts(way))
        translator.history = task.history
        folders.append(run.args.save_to / name_of(way))
        recipe.ship(
            translator,
            folders[-1],
            () if run.args.untested else tests_of(way),
            run.args.data_dir,
            lambda shipped, own=own: recipe.tune_length_penalty(shipped, shipped.translate, own),
        )
    share(folders)


def share(folders: list[pathlib.Path]) -> None:
    """Keep weights, sub-words and words once: in the first folder that has them."""
    holders: dict[str, pathlib.Path] = {}
    for folder in folders:
        for name in Card.load(folder).files:
            if name == WEIGHTS or name.startswith("assets/"):
                if holders.setdefault(name, folder) != folder:
                    store.share(folder, name, holders[name])
