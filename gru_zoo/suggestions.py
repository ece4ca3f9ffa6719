"""Whole next words from a model over pieces of words."""

import numpy as np
from keras import ops

from gru_zoo.searches import LOWEST, Steps
from gru_zoo.text import BOS, EOS

MOST_PIECES = 24  # characters or sub-words of a word; longer ones are not suggested


class NextWord:
    """A model as `gru_zoo.searches.Steps` in which a sequence is the next word.

    The first piece is one that begins a word. After it, all pieces that do not go on with the word
    are one, `EOS`, with the sum of their probabilities. So the score of a sequence is the
    log-probability that the next word, given that one follows, is this and no longer one.

    The first step is taken before the search, for one row in place of one for each hypothesis.

    Args:
        steps: the model, which goes on behind one text.
        begin: which ids may begin a word, boolean, shape `(vocabulary,)`.
        inside: which ids may go on with one, boolean, shape `(vocabulary,)`.
    """

    ends = shared = True

    def __init__(self, steps: Steps, begin: np.ndarray, inside: np.ndarray):
        self.steps, self.variables = steps, steps.variables
        self.end = ops.convert_to_tensor(np.arange(len(begin)) == EOS)
        # What is added to the logits, so that of all pieces only some are left.
        self.begin, self.inside, self.outside = (
            ops.convert_to_tensor(np.where(some, 0, LOWEST), "float32")
            for some in (begin, inside, ~np.asarray(inside))
        )

    def start(self, *inputs):
        state, memory = self.steps.start(*inputs)
        logits, state = self.steps.step(ops.full((1,), BOS, "int32"), state, memory)
        return state, (logits, memory)

    def step(self, tokens, state, memory):
        first, memory = memory
        logits, state = ops.cond(
            ops.all(tokens == BOS),
            lambda: (ops.repeat(first, ops.shape(tokens)[0], axis=0), state),
            lambda: self.steps.step(tokens, state, memory),
        )
        logits = ops.cast(logits, "float32")
        others = ops.logsumexp(logits + self.outside, axis=-1, keepdims=True)
        further = ops.where(self.end, others, logits + self.inside)
        return ops.where((tokens == BOS)[:, None], logits + self.begin, further), state

    def finish(self, state):
        return self.steps.finish(state)
