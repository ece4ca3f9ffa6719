"""Train the preset for anomalies, measure it on its tests, and save it.

    KERAS_BACKEND=jax python recipes/anomalies/train.py anomalies_stream --work DIR --data-dir DATA

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
from gru_zoo.presets.card import Card, DataRow
from gru_zoo.tasks.anomalies.model import LEVELS
from gru_zoo.tasks.anomalies.processor import AnomaliesProcessor
from gru_zoo.tasks.anomalies.task import Anomalies
from recipes.anomalies.card_texts import TEXTS
from recipes.anomalies.prepare import Mixture, panels
from recipes.anomalies.settings import PRESETS, SMOKE, Settings

SETS = {"forecasting_competitions": forecasting_competitions, "beijing_pm25": beijing_pm25}


def start(preset: str, settings: Settings) -> Anomalies:
    """The untrained task."""
    config = settings.config
    card = Card(
        name=preset,
        task="anomalies",
        title=settings.title,
        config=dataclasses.asdict(config),
        **TEXTS[preset],
    )
    return Anomalies(Anomalies.build(config), AnomaliesProcessor(), card)


def batches(args: argparse.Namespace, settings: Settings):
    """Batches to train and to validate on, and the rows of the card about their data."""
    real, held_out = (
        [] if args.smoke else panels(args.data_dir, held_out) for held_out in (False, True)
    )
    rows, units = settings.rows, settings.config.units
    train = Mixture(real, settings.batches, rows, units, settings.seed)
    # The validation of all trainings is the same.
    valid = Mixture(held_out, settings.valid_batches, rows, units, 2, fixed=True)
    counts: dict[str, int] = {}
    for panel in real:
        name = panel.name if panel.name in SETS else "forecasting_competitions"
        counts[name] = counts.get(name, 0) + len(panel.series)
    made = DataRow(
        "synthetic series",
        "train",
        settings.batches * rows * settings.epochs,
        "Apache-2.0",
        "recipes/anomalies/prepare.py",
    )
    sources = {name: module.SOURCE for name, module in SETS.items()}
    return train, valid, (made, *recipe.data_rows(counts, sources))


def main() -> None:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    run = recipe.begin("anomalies", recipe.parse(parser), PRESETS, SMOKE)
    args, settings = run.args, run.settings
    task = start(args.preset, settings)
    print(f"{task.model.count_params():,} weights")
    train, valid, rows = batches(args, settings)
    run.train(task, train, valid, [QuantileLoss(LEVELS), None])
    run.complete(task, rows)
    run.ship(task, settings.tests)


if __name__ == "__main__":
    main()
