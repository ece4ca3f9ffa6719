"""Batches of stories, varied anew in every epoch."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.batching.dataset import LengthGroupedDataset, digest
from gru_zoo.batching.length_plan import bucket_indices
from gru_zoo.batching.padding import check_batch_size
from gru_zoo.tasks.question_answering.exchange import Exchange
from gru_zoo.tasks.question_answering.processor import (
    LENGTHS,
    QuestionAnsweringProcessor,
    Story,
    pad_stories,
)

_LONG = 40  # sentences from which on a batch has half as many stories, to spare memory


class StoryBatches(LengthGroupedDataset):
    """Batches `((facts, questions), classes)`; in training, shuffled and with words exchanged.

    Args:
        stories: the stories.
        answers: words of the answer of each, in lower case.
        processor: processor of the model.
        batch_size: stories of a batch, 1 or more.
        seed: seed of the order and of the exchange.
        exchanges: which words are exchanged in each story; None exchanges none and keeps the
            order.
    """

    def __init__(
        self,
        stories: Sequence[Story],
        answers: Sequence[tuple[str, ...]],
        *,
        processor: QuestionAnsweringProcessor,
        batch_size: int,
        seed: int = 0,
        exchanges: Sequence[Exchange] | None = None,
    ):
        self.stories, self.answers, self.processor = stories, answers, processor
        self.exchanges = exchanges
        size = check_batch_size(batch_size)
        super().__init__(
            [bucket_indices([story.facts for story in stories], LENGTHS)],
            [size if length <= _LONG else max(1, size // 2) for length in LENGTHS],
            seed=seed,
            shuffle=exchanges is not None,
        )

    def digest(self) -> str:
        """SHA-256 of the classes, in their order, and of the lengths of all stories."""
        classes = np.array([self.processor.class_of(answer) for answer in self.answers])
        return digest((classes, np.array([len(story.facts) for story in self.stories])))

    def _batch(self, index: int, rows: np.ndarray) -> tuple:
        random = np.random.default_rng((self.seed, self.epoch, index))
        stories, classes = [], []
        for row in rows:
            story, answer = self.stories[row], self.answers[row]
            if self.exchanges is not None:
                drawn = self.exchanges[row].draw(random)
                table = self.processor.table(drawn)
                story = story._replace(facts=table[story.facts], question=table[story.question])
                answer = tuple(drawn.get(word, word) for word in answer)
            stories.append(story)
            classes.append(self.processor.class_of(answer))
        return pad_stories(stories), np.array(classes, "int32")
