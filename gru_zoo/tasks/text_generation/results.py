"""Results of text generation."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Likelihood:
    """Likelihood of a text under a model.

    Args:
        nats: negative log-likelihood of the text, in nats.
        nats_per_char: `nats` divided by the number of characters.
        nats_per_word: `nats` divided by the number of words; the end of a line counts as a word.
        perplexity: exp(nats_per_word).
    """

    nats: float
    nats_per_char: float
    nats_per_word: float
    perplexity: float


@dataclasses.dataclass(frozen=True)
class Suggestion:
    """A next word, or the completion of a half-typed one.

    Args:
        word: the whole word.
        probability: its probability, given that a word follows the text before it.
    """

    word: str
    probability: float

    def __str__(self) -> str:
        return f"{self.word} ({self.probability:.2f})"


@dataclasses.dataclass(frozen=True)
class GateActivity:
    """Gates of one GRU at each token of a text, from 0 to 1.

    Args:
        pieces: the tokens as text: characters or sub-words.
        update: update gate, the share of its state that a unit keeps, shape `(tokens, units)`.
        reset: reset gate, the share of the state that a unit's candidate reads, shape
            `(tokens, units)`.
    """

    pieces: tuple[str, ...]
    update: np.ndarray
    reset: np.ndarray
