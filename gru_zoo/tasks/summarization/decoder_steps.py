"""One decoding step of a pointer-generator: a sub-word is generated or copied."""

from collections.abc import Sequence

import keras
from keras import ops

from gru_zoo.base.seq2seq.decoder_steps import DecoderStep, Seq2SeqSteps
from gru_zoo.base.seq2seq.task import Constraint
from gru_zoo.decoding.arrays import NEG_INF
from gru_zoo.decoding.decoder import Decoder
from gru_zoo.tasks.summarization.pointer_generator import mixture
from gru_zoo.tasks.summarization.word_graph import (
    MARK,
    WordGraph,
    allowed_tokens,
    next_nodes,
    pad_edges,
)
from gru_zoo.text.subword_tokenizer import SubwordTokenizer


class PointerStep(DecoderStep):
    """`DecoderStep` of a model from `build`, which also has the layer `gate`."""

    def __init__(self, model: keras.Model):
        super().__init__(model)
        self.gate = model.get_layer("gate")

    def attend(self, query, tokens, annotations, keys, source_ids):
        return self.attention(query, annotations, keys, tokens[:, None], source_ids)

    def predict_logits(self, state, weights, source_ids):
        logits = super().predict_logits(state, weights, source_ids)
        return mixture(logits, self.gate(state), weights, source_ids)


class PointerSteps(Seq2SeqSteps):
    """A model from `build` as a `gru_zoo.decoding.step_model.StepModel`."""

    Decoder = PointerStep


class SourceWordSteps(PointerSteps):
    """A model from `build` that keeps to the words of a trie, as a `ConstrainedStepModel`.

    The state also has the node of each hypothesis, and the memory the edges of its trie.

    Args:
        model: the model.
        graph: the tries, see `gru_zoo.tasks.summarization.word_graph`.
    """

    def __init__(self, model: keras.Model, graph: WordGraph):
        super().__init__(model)
        self._graph = graph

    def start(self, *inputs):
        source_ids, edges = inputs
        state, memory = super().start(source_ids)
        edges = ops.convert_to_tensor(edges)
        return (*state, ops.full(ops.shape(edges)[:1], MARK, "int32")), (*memory, edges)

    def step(self, tokens, state, memory):
        *state, nodes = state
        *memory, edges = memory
        logits, state = super().step(tokens, tuple(state), tuple(memory))
        mark_nodes = ops.convert_to_tensor(self._graph.mark_nodes)
        return logits, (*state, next_nodes(nodes, tokens, edges, mark_nodes))

    def constrain(self, logits, state, memory):
        marks = ops.convert_to_tensor(self._graph.marks)
        return ops.where(allowed_tokens(state[-1], memory[-1], marks), logits, NEG_INF)


class SourceWordConstraints:
    """Restrictions of searches to the words of texts.

    Args:
        model: a model from `build`.
        tokenizer: the tokenizer of texts and summaries.

    Attributes:
        graph: the tries of the words.
    """

    def __init__(self, model: keras.Model, tokenizer: SubwordTokenizer):
        self.graph = WordGraph(tokenizer)
        self._decoder = Decoder(SourceWordSteps(model, self.graph))

    def of(self, texts: Sequence[str]) -> Constraint:
        """The restriction of a search over the sequences of some texts, in their order."""
        edges = [self.graph.edges(text) for text in texts]
        return Constraint(
            self._decoder, lambda rows, count: pad_edges([edges[row] for row in rows], count)
        )
