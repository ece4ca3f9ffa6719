"""What text generation returns."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Score:
    """How well a model foresees a text.

    Args:
        nats: minus the log-probability of the text.
        nats_per_char: `nats` by the number of characters.
        nats_per_word: `nats` by the number of words, the end of a line counted as one.
        perplexity: exp(nats_per_word).
    """

    nats: float
    nats_per_char: float
    nats_per_word: float
    perplexity: float


@dataclasses.dataclass(frozen=True)
class Suggestion:
    """A next word and its probability."""

    word: str
    probability: float

    def __str__(self) -> str:
        return f"{self.word} ({self.probability:.2f})"
