"""The models of question answering, by the kind of text that they read."""

import dataclasses

import keras

from gru_zoo.tasks.question_answering.passages.model import build_passage_model
from gru_zoo.tasks.question_answering.story_model import build_story_model

KINDS = ("stories", "passages")


@dataclasses.dataclass(frozen=True)
class Config:
    """Architecture of the model.

    Args:
        kind: "stories": the answer is one of a list, and every sentence may matter. "passages": the
            answer stands in the passage.
        vocabulary_size: number of word ids, padding and the unknown word included.
        units: size of the states, and of word and sentence vectors of stories.
        dropout: dropout rate of vectors and states, in training.
        answers: stories: number of answers.
        sentence_words: stories: number of words of a sentence; further ones are cut.
        heads: stories: parts of the state, see `QueryReduction`.
        hops: stories: times that a story is read, 1 or more.
        embedding_dim: passages: size of word vectors.
        affixes: passages: number of ids of beginnings and ends of words.
    """

    kind: str = "stories"
    vocabulary_size: int = 158
    answers: int = 80
    sentence_words: int = 12
    units: int = 96
    heads: int = 4
    hops: int = 3
    dropout: float = 0.1
    embedding_dim: int = 96
    affixes: int = 8192


def build(config: Config) -> keras.Model:
    """Build the model of a config, see `build_story_model` and `build_passage_model`.

    Raises:
        ValueError: there is no such kind.
    """
    if config.kind not in KINDS:
        raise ValueError(f"Expected a kind among {KINDS}. Received: kind={config.kind!r}.")
    if config.kind == "passages":
        return build_passage_model(
            config.vocabulary_size,
            config.affixes,
            config.embedding_dim,
            config.units,
            config.dropout,
        )
    return build_story_model(
        config.vocabulary_size,
        config.answers,
        config.sentence_words,
        config.units,
        config.heads,
        config.hops,
        config.dropout,
    )
