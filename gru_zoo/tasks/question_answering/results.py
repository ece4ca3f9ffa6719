"""What question answering returns."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Answer:
    """An answer to a question about a text.

    Args:
        text: the answer; None if the text has none.
        score: probability of the answer, or of there being none, from 0 to 1.
        start: position of the answer in the text; None if it does not stand there.
        end: position after the answer; None if it does not stand there.
        sentences: sentences that were read.
        weights: how much each of them was used, from 0 to 1: in a passage, the probability that an
            answer begins there.
    """

    text: str | None
    score: float
    start: int | None = None
    end: int | None = None
    sentences: tuple[str, ...] = dataclasses.field(default=(), repr=False)
    weights: tuple[float, ...] = dataclasses.field(default=(), repr=False)

    @property
    def evidence(self) -> tuple[str, ...]:
        """Sentences whose weight is at least half of the highest one, in their order."""
        highest = max(self.weights, default=0.0)
        pairs = zip(self.sentences, self.weights, strict=True)
        return tuple(s for s, weight in pairs if highest > 0 and weight >= highest / 2)
