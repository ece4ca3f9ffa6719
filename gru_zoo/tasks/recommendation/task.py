"""Task `recommendation`: recommend the next items of a user from the items so far."""

import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Unpack, cast

import keras
import numpy as np

from gru_zoo import training
from gru_zoo.base.task import Task
from gru_zoo.data.examples import ItemSequence
from gru_zoo.metrics.metric import Metric, check_lengths
from gru_zoo.presets.card import Card
from gru_zoo.tasks.recommendation import scoring
from gru_zoo.tasks.recommendation.batches import SequenceBatches, cut
from gru_zoo.tasks.recommendation.metrics import ranking_metrics
from gru_zoo.tasks.recommendation.model import Config, build
from gru_zoo.tasks.recommendation.processor import (
    History,
    Item,
    RecommendationProcessor,
    as_histories,
)
from gru_zoo.tasks.recommendation.results import (
    Recommendations,
    best_items,
    check_count,
    listed,
)
from gru_zoo.tasks.recommendation.session import NextItemSteps, Session
from gru_zoo.tasks.recommendation.top_items import TopItems
from gru_zoo.tasks.recommendation.training import (
    HeldOut,
    Judge,
    NextItemModel,
    compiler,
    hold_out_last,
    judged,
)
from gru_zoo.tasks.recommendation.vocabulary import learn_counts, start_vectors, with_more_items
from gru_zoo.training.options import FitOptions

_SAMPLE_LENGTHS = (0, 1, 3, 8)  # items of the histories of the demonstration


class Recommendation(Task):
    """Recommendation of the next items from the items that a user bought, played or read.

    A history is a list of item ids, texts or whole numbers, the oldest first. Nothing else is known
    of a user, so that new users need no training. `model` maps item numbers, shape
    `(batch, time)`, to probabilities, shape `(batch, items + 1)`.

    Example:

    >>> import gru_zoo
    >>> shop = gru_zoo.load("recommendation")
    >>> history = [one.item for one in shop.recommend([], n=2)]  # the most popular items
    >>> len(shop.recommend(history, n=5))
    5
    >>> session = shop.session()
    >>> session.add(history[0])
    True
    >>> whole = shop.recommend(history[:1], n=3)
    >>> [one.item for one in session.recommend(n=3)] == [one.item for one in whole]
    True
    """

    inputs = "sequences"
    Config = Config
    build = staticmethod(build)
    Processor = RecommendationProcessor
    exported_outputs = ("probabilities",)

    def __init__(self, model: keras.Model, processor: RecommendationProcessor, card: Card):
        super().__init__(model, processor, card)
        # The items of a catalog stand in the order of their frequency where we trained.
        self.samples = tuple([*processor.items[:length]] for length in _SAMPLE_LENGTHS)

    @classmethod
    def from_items(
        cls, items: Iterable[Item], titles: Mapping[str, str] | None = None, **config: Any
    ) -> "Recommendation":
        """A new task for a catalog of your own, to be trained with `fit`.

        Args:
            items: ids of the items.
            titles: title by item, of any number of them.
            **config: fields of `Config` that differ from their defaults.

        Raises:
            TypeError: an id is neither a text nor a whole number, or the config lacks a field.
            ValueError: there is no item, one is listed twice, or a title belongs to none of them.
        """
        processor = RecommendationProcessor(items, titles)
        full = Config(**{**config, "items": len(processor.items)})
        card = Card(
            name="recommendation",
            task="recommendation",
            title="Recommendation of items of your own",
            summary="Recommends the next items of a user.",
            config=dataclasses.asdict(full),
            licence="yours to state",
            intended_use="Recommendations of the items that it was trained on.",
            limits="It knows the order of items, and nothing else of them or of users.",
            citations=(),
        )
        return cls(build(full), processor, card)

    def recommend(
        self,
        history: History | Sequence[History],
        n: int = 10,
        exclude_seen: bool = True,
    ) -> Recommendations | list[Recommendations]:
        """Recommend the likeliest next items of one history, or of each of several.

        Unknown items are skipped, with one warning a call. A history without known items gets the
        most popular items.

        Args:
            history: item ids, the oldest first, or a list of such lists.
            n: number of items, 1 or more; fewer are recommended where there are no more.
            exclude_seen: whether items of the history are left out. Their probability is not
                given to the others.

        Returns:
            The items with their probabilities, the likeliest first; a list for several histories.

        Raises:
            TypeError: a history is not a list of texts and whole numbers.
            ValueError: `n` is below 1.
        """
        check_count(n)
        histories, is_one = as_histories(history)
        encoded = self.processor.encode_all(histories)
        found = [Recommendations()] * len(encoded)
        known = [row for row, ids in enumerate(encoded) if len(ids)]
        if len(known) < len(encoded):
            found = [self.session().recommend(n)] * len(encoded)
        for rows, items, scores in self._top_items([encoded[r] for r in known], n, exclude_seen):
            for row, one in zip(rows, listed(self.processor, items, scores), strict=True):
                found[known[row]] = one
        return found[0] if is_one else found

    def predict(self, inputs: Any) -> Recommendations | list[Recommendations]:
        """`recommend` ten items for one history, or for each of several."""
        return self.recommend(inputs)

    def from_text(self, text: str) -> list[str]:
        """The history that a line of text stands for: ids separated by commas."""
        return [item.strip() for item in text.split(",") if item.strip()]

    @functools.cached_property
    def _top_items(self) -> TopItems:
        return TopItems(self.model)

    @functools.cached_property
    def _steps(self) -> NextItemSteps:
        return NextItemSteps(self.model)

    def session(self, history: Iterable[Item] = ()) -> Session:
        """Start a session, which recommends after every item at the same cost.

        Args:
            history: items from before the session, the oldest first.
        """
        session = Session(self._steps, self.processor, self._lists)
        session.extend(history)
        return session

    def similar(self, item: Item, n: int = 10) -> Recommendations:
        """Find the items with the most similar vectors, those that occur in similar places.

        Args:
            item: id of a known item.
            n: number of items, 1 or more.

        Returns:
            The items with their cosine similarities, the most similar first.

        Raises:
            TypeError: the id is neither a text nor a whole number.
            ValueError: the item is unknown, or `n` is below 1.
        """
        number = self.processor.number(item)
        if not number:
            raise ValueError(
                f"Expected a known item. Received: item={item!r}, which is none of the "
                f"{len(self.processor.items):,} items of '{self.card.name}'. Add it with fit."
            )
        table = keras.ops.convert_to_numpy(self.model.get_layer("embedding").embeddings)
        norms = np.maximum(np.linalg.norm(table, axis=1), 1e-9)
        scores = (table @ table[number]) / (norms * norms[number])
        return self._lists(scores[None], [np.array([number])], n, exclude_seen=True)[0]

    def _lists(
        self, scores: np.ndarray, seen: Sequence[np.ndarray], n: int, exclude_seen: bool
    ) -> list[Recommendations]:
        return best_items(self.processor, scores, seen if exclude_seen else None, n)

    def demo(self) -> list[str]:
        """Three recommendations for each sample."""
        return [f"{self.recommend(sample, n=3)}  <-  {sample}" for sample in self.samples]

    def golden_inputs(self) -> list[np.ndarray]:
        """Item numbers of the samples, padded with 0."""
        rows = np.zeros((len(self.samples), _SAMPLE_LENGTHS[-1]), "int32")
        for row, history in zip(rows, self.samples, strict=True):
            row[: len(history)] = self.processor.encode(history)[0]
        return [rows]

    def examples(self, examples: list[ItemSequence]) -> tuple[list, list]:
        """The histories, and the item that follows each.

        Raises:
            ValueError: the split is for training and has no next items.
        """
        if any(example.next_item is None for example in examples):
            raise ValueError(
                "Expected a split with next items, 'validation' or 'test'. Received: training data."
            )
        return [example.items for example in examples], [example.next_item for example in examples]

    def evaluate(
        self, inputs: Sequence[History], targets: Sequence[Item], verbose: bool = False
    ) -> list[Metric]:
        """Measure `ndcg_10` and `hit_rate_10` in the full ranking of all unseen items.

        Args:
            inputs: histories.
            targets: the item that followed each. One that is unknown or in its history is a miss.
            verbose: whether to show a progress bar; there is none.

        Raises:
            ValueError: there are no histories, or as many targets as histories.
        """
        check_lengths(len(targets), len(inputs))
        histories = [self.processor.encode(history)[0] for history in inputs]
        numbers = np.array([self.processor.number(item) for item in targets])
        found = scoring.find_ranks(self.model, histories, numbers)
        return ranking_metrics(found, len(self.processor.items))

    def fit(
        self,
        sequences: Sequence[History],
        titles: Mapping[str, str] | None = None,
        validation: float | tuple[Sequence[History], Sequence[Item]] = 0.2,
        epochs: int = 3,
        batch_size: int = 256,
        learning_rate: float = 3e-3,
        warmup: float = 0.05,
        samples: int = 2_048,
        seed: int = 0,
        **options: Unpack[FitOptions],
    ) -> keras.callbacks.History:
        """Train on sequences of your own; the weights of the best epoch are kept.

        Items that are new get a place behind the known ones, so that `model` is replaced. What
        follows what is counted, and the counts are added to those of earlier trainings. Last, the
        strength of the GRU against the counts is chosen on the held-out items.

        Args:
            sequences: items of each user, the oldest first.
            titles: title by item, of any number of items.
            validation: share of the sequences of three items or more whose last item is held out,
                or histories and the item that followed each.
            epochs: number of passes over the sequences.
            batch_size: sequences of a batch.
            learning_rate: peak learning rate of Adam.
            warmup: share of the optimizer steps in which the learning rate rises.
            samples: number of items that the items of a batch are compared with.
            seed: seed of the split, of the order of the batches, and of what is drawn.
            **options: see `gru_zoo.training.FitOptions`.

        Returns:
            The history, with `loss`, `val_loss` (nats an item, against the sampled items) and
            `val_ndcg_10` of every epoch.

        Raises:
            TypeError: an id is neither a text nor a whole number.
            ValueError: a number is out of its range, or no item follows another.
        """
        self._check_options(options)
        is_share = training.is_share(validation, "histories and next items")
        self._add_items((item for history in sequences for item in history), titles)
        ids = [self.processor.encode(history)[0] for history in sequences]
        if is_share:
            train, held_out = hold_out_last(ids, cast(float, validation), seed)
        else:
            train, held_out = ids, self._held_out(*cast(tuple, validation))
        parts = cut(train)
        batches = SequenceBatches(parts, batch_size=batch_size, seed=seed)
        self._learn_counts(train, seed)
        few = judged(held_out, seed)
        last = [np.append(h[-1:], t) for h, t in zip(*few, strict=True) if t]
        frequencies = np.bincount(np.concatenate(train), minlength=self.config.items + 1)
        model = NextItemModel(self.model, frequencies, samples, seed)
        judge = Judge(self.model, few)
        history = self._train(
            batches,
            SequenceBatches(last, batch_size=batch_size, shuffle=False),
            compiler(model),
            learning_rate=learning_rate,
            warmup=warmup,
            model=model,
            monitor="val_ndcg_10",
            mode="max",
            settings={"parts": len(parts), "batch_size": batch_size, "samples": samples},
            kind="sequences",
            count=len(sequences),
            seed=seed,
            epochs=epochs,
            own_callbacks=(judge,),
            **options,
        )
        judge.choose_strength()
        return history

    def _held_out(self, histories: Sequence[History], targets: Sequence[Item]) -> HeldOut:
        """Separate histories and next items as numbers."""
        check_lengths(len(targets), len(histories))
        numbers = [self.processor.number(item) for item in targets]
        return [self.processor.encode(history)[0] for history in histories], np.array(numbers)

    def _add_items(self, items: Iterable[Item], titles: Mapping[str, str] | None) -> None:
        """Make room for new items, and keep titles."""
        self.processor = self.processor.extended(items, titles)
        count = len(self.processor.items)
        if count > self.config.items:
            self.model, config = with_more_items(self.model, self.config, count)
            self.card = self.card.replace(config={**self.card.config, "items": config.items})

    def _learn_counts(self, sequences: Sequence[np.ndarray], seed: int) -> None:
        """Count the sequences, and start the vectors of items that were never counted."""
        layer = self.model.get_layer("successor_counts")
        is_new = keras.ops.convert_to_numpy(layer.frequencies) == 0
        learn_counts(self.model, sequences, self.config.pair_decay)
        if is_new[1:].any():
            start_vectors(self.model, sequences, self.config.pair_decay, is_new, seed)
        for name in ("_steps", "_top_items"):  # those of the new model are made when needed
            self.__dict__.pop(name, None)
