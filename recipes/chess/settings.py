"""Settings of the chess presets."""

import dataclasses

from gru_zoo.tasks.chess.model import Config


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of one preset's training."""

    title: str
    data: str
    config: Config = Config()
    epochs: int = 10
    parts: int = 16  # epochs that a pass over the games is divided into
    positions: int = 1_152  # turns of a batch, padding included
    learning_rate: float = 2e-3
    warmup: float = 0.05
    average: int = 1
    patience: int = 16
    validation_games: int = 200  # games that are judged after every epoch
    seed: int = 1
    policy: str = "float32"  # the model is small, and conversions would cost more than they save


PRESETS = {
    "chess_moves": Settings(title="The next move of a human", data="lichess_rated_games"),
}
# A tiny model, to run the recipe in seconds.
SMOKE = {
    "board_units": 8,
    "units": 8,
    "context_units": 8,
    "move_dim": 8,
    "query_dim": 4,
    "positions": 128,
    "parts": 1,
    "epochs": 2,
}
