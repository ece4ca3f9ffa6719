"""Recommendations while a user clicks: a session keeps the state of the model."""

from collections.abc import Callable, Iterable
from typing import Any

import keras
import numpy as np
from keras import ops

from gru_zoo.layers import GRU
from gru_zoo.layers.recurrence import state_dtype
from gru_zoo.ops.compile import compiled
from gru_zoo.ops.raw_call import raw_call
from gru_zoo.tasks.recommendation.model import without_padding
from gru_zoo.tasks.recommendation.processor import Item, RecommendationProcessor, as_id
from gru_zoo.tasks.recommendation.results import Recommendations

Tensor = Any
Lists = Callable[[np.ndarray, list[np.ndarray], int, bool], list[Recommendations]]


class NextItemSteps:
    """The model of recommendation one item at a time.

    A state is the last item, int32, shape `(1,)`; the state of the GRU, shape `(1, units)`; and
    the evidence of the counts, shape `(1, items + 1)`.

    Args:
        model: model from `gru_zoo.tasks.recommendation.model.build`.
    """

    def __init__(self, model: keras.Model):
        self.embedding, self.projection = (
            model.get_layer("embedding"),
            model.get_layer("projection"),
        )
        self.gru: GRU = model.get_layer("gru")
        self.counts = model.get_layer("successor_counts")
        self.add = compiled(self._add, model.variables)
        self.probabilities = compiled(self._probabilities, model.variables)

    def start(self) -> tuple[np.ndarray, ...]:
        """The state before the first item."""
        dtype = state_dtype(self.gru.compute_dtype)
        state = np.zeros((1, self.gru.units), "float32").astype(dtype)
        return np.zeros(1, "int32"), state, np.zeros((1, self.counts.items + 1), "float32")

    def _add(self, item: Tensor, state: Tensor, evidence: Tensor) -> tuple[Tensor, Tensor]:
        """State of the GRU and evidence after one more item, int32, shape `(1,)`."""
        item = ops.convert_to_tensor(item)
        after = self.gru.step(raw_call(self.embedding, item), ops.convert_to_tensor(state))
        before = ops.convert_to_tensor(evidence)
        return after, self.counts.evidence(item[:, None], before)

    def _probabilities(self, item: Tensor, state: Tensor, evidence: Tensor) -> Tensor:
        """Probabilities of the next item, float32, shape `(1, items + 1)`."""
        x = raw_call(self.embedding, ops.convert_to_tensor(item))
        h = ops.cast(ops.convert_to_tensor(state), x.dtype)
        query = raw_call(self.projection, ops.concatenate([h, x], axis=-1))
        prior = ops.softmax(without_padding(self.embedding(query, reverse=True)))
        return self.counts.mix(ops.convert_to_tensor(evidence), prior)


class Session:
    """The items of one user as they come, see `Recommendation.session`.

    The work of an item does not depend on how many came before it. The recommendations are those
    for the whole history.

    Args:
        steps: the model, one item at a time.
        processor: the items.
        lists: function from probabilities, shape `(rows, items + 1)`, the numbers of the items that
            each row has seen, a count, and whether to leave these out, to recommendations.

    Attributes:
        items: ids of the items so far, the unknown ones included.
    """

    def __init__(self, steps: NextItemSteps, processor: RecommendationProcessor, lists: Lists):
        self._steps, self._processor, self._lists = steps, processor, lists
        self._last, self._state, self._evidence = steps.start()
        self._seen: list[int] = []
        self.items: list[str] = []

    def add(self, item: Item) -> bool:
        """Add an item that the user clicked or bought.

        Args:
            item: its id.

        Returns:
            Whether the item is known. An unknown one changes nothing.

        Raises:
            TypeError: the id is neither a text nor a whole number.
        """
        self.items.append(as_id(item))
        number = self._processor.number(item)
        if not number:
            return False
        self._last = np.array([number], "int32")
        self._state, self._evidence = self._steps.add(self._last, self._state, self._evidence)
        self._seen.append(number)
        return True

    def extend(self, items: Iterable[Item]) -> None:
        """Add several items, the oldest first."""
        for item in items:
            self.add(item)

    def recommend(self, n: int = 10, exclude_seen: bool = True) -> Recommendations:
        """Recommend items for the session so far, see `Recommendation.recommend`."""
        if self._seen:
            scores = self._steps.probabilities(self._last, self._state, self._evidence)
        else:
            scores = self._steps.counts.popularity()[None]
        rows = np.array(ops.convert_to_numpy(scores))
        return self._lists(rows, [np.array(self._seen, "int32")], n, exclude_seen)[0]
