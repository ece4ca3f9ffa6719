"""Train a preset for forecasting, measure it on its tests, and save it.

    KERAS_BACKEND=torch python recipes/forecasting/train.py forecasting_any --work DIR \\
        --data-dir DATA

or train on series of your own, see `Forecasting.forecast` for the form of the table:

    python recipes/forecasting/train.py own --csv my.csv --time date --work DIR --save-to FOLDER

After a kill, --resume continues the training.
"""

import argparse
import dataclasses
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from gru_zoo import recipe
from gru_zoo.data import beijing_pm25, forecasting_competitions
from gru_zoo.losses.quantile import QuantileLoss
from gru_zoo.metrics.forecasting import LEVELS
from gru_zoo.presets.card import Card, DataRow
from gru_zoo.tasks.forecasting.processor import ForecastingProcessor
from gru_zoo.tasks.forecasting.task import Forecasting
from gru_zoo.tasks.forecasting.windows import PAST
from recipes.forecasting.calibration import calibrate
from recipes.forecasting.card_texts import TEXTS
from recipes.forecasting.prepare import Mixture, Panel, panels
from recipes.forecasting.sets import SOURCES, set_batches
from recipes.forecasting.settings import PRESETS, SMOKE, Settings

SETS = {"forecasting_competitions": forecasting_competitions, "beijing_pm25": beijing_pm25}


def start(preset: str, settings: Settings) -> Forecasting:
    """The untrained task."""
    config = settings.config
    card = Card(
        name=preset,
        task="forecasting",
        title=settings.title,
        config=dataclasses.asdict(config),
        **TEXTS[preset],
    )
    # A preset trained on one set reads as much of the past as it was trained with.
    past = settings.past if settings.data else PAST
    processor = ForecastingProcessor(config.patch, past=past)
    return Forecasting(Forecasting.build(config), processor, card)


def arguments() -> argparse.Namespace:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    recipe.add_start_from(parser)
    parser.add_argument("--csv", type=pathlib.Path, help="own: table of series")
    parser.add_argument("--time", help="own: its column of times")
    args = recipe.parse(parser)
    if (args.preset == "own") != bool(args.csv):
        parser.error("--csv is for the preset 'own' alone, which needs it")
    return args


def synthetic_batches(args: argparse.Namespace, settings: Settings, held_out: list[Panel]):
    """Batches to train and to validate on, and the rows of the card about their data."""
    real = [] if args.smoke else panels(args.data_dir, held_out=False)
    patch, seed = settings.config.patch, settings.seed
    train = Mixture(real, patch, settings.batches, seed)
    # The validation of all trainings is the same.
    valid = Mixture(held_out, patch, settings.valid_batches, 2, fixed=True)
    counts = {}
    if real:
        names = [name for name in forecasting_competitions.SPLITS if name.startswith("train_")]
        names.append("m4_hourly")
        splits = forecasting_competitions.SPLITS
        counts["forecasting_competitions"] = sum(splits[name][2] for name in names)
        counts["beijing_pm25"] = len(beijing_pm25.COLUMNS)
    rows = recipe.data_rows(counts, {name: module.SOURCE for name, module in SETS.items()})
    made = DataRow(
        "synthetic series",
        "train",
        train.rows_of_an_epoch() * settings.epochs,
        "Apache-2.0",
        "recipes/forecasting/generator.py",
    )
    return train, valid, (made, *rows)


def own_series(task: Forecasting, run: recipe.Run) -> None:
    """Train the task on the table of the user."""
    args, settings = run.args, run.settings
    task.fit(
        args.csv,
        time=args.time,
        past=settings.past,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        average=settings.average,
        seed=settings.seed,
        directory=run.work,
        resume=args.resume,
        verbose=2,
    )


def with_earlier(rows: tuple[DataRow, ...], earlier: Forecasting | None) -> tuple[DataRow, ...]:
    """The rows of a card, with the synthetic series of the training before counted in."""
    if earlier is None:
        return rows
    before = {row.name: row.examples for row in earlier.card.data}
    count = rows[0].examples + before.get(rows[0].name, 0)
    return (dataclasses.replace(rows[0], examples=count), *rows[1:])


def main() -> None:
    args = arguments()
    run = recipe.begin("forecasting", args, PRESETS, SMOKE)
    settings = run.settings
    task = start(args.preset, settings)
    earlier = recipe.load_earlier(args.start_from) if args.start_from else None
    if earlier is not None:
        recipe.copy_earlier_weights(task, earlier)
        task.history = earlier.history
    print(f"{task.model.count_params():,} weights")
    if args.preset == "own":
        own_series(task, run)
        rows = task.card.data
    elif settings.data:
        train, valid, counts = set_batches(settings, args.data_dir)
        rows = recipe.data_rows(counts, SOURCES)
        run.train(task, train, valid, QuantileLoss(LEVELS))
    else:
        held_out = [] if args.smoke else panels(args.data_dir, held_out=True)
        train, valid, rows = synthetic_batches(args, settings, held_out)
        rows = with_earlier(rows, earlier)
        if settings.epochs:
            run.train(task, train, valid, QuantileLoss(LEVELS))
        print("widths:", calibrate(task, held_out))
    run.complete(task, rows)
    run.ship(task, settings.tests)


if __name__ == "__main__":
    main()
