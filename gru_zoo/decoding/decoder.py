"""From a model that says what comes next to sequences: greedy, sampled, and beam search.

Every search is one loop, compiled as a whole on TensorFlow and JAX and free of gradients on torch,
and knows of a model only the two functions of `gru_zoo.decoding.step_model.StepModel`.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from keras import ops

from gru_zoo.decoding import beam_search as searches
from gru_zoo.decoding.arrays import NEG_INF
from gru_zoo.decoding.sampling import greedy, sample
from gru_zoo.decoding.step_model import StepModel
from gru_zoo.ops.compile import compiled
from gru_zoo.text.special_tokens import EOS


class Sequences(NamedTuple):
    """What a search found for a batch, the best first.

    Args:
        ids: token ids without marks, a list of hypotheses for each row of the batch.
        scores: float32, shape `(batch, hypotheses)`: the model's log-probability, given that `PAD`,
            `UNK` and `BOS` are not written, in beam search divided by length ** length_penalty,
            `EOS` counted; minus infinity where a beam found fewer hypotheses than asked for.
        lengths: number of tokens, `EOS` counted, shape `(batch, hypotheses)`.
        state: of a search that follows one hypothesis a row, the tensors of the state in which
            the last token was chosen, so that a search with equal limits can be gone on with.
    """

    ids: list[list[np.ndarray]]
    scores: np.ndarray
    lengths: np.ndarray
    state: tuple[Any, ...] = ()


class Decoder:
    """The searches over one model, each compiled once for each shape.

    Ids below `EOS` are never written, and `EOS` ends a sequence, unless `steps.ends` is False. Rows
    of a batch do not influence each other: one by one they give the same.

    Args:
        steps: the model.
        fixed: whether its inputs have few shapes, see `compiled`.
    """

    def __init__(self, steps: StepModel, fixed: bool = False):
        self.steps, self.fixed = steps, fixed
        self._compiled: dict[tuple, Callable] = {}

    def greedy(self, inputs: Sequence[np.ndarray], limits: np.ndarray) -> Sequences:
        """The likeliest token at every step.

        Args:
            inputs: arguments of `steps.start`, each of shape `(batch, ...)`.
            limits: most tokens to write for each row, `EOS` included, shape `(batch,)`.
        """
        draws = np.zeros((len(limits), width_of(limits)), "float32")
        return self._run(greedy, (), inputs, limits, draws)

    def sample(
        self,
        inputs: Sequence[np.ndarray],
        limits: np.ndarray,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int | np.random.Generator = 0,
    ) -> Sequences:
        """Tokens drawn from the model's distribution, given that none below `EOS` is written.

        Scores are the log-probabilities in it, whatever of it is left to draw from. Another
        `temperature` compiles nothing, nor does another `top_p` below 1; each `top_k` is a program
        of its own.

        Args:
            inputs: as for `greedy`.
            limits: as for `greedy`.
            temperature: divides the logits, above 0: below 1 the likely gets likelier.
            top_k: draw among this many of the likeliest tokens, 0 for all.
            top_p: draw among the fewest likeliest tokens that together have this probability,
                above 0, at most 1 (Holtzman et al. 2020, section 3.1).
            seed: of the draw, which is the same on every backend, or a generator to draw from.

        Raises:
            ValueError: an argument is out of its range.
        """
        if not (temperature > 0 and top_k >= 0 and 0 < top_p <= 1):
            raise ValueError(
                "Expected temperature > 0, top_k >= 0 and 0 < top_p <= 1. Received: "
                f"temperature={temperature}, top_k={top_k}, top_p={top_p}. For the likeliest "
                "tokens use a small temperature, such as 0.001."
            )
        shape = (len(limits), width_of(limits))
        draws = np.random.default_rng(seed).random(shape, dtype="float32")
        options = (int(top_k), not top_k and bool(top_p < 1))
        numbers = (np.array(number, "float32") for number in (temperature, top_p))
        return self._run(sample, options, inputs, limits, draws, *numbers)

    def beam_search(
        self,
        inputs: Sequence[np.ndarray],
        limits: np.ndarray,
        beam_size: int = 5,
        length_penalty: float = 1.0,
        n_best: int = 1,
        min_length: int = 0,
        ngram: int = 0,
    ) -> Sequences:
        """The likeliest sequences among those that a beam finds.

        Each row has `beam_size` places. A hypothesis that ends keeps its place to the end, the
        best continuations of the others take the rest; a hypothesis at its limit ends there. Last,
        they are ranked by log-probability / length ** length_penalty (Wu et al. 2016, Google's
        Neural Machine Translation System, section 7, with length for their lp). A beam of 1 is
        `greedy`; one that never overflows finds the best sequence there is.

        Args:
            inputs: as for `greedy`.
            limits: as for `greedy`.
            beam_size: places of a row, 1 or more.
            length_penalty: 0 compares log-probabilities, which favours the short, 1 their mean
                a token.
            n_best: hypotheses to return, at most `beam_size`.
            min_length: fewest tokens to write, `EOS` included, where the limits allow them.
            ngram: so many tokens in a row may not come twice in a hypothesis (Paulus et al. 2018,
                A Deep Reinforced Model for Abstractive Summarization, section 2.5, with 3); 0 lets
                them. Scores are the model's all the same.

        Raises:
            ValueError: an argument is out of its range.
        """
        check_best(n_best, beam_size)
        if min_length < 0 or ngram < 0:
            raise ValueError(
                "Expected min_length and ngram of 0 or more. Received: "
                f"min_length={min_length}, ngram={ngram}."
            )
        # Without a penalty a hypothesis only falls behind the finished ones as it grows.
        enough = n_best if length_penalty == 0 else beam_size
        if ngram > width_of(limits):
            ngram = 0  # so few tokens hold none twice
        options = (int(beam_size), int(enough), int(ngram), min_length > 0)
        least = np.array(min_length, "int32")
        found = self._run(searches.beam_search, options, inputs, limits, least)
        scores = found.scores / np.maximum(found.lengths, 1) ** length_penalty
        scores[found.scores <= NEG_INF / 2] = -np.inf
        order = np.argsort(-scores, axis=1, kind="stable")[:, :n_best]
        return Sequences(
            [[row[i] for i in best] for row, best in zip(found.ids, order, strict=True)],
            np.take_along_axis(scores, order, 1),
            np.take_along_axis(found.lengths, order, 1),
        )

    def _run(self, search, options, inputs, limits, *extra) -> Sequences:
        key = (search, options)
        if key not in self._compiled:
            loop = search(self.steps, *options)
            self._compiled[key] = compiled(loop, self.steps.variables, self.fixed)
        limits = np.asarray(limits, "int32")
        written = np.zeros((len(limits), width_of(limits)), "int32")
        outputs = self._compiled[key](limits, written, *extra, *inputs)
        tokens, scores, lengths = (ops.convert_to_numpy(output) for output in outputs[:3])
        lowest = EOS + 1 if self.steps.ends else EOS
        ids = [
            [row[:n][row[:n] >= lowest] for row, n in zip(rows, counts, strict=True)]
            for rows, counts in zip(tokens, lengths, strict=True)
        ]
        return Sequences(ids, scores.astype("float32"), lengths, tuple(outputs[3:]))


def check_best(n: int, beam_size: int, name: str = "n_best") -> None:
    """Raise ValueError unless a beam can hold the `n` best; `name` is that of the argument."""
    if not 1 <= n <= beam_size:
        raise ValueError(
            f"Expected 1 <= {name} <= beam_size. Received: {name}={n}, beam_size={beam_size}."
        )


def width_of(limits: np.ndarray) -> int:
    """Steps of a loop: the largest limit, rounded up so that few lengths are compiled."""
    return max(16, 1 << (int(np.max(limits, initial=1)) - 1).bit_length())
