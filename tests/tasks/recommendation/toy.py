"""A small task of recommendation with random weights, and a log to train it on."""

import random

import numpy as np

from gru_zoo.tasks.recommendation.model import Config
from gru_zoo.tasks.recommendation.processor import RecommendationProcessor
from gru_zoo.tasks.recommendation.task import Recommendation
from gru_zoo.tasks.recommendation.vocabulary import learn_counts
from tests.tiny_card import tiny_card

ITEMS = 12
CONFIG = Config(items=ITEMS, embedding_dim=6, units=5, neighbors=3)
NAMES = [f"p{number}" for number in range(1, ITEMS + 1)]


def sequences(seed: int = 0, count: int = 40) -> list[list[str]]:
    """Users who go through the items in circles, and skip some."""
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        place, items = draw.randrange(ITEMS), []
        for _ in range(draw.randrange(2, 7)):
            place = (place + draw.choice([1, 1, 1, 2])) % ITEMS
            items.append(NAMES[place])
        found.append(items)
    return found


def counted_task(config: Config = CONFIG) -> Recommendation:
    """A task with random weights that has counted the log."""
    random.seed(1)
    processor = RecommendationProcessor(NAMES, {"p1": "Tea pot"})
    task = Recommendation(
        Recommendation.build(config), processor, tiny_card("recommendation", config)
    )
    encoded = [processor.encode(items)[0] for items in sequences()]
    learn_counts(task.model, encoded, config.pair_decay)
    task.model.get_layer("successor_counts").strength.assign(2.0)
    return task


def dense(task: Recommendation) -> np.ndarray:
    """The counts of a task as a matrix, shape `(items + 1, items + 1)`."""
    layer = task.model.get_layer("successor_counts")
    weights = [np.asarray(weight) for weight in layer.get_weights()]
    successors, counts = weights[0], weights[1]
    matrix = np.zeros((ITEMS + 1, ITEMS + 1))
    for row in range(ITEMS + 1):
        np.add.at(matrix[row], successors[row], counts[row])
    return matrix
