"""Train a preset for forecasting, measure it on its tests, and save it.

    KERAS_BACKEND=torch python recipes/forecasting/train.py forecasting_any --work DIR \\
        --data-dir DATA

After a kill, --resume continues the training.
"""

import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from gru_zoo import recipe, training
from gru_zoo.tasks.forecasting.losses import QuantileLoss
from gru_zoo.tasks.forecasting.model import build
from recipes.forecasting.prepare import Mixture, panels
from recipes.forecasting.settings import PRESETS, SMOKE, Settings


def main() -> None:
    args = recipe.parse(recipe.parser(__doc__.splitlines()[0], PRESETS, Settings))
    run = recipe.begin("forecasting", args, PRESETS, SMOKE)
    settings, patch = run.settings, run.settings.config.patch
    model = build(settings.config)
    print(f"{model.count_params():,} weights")
    real, held_out = (
        [] if args.smoke else panels(args.data_dir, held_out) for held_out in (False, True)
    )
    train = Mixture(real, patch, settings.batches, settings.seed)
    valid = Mixture(held_out, patch, settings.valid_batches, settings.seed + 1, fixed=True)
    training.seed_generators(model, settings.seed)
    steps = len(train) * settings.epochs
    model.compile(training.optimizer(settings.learning_rate, steps), QuantileLoss())
    training.fit(
        model,
        train,
        valid,
        epochs=settings.epochs,
        monitor="val_loss",
        mode="min",
        average=settings.average,
        directory=run.work,
        resume=args.resume,
        settings={"rate": settings.learning_rate, "seed": settings.seed},
        verbose=2,
    )


if __name__ == "__main__":
    main()
