"""Decoders: from a model that predicts the next token to sequences, by search or sampling.

Every search is one loop, compiled as a whole on TensorFlow and JAX and run without gradients on
torch. It uses a model only through `gru_zoo.decoding.step_model.StepModel`.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from keras import ops

from gru_zoo.decoding.arrays import NEG_INF
from gru_zoo.decoding.beam_search import beam_search
from gru_zoo.decoding.sampling import greedy, sample
from gru_zoo.decoding.step_model import StepModel
from gru_zoo.ops.compile import ProgramCache, compiled
from gru_zoo.text.special_tokens import EOS

# Searches of a decoder that are kept compiled; each beam size and each top_k is one.
MAX_SEARCHES = 16


class Sequences(NamedTuple):
    """Results of a search for a batch, the best hypothesis of each row first.

    Args:
        ids: token ids without special tokens; for each row of the batch a list of hypotheses.
        scores: float32, shape `(batch, hypotheses)`: log-probability under the model, in which
            `PAD`, `UNK` and `BOS` have probability 0; of beam search, divided by
            length ** length_penalty. Minus infinity where a beam found fewer hypotheses than asked
            for.
        lengths: number of tokens including `EOS`, shape `(batch, hypotheses)`.
        state: of greedy search and sampling, the tensors of `StepModel.finish` after the last
            step, from which the sequences can be continued if all have the same length.
    """

    ids: list[list[np.ndarray]]
    scores: np.ndarray
    lengths: np.ndarray
    state: tuple[Any, ...] = ()


class Decoder:
    """The searches over one model, each compiled once for each shape of the inputs.

    Ids below `EOS` are never written. `EOS` ends a sequence, unless `steps.ends` is False. Rows of
    a batch do not influence each other.

    At most `MAX_SEARCHES` searches are kept compiled; the least recently used is dropped.

    Args:
        steps: the model.
        fixed: whether its inputs have few shapes, see `gru_zoo.ops.compile.compiled`.

    Attributes:
        searches: the compiled searches, a `gru_zoo.ops.compile.ProgramCache`.
    """

    def __init__(self, steps: StepModel, fixed: bool = False):
        self.steps, self.fixed = steps, fixed
        self.searches = ProgramCache(MAX_SEARCHES)

    def greedy(self, inputs: Sequence[np.ndarray], max_lengths: np.ndarray) -> Sequences:
        """Write the most probable token at every step.

        Args:
            inputs: arguments of `steps.start`, each of shape `(batch, ...)`.
            max_lengths: maximum number of tokens of each row, `EOS` included, integer, shape
                `(batch,)`.
        """
        draws = np.zeros((len(max_lengths), width_of(max_lengths)), "float32")
        return self._run(greedy, (), inputs, max_lengths, draws)

    def sample(
        self,
        inputs: Sequence[np.ndarray],
        max_lengths: np.ndarray,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int | np.random.Generator = 0,
    ) -> Sequences:
        """Draw every token from the distribution of the model.

        Scores are log-probabilities in that distribution, whatever part of it is drawn from.
        Another `temperature` or another `top_p` below 1 compiles nothing; another `top_k` does.

        Args:
            inputs: arguments of `steps.start`, each of shape `(batch, ...)`.
            max_lengths: maximum number of tokens of each row, `EOS` included, integer, shape
                `(batch,)`.
            temperature: divisor of the logits, above 0; below 1 it favors probable tokens.
            top_k: number of most probable tokens to draw among, 0 for all.
            top_p: draw among the fewest most probable tokens that together have this probability,
                above 0, at most 1 (Holtzman et al. 2020, The Curious Case of Neural Text
                Degeneration, section 3.1).
            seed: seed of the draw, which is the same on every backend, or a generator.

        Raises:
            ValueError: an argument is out of its range.
        """
        if not (temperature > 0 and top_k >= 0 and 0 < top_p <= 1):
            raise ValueError(
                "Expected temperature > 0, top_k >= 0 and 0 < top_p <= 1. Received: "
                f"temperature={temperature}, top_k={top_k}, top_p={top_p}. For the most "
                "probable tokens use a small temperature, such as 0.001."
            )
        shape = (len(max_lengths), width_of(max_lengths))
        draws = np.random.default_rng(seed).random(shape, dtype="float32")
        options = (int(top_k), not top_k and bool(top_p < 1))
        numbers = (np.array(number, "float32") for number in (temperature, top_p))
        return self._run(sample, options, inputs, max_lengths, draws, *numbers)

    def beam_search(
        self,
        inputs: Sequence[np.ndarray],
        max_lengths: np.ndarray,
        beam_size: int = 5,
        length_penalty: float = 1.0,
        n_best: int = 1,
        min_length: int = 0,
        no_repeat_ngram_size: int = 0,
    ) -> Sequences:
        """Find the most probable sequences with a beam.

        Each row has `beam_size` hypotheses. A finished hypothesis keeps its place to the end, and
        the best continuations of the others take the remaining places. At its maximum length a
        hypothesis is finished. At the end hypotheses are ranked by
        log-probability / length ** length_penalty (Wu et al. 2016, Google's Neural Machine
        Translation System, section 7, with the length in place of their lp). With a beam of 1 this
        is `greedy`; with a beam that holds all sequences it is an exhaustive search.

        Args:
            inputs: arguments of `steps.start`, each of shape `(batch, ...)`.
            max_lengths: maximum number of tokens of each row, `EOS` included, integer, shape
                `(batch,)`.
            beam_size: hypotheses of a row, 1 or more.
            length_penalty: 0 compares log-probabilities, which favors short sequences; 1 compares
                their mean per token.
            n_best: hypotheses to return for each row, from 1 to `beam_size`.
            min_length: minimum number of tokens, `EOS` included, unless `max_lengths` is lower.
            no_repeat_ngram_size: length of the n-grams that may not occur twice in a hypothesis
                (Paulus et al. 2018, A Deep Reinforced Model for Abstractive Summarization, section
                2.5, with 3); 0 allows all. Scores stay those of the model.

        Raises:
            ValueError: an argument is out of its range.
        """
        check_best(n_best, beam_size)
        if min_length < 0 or no_repeat_ngram_size < 0:
            raise ValueError(
                "Expected min_length and no_repeat_ngram_size of 0 or more. Received: "
                f"min_length={min_length}, no_repeat_ngram_size={no_repeat_ngram_size}."
            )
        # Without a penalty, the rank of an unfinished hypothesis can only fall as it grows.
        enough = n_best if length_penalty == 0 else beam_size
        if no_repeat_ngram_size > width_of(max_lengths):
            no_repeat_ngram_size = 0  # no sequence has two n-grams of that length
        options = (int(beam_size), int(enough), int(no_repeat_ngram_size), min_length > 0)
        found = self._run(beam_search, options, inputs, max_lengths, np.array(min_length, "int32"))
        scores = found.scores / np.maximum(found.lengths, 1) ** length_penalty
        scores[found.scores <= NEG_INF / 2] = -np.inf
        order = np.argsort(-scores, axis=1, kind="stable")[:, :n_best]
        return Sequences(
            [[row[i] for i in best] for row, best in zip(found.ids, order, strict=True)],
            np.take_along_axis(scores, order, 1),
            np.take_along_axis(found.lengths, order, 1),
        )

    def _run(
        self,
        search: Callable,
        options: tuple,
        inputs: Sequence[np.ndarray],
        max_lengths: np.ndarray,
        *arguments: np.ndarray,
    ) -> Sequences:
        """The hypotheses of a search, in the order of its beam.

        Args:
            search: `greedy`, `sample` or `beam_search` of this package.
            options: its arguments after the model.
            inputs, max_lengths: as in the public methods.
            *arguments: what the function that it returns takes between `tokens` and `inputs`.
        """
        program = self.searches.get(
            (search, options),
            lambda: compiled(search(self.steps, *options), self.steps.variables, self.fixed),
        )
        max_lengths = np.asarray(max_lengths, "int32")
        tokens = np.zeros((len(max_lengths), width_of(max_lengths)), "int32")
        outputs = program(max_lengths, tokens, *arguments, *inputs)
        tokens, scores, lengths = (ops.convert_to_numpy(output) for output in outputs[:3])
        first = EOS + 1 if self.steps.ends else EOS
        ids = [
            [row[:n][row[:n] >= first] for row, n in zip(rows, counts, strict=True)]
            for rows, counts in zip(tokens, lengths, strict=True)
        ]
        return Sequences(ids, scores.astype("float32"), lengths, tuple(outputs[3:]))


def check_best(n: int, beam_size: int, name: str = "n_best") -> None:
    """Raise ValueError unless a beam can hold the `n` best; `name` is that of the argument."""
    if not 1 <= n <= beam_size:
        raise ValueError(
            f"Expected 1 <= {name} <= beam_size. Received: {name}={n}, beam_size={beam_size}."
        )


def width_of(max_lengths: np.ndarray) -> int:
    """Steps of a loop: the largest maximum length, rounded up so that few widths are compiled."""
    return max(16, 1 << (int(np.max(max_lengths, initial=1)) - 1).bit_length())
