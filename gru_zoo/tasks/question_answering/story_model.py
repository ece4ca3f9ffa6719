"""Model of answers to questions about stories: query reduction over sentence vectors."""

import keras
from keras import layers, ops

from gru_zoo.tasks.question_answering.query_reduction import QueryReduction
from gru_zoo.tasks.question_answering.sentence_vectors import PositionEncoding


def build_story_model(
    vocabulary_size: int,
    answers: int,
    sentence_words: int,
    units: int,
    heads: int,
    hops: int,
    dropout: float,
) -> keras.Model:
    """Build the model of a story; the arguments are those of `Config`.

    Every hop but the last reads the story forwards and backwards. Its states are the queries of
    the next hop, so that a later hop can ask for what an earlier one found.

    Returns:
        A model from word ids of the story, integer, shape `(batch, sentences, sentence_words)`,
        and of the question, shape `(batch, sentence_words)`, both padded with 0 at the right, to
        the probability of every answer, shape `(batch, answers)`, and of how much each sentence
        was used, shape `(batch, sentences)`.
    """
    # Layers
    embedding = layers.Embedding(
        vocabulary_size,
        units,
        {"class_name": "random_normal", "config": {"stddev": 0.1}},
        name="embedding",
    )
    encoding = PositionEncoding(name="encoding")
    input_dropout = layers.Dropout(dropout, name="input_dropout")
    hop_dropout = layers.Dropout(dropout, name="hop_dropout")
    forwards = [QueryReduction(units, heads, name=f"forward_{k}") for k in range(hops)]
    backwards = [QueryReduction(units, heads, True, name=f"backward_{k}") for k in range(hops - 1)]
    logits = layers.Dense(answers, dtype="float32", name="logits")

    # Model
    story = keras.Input((None, sentence_words), dtype="int32", name="story")
    question = keras.Input((sentence_words,), dtype="int32", name="question")
    words = ops.not_equal(story, 0)
    facts = input_dropout(encoding(embedding(story), mask=words))
    query = input_dropout(encoding(embedding(question), mask=ops.not_equal(question, 0)))
    mask = ops.any(words, axis=-1)
    queries = ops.expand_dims(query, 1) + ops.zeros_like(facts)
    reads = []
    for forward, backward in zip(forwards, backwards, strict=False):
        onward, read = forward(facts, queries, mask=mask)
        back, read_back = backward(facts, queries, mask=mask)
        queries = hop_dropout(onward + back)
        reads.append((read + read_back) / 2)
    states, read = forwards[-1](facts, queries, mask=mask)
    scores = logits(hop_dropout(states[:, -1]))
    evidence = _evidence(ops.mean(read, axis=1)[:, -1:], reads)
    return keras.Model([story, question], [ops.softmax(scores), evidence])


def _evidence(last, reads):
    """How much each sentence was used: the weights of the last hop, traced back hop by hop.

    Args:
        last: weights of the sentences in the last state, shape `(batch, 1, sentences)`.
        reads: weights of the earlier hops, shape `(batch, heads, sentences, sentences)`.

    Returns:
        Shape `(batch, sentences)`, with a sum of at most 1.
    """
    traced, total = last, last
    for read in reversed(reads):
        traced = ops.matmul(traced, ops.mean(read, axis=1))
        total = total + traced
    return total[:, 0] / (len(reads) + 1)
