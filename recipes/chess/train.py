"""Train a chess preset, measure it on its test split, and save it.

    KERAS_BACKEND=torch python recipes/chess/train.py chess_moves --work DIR --data-dir DATA

The turns of all games are described first, which takes minutes, and kept in the folder of --work.
After a kill, --resume continues the training.
"""

import dataclasses
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from gru_zoo import data, recipe, registry
from gru_zoo.data.lichess_rated_games import SOURCE
from gru_zoo.presets.card import Card
from gru_zoo.tasks.chess.processor import ChessProcessor
from gru_zoo.tasks.chess.rows import rows_of
from gru_zoo.tasks.chess.task import Chess
from recipes.chess.card_texts import TEXTS
from recipes.chess.prepare import SMOKE_GAMES, Described
from recipes.chess.settings import PRESETS, SMOKE, Settings


def main() -> None:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    recipe.add_start_from(parser)
    args = recipe.parse(parser)
    run = recipe.begin("chess", args, PRESETS, SMOKE)
    settings = run.settings

    if args.smoke:
        games, held_out = SMOKE_GAMES, SMOKE_GAMES
    else:
        games, held_out = (
            data.load(settings.data, split, args.data_dir) for split in ("train", "validation")
        )
    parts = Described(games, settings.parts, run.work / "turns")
    config = dataclasses.asdict(settings.config)
    card = Card(
        name=args.preset, task="chess", title=settings.title, config=config, **TEXTS[args.preset]
    )
    task = Chess(registry.build("chess", **config), ChessProcessor(), card)
    if args.start_from:
        recipe.copy_earlier_weights(task, recipe.load_earlier(args.start_from))
    moves = sum(len(game.moves) for game in games)
    print(f"{len(games):,} games, {moves:,} moves; {task.model.count_params():,} weights")
    if settings.epochs:
        task.fit_rows(
            parts,
            rows_of(held_out[: settings.validation_games]),
            len(games),
            epochs=settings.epochs,
            positions=settings.positions,
            learning_rate=settings.learning_rate,
            warmup=settings.warmup,
            average=settings.average,
            patience=settings.patience,
            seed=settings.seed,
            directory=run.work,
            resume=args.resume,
            verbose=2,
        )
        print(f"validation: top_1 {max(task.history['val_top_1']):.4f}")
    run.complete(task, recipe.data_rows({settings.data: len(games)}, {SOURCE.name: SOURCE}))
    run.ship(task, [(settings.data, "test")])


if __name__ == "__main__":
    main()
