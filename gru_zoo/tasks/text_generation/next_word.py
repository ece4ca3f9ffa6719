"""Beam search for the next word, or for the completion of a half-typed one."""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from gru_zoo.decoding.arrays import NEG_INF
from gru_zoo.ops.compile import compiled
from gru_zoo.tasks.text_generation.decoder_steps import LanguageModelSteps
from gru_zoo.tasks.text_generation.spelling import Spelling
from gru_zoo.text.special_tokens import BOS

MAX_WORD_LENGTH = 24  # characters or sub-words; longer words are not suggested
MAX_READ = 16  # tokens of the text that are read by the program of the first step

Tensor = Any


class Prefixes(NamedTuple):
    """Prefixes of words, the most likely first.

    Args:
        ids: token ids, int32, shape `(prefixes, length)`.
        probabilities: probability of all words with this prefix, shape `(prefixes,)`.
        parents: row of each prefix without its last token in the step before, int32, shape
            `(prefixes,)`.
    """

    ids: np.ndarray
    probabilities: np.ndarray
    parents: np.ndarray


class NextWordSearch:
    """Beam search for the next word, given that a word follows.

    The first token must be able to start a word, and a token that cannot continue the word ends
    it. No word is more likely than its prefix. So the search stops when it has `n` words that are
    all more likely than every remaining prefix.

    Two or three steps are usually enough, and the numbers of a step are few. So the loop runs in
    NumPy, and the backend computes one step of all prefixes at a time. With a model over words the
    first tokens are the words.

    Args:
        steps: decoding steps of the model.
        can_start: whether each token can start a word, boolean, shape `(vocabulary,)`.
        can_continue: whether each token can continue a word, boolean, shape `(vocabulary,)`.
        spelling: letters of the tokens.
        beam_size: number of prefixes in the beam.
    """

    def __init__(
        self,
        steps: LanguageModelSteps,
        can_start: np.ndarray,
        can_continue: np.ndarray,
        spelling: Spelling,
        beam_size: int,
    ):
        self.steps, self.spelling, self.beam_size = steps, spelling, beam_size
        self._choices = min(beam_size, len(can_start))
        self._whole_words = not can_continue.any()
        self._start_mask = ops.convert_to_tensor(np.where(can_start, 0, NEG_INF), "float32")
        self._can_continue = ops.convert_to_tensor(can_continue, "float32")
        self._ends_word = 1 - self._can_continue
        self._first = compiled(self._first_tokens, steps.variables, fixed=True)
        self._next = compiled(self._next_tokens, steps.variables, fixed=True)

    def search(
        self, text: np.ndarray, states: list[Any], n: int, typed: str = ""
    ) -> tuple[list[tuple[np.ndarray, float]], list[Any]]:
        """Find the most likely next words.

        Args:
            text: last token ids of the text, from 1 to `MAX_READ`.
            states: states of the model before these ids.
            n: number of words, 1 or more.
            typed: letters in lower case that the words begin with.

        Returns:
            At most `n` words, the most likely first, each as its token ids and its probability;
            and the states before the last id of the text.
        """
        beam = Prefixes(np.zeros((1, 0), "int32"), np.ones(1), np.zeros(1, "int32"))
        words: list[tuple[np.ndarray, float]] = []
        count = np.array(len(text), "int32")
        text = np.pad(text, (0, MAX_READ - len(text)))
        allowed = self.spelling.can_spell(typed)[None]
        probabilities, ids, state, memory, states = self._first(text, count, states, allowed)
        beam, rests = self._extend(beam, probabilities, ids, [typed])
        if self._whole_words:
            words = [*zip(beam.ids, beam.probabilities.tolist(), strict=True)][:n]
            return [(ids, p) for ids, p in words if p > 0], states
        for _ in range(MAX_WORD_LENGTH):
            if beam.probabilities[0] <= (words[-1][1] if len(words) == n else 0):
                break
            if any(rests):
                allowed = np.stack([self.spelling.can_spell(rest) for rest in rests])
            else:
                allowed = self.spelling.can_spell("")[None]
            end, probabilities, ids, state = self._next(
                beam.ids[:, -1], beam.parents, state, memory, allowed
            )
            spelled = np.array([not rest for rest in rests])
            complete = beam.probabilities * ops.convert_to_numpy(end) * spelled
            words += zip(beam.ids, complete.tolist(), strict=True)
            words = sorted(words, key=lambda word: -word[1])[:n]
            beam, rests = self._extend(beam, probabilities, ids, rests)
        return [(ids, p) for ids, p in words if p > 0], states

    def _extend(
        self, beam: Prefixes, probabilities: Tensor, ids: Tensor, rests: list[str]
    ) -> tuple[Prefixes, list[str]]:
        """The `beam_size` most likely prefixes with one more token, and what they lack of `typed`.

        If there are fewer, the rest have probability 0.

        Args:
            beam: prefixes so far.
            probabilities: probability of each next token, shape `(prefixes, choices)`.
            ids: the next tokens, integer, shape `(prefixes, choices)`.
            rests: letters that each prefix still has to spell.
        """
        probabilities, ids = map(ops.convert_to_numpy, (probabilities, ids))
        joint = (beam.probabilities[:, None] * probabilities).ravel()
        best = np.argsort(-joint, kind="stable")[: self.beam_size]
        best = np.pad(best, (0, self.beam_size - len(best)), "edge")
        parents = (best // probabilities.shape[1]).astype("int32")
        last = ids.ravel()[best]
        extended = np.concatenate([beam.ids[parents], last[:, None]], axis=1)
        joint = np.where(np.arange(self.beam_size) < joint.size, joint[best], 0.0)
        rests = [
            self.spelling.after(rests[parent], token) if p > 0 else ""
            for parent, token, p in zip(parents, last.tolist(), joint, strict=True)
        ]
        return Prefixes(extended.astype("int32"), joint, parents), rests

    def _first_tokens(
        self, ids: Tensor, count: Tensor, states: list[Any], allowed: Tensor
    ) -> tuple:
        """Read the text and find the first tokens of words.

        Args:
            ids: token ids, integer, shape `(MAX_READ,)`.
            count: number of ids to read, integer, shape `()`.
            states: states of the model before the first id.
            allowed: 1 for the tokens that may come, else 0, float32, shape `(1, vocabulary)`.

        Returns:
            Probabilities and ids of first tokens, each `(1, choices)`; state and memory of
            `LanguageModelSteps`; the states of the model before the last id.
        """
        states, (state, memory) = self.steps.read(ids, count, states)
        logits, state = self.steps.step(ops.full((1,), BOS, "int32"), state, memory)
        probabilities = ops.softmax(ops.cast(logits, "float32") + self._start_mask, axis=-1)
        state = keras.tree.map_structure(lambda x: ops.repeat(x, self.beam_size, axis=0), state)
        probabilities = probabilities * ops.convert_to_tensor(allowed)
        return (*ops.top_k(probabilities, self._choices), state, memory, states)

    def _next_tokens(
        self, ids: Tensor, parents: Tensor, state: Any, memory: Any, allowed: Tensor
    ) -> tuple:
        """Advance all prefixes by their last token and find the next tokens.

        Args:
            ids: last token of each prefix, integer, shape `(beam_size,)`.
            parents: row of each prefix in the step before, integer, shape `(beam_size,)`.
            state: state after the step before.
            memory: memory of the search.
            allowed: 1 for the tokens that may come, else 0, float32, shape
                `(1 or beam_size, vocabulary)`.

        Returns:
            Probability that each prefix is a whole word, `(beam_size,)`; probabilities and ids of
            next tokens, each `(beam_size, choices)`; the state.
        """
        ids, parents = map(ops.convert_to_tensor, (ids, parents))
        state = keras.tree.map_structure(lambda x: ops.take(x, parents, axis=0), state)
        logits, state = self.steps.step(ids, state, memory)
        probabilities = ops.softmax(ops.cast(logits, "float32"), axis=-1)
        end = ops.matmul(probabilities, self._ends_word)
        continued = probabilities * self._can_continue * ops.convert_to_tensor(allowed)
        return (end, *ops.top_k(continued, self._choices), state)
