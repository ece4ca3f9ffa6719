"""Train a recommendation preset, measure it on its test split, and save it.

    KERAS_BACKEND=torch python recipes/recommendation/train.py recommendation_beauty --work DIR \
        --data-dir DATA

or train on a table of your own, with a row for each item that a user bought, played or read:

    python recipes/recommendation/train.py own --csv log.csv --user u --item i --time t \
        --work DIR --save-to FOLDER

After a kill, --resume continues the training.
"""

import argparse
import collections
import dataclasses
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from gru_zoo import recipe, registry
from gru_zoo.data.purchase_sequences import SOURCES
from gru_zoo.presets.card import Card
from gru_zoo.presets.weights import round_to_grid
from gru_zoo.tasks.recommendation.processor import RecommendationProcessor
from gru_zoo.tasks.recommendation.task import Recommendation
from recipes.recommendation.card_texts import TEXTS
from recipes.recommendation.prepare import Prepared, examples, own_examples, smoke_examples
from recipes.recommendation.settings import PRESETS, SMOKE, Settings


def start(preset: str, settings: Settings, prepared: Prepared) -> Recommendation:
    """The untrained task for the items of the training sequences, the most frequent first."""
    counts = collections.Counter(item for items in prepared.sequences for item in items)
    processor = RecommendationProcessor(
        [item for item, _ in counts.most_common()],
        {item: title for item, title in prepared.titles.items() if item in counts},
    )
    config = dataclasses.asdict(dataclasses.replace(settings.config, items=len(counts)))
    card = Card(
        name=preset, task="recommendation", title=settings.title, config=config, **TEXTS[preset]
    )
    return Recommendation(registry.build("recommendation", **config), processor, card)


def arguments() -> argparse.Namespace:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    own = parser.add_argument_group("own: a table of your own")
    own.add_argument("--csv", type=pathlib.Path, help="CSV, TSV or JSON lines")
    own.add_argument("--user", default="user", help="column of the users; default: user")
    own.add_argument("--item", default="item", help="column of the items; default: item")
    own.add_argument("--time", help="column of the times; default: the rows are in order")
    own.add_argument("--item-title", help="column of the items' titles; default: no titles")
    args = recipe.parse(parser)
    if (args.preset == "own") != bool(args.csv):
        parser.error("--csv is for the preset 'own' alone, which needs it")
    return args


def main() -> None:
    args = arguments()
    run = recipe.begin("recommendation", args, PRESETS, SMOKE)
    settings = run.settings

    if args.preset == "own":
        columns = {"user": args.user, "item": args.item, "time": args.time}
        prepared = own_examples(args.csv, settings, **columns, title=args.item_title)
    elif args.smoke:
        prepared = smoke_examples(settings)
    else:
        prepared = examples(settings.data, args.data_dir)
    task = start(args.preset, settings, prepared)
    interactions = sum(map(len, prepared.sequences))
    print(
        f"{len(prepared.sequences):,} users, {interactions:,} interactions, "
        f"{task.config.items:,} items"
    )
    task.fit(
        prepared.sequences,
        validation=prepared.validation,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        warmup=settings.warmup,
        samples=settings.samples,
        patience=settings.patience,
        seed=settings.seed,
        directory=run.work,
        resume=args.resume,
        verbose=2,
    )

    print(f"validation: ndcg_10 {max(task.history['val_ndcg_10']):.4f}")
    run.complete(
        task, recipe.data_rows({settings.data or "own table": len(prepared.sequences)}, SOURCES)
    )
    # A coarser grid than `ship` takes: equal on validation, and the file is a fifth smaller.
    round_to_grid(task.model, steps=8)
    run.ship(task, [(settings.data, "test")] if settings.data else [])


if __name__ == "__main__":
    main()
