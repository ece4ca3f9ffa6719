"""Steps that the trainings of one direction and of several have in common."""

import dataclasses
from collections.abc import Mapping, Sequence

import keras

from gru_zoo import recipe, registry
from gru_zoo.data import anki, multi30k, parallel_texts
from gru_zoo.presets.card import Card
from gru_zoo.presets.weights import round_to_grid
from gru_zoo.tasks.translation.task import Translation
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from recipes.translation.card_texts import TEXTS
from recipes.translation.net2net import grow

SOURCES = {
    "multi30k": multi30k.SOURCE,
    **{source.name: source for source in anki.SOURCES.values()},
    **{name: source for name, (source, _) in parallel_texts.SETS.items()},
}


def start(
    run: recipe.Run,
    texts: Sequence[str],
    kind: type[Translation] = Translation,
    coverage: float = 1.0,
    symbols: Sequence[str] = (),
) -> tuple[Translation, Translation | None]:
    """The task to train, with the weights of the preset that `--start-from` names.

    Args:
        run: the run.
        texts: training texts, on which a tokenizer is fitted unless there is one: that of an
            interrupted run, or of a preset of the same languages.
        kind: class of the task.
        coverage: `character_coverage` of `SubwordTokenizer.train`.
        symbols: `symbols` of `SubwordTokenizer.train`.

    Returns:
        The task, and the preset that it starts from, if any.
    """
    settings, args = run.settings, run.args
    earlier = recipe.load_earlier(args.start_from) if args.start_from else None
    if earlier and earlier.processor.languages == settings.languages:
        tokenizer = earlier.processor.tokenizer
    else:
        options = {"case_sensitive": True, "character_coverage": coverage, "symbols": symbols}
        size = settings.config.vocabulary_size
        tokenizer = recipe.fit_tokenizer(run.work, texts, size, args.resume, **options)
    task = _untrained(run, tokenizer, kind)
    if earlier:
        grow(task, earlier)
    return task, earlier


def _untrained(run: recipe.Run, tokenizer: SubwordTokenizer, kind: type[Translation]):
    preset, settings = run.args.preset, run.settings
    size = tokenizer.vocabulary_size
    config = dataclasses.asdict(dataclasses.replace(settings.config, vocabulary_size=size))
    texts = {"title": settings.title, **TEXTS[preset]}
    card = Card(name=preset, task="translation", config=config, **texts)
    processor = kind.Processor(tokenizer, settings.languages, settings.max_length)
    return kind(registry.build("translation", **config), processor, card)


def fit(
    run: recipe.Run,
    task: Translation,
    earlier: Translation | None,
    pairs: tuple[list[str], list[str]],
    held_out: tuple[list[str], list[tuple[str, ...]]],
    counts: Mapping[str, int],
) -> None:
    """Train the task, complete its card, and round its weights.

    Args:
        run: the run.
        task: the task.
        earlier: the preset that it started from, whose data its weights have learned from.
        pairs: sources and targets of an epoch.
        held_out: sources and references to validate with.
        counts: number of training pairs by the name of their set.
    """
    settings = run.settings
    print(recipe.describe_counts(counts, len(held_out[0]), "pairs"))
    if settings.epochs:
        task.fit(
            *pairs,
            validation=held_out,
            epochs=settings.epochs,
            tokens=settings.tokens,
            learning_rate=settings.learning_rate,
            warmup=settings.warmup,
            label_smoothing=settings.label_smoothing,
            sampling=settings.sampling or None,
            average=settings.average,
            patience=settings.patience,
            seed=settings.seed,
            directory=run.work,
            resume=run.args.resume,
        )
    keras.mixed_precision.set_global_policy("float32")
    rows = recipe.data_rows(counts, SOURCES)
    if earlier:
        rows = tuple(dict.fromkeys((*earlier.card.data, *rows)))
    run.complete(task, rows)
    round_to_grid(task.model, settings.grid)
