"""The models of question answering, by the kind of text that they read."""

import dataclasses

import keras

from gru_zoo.tasks.question_answering.story_model import build_story_model

KINDS = ("stories",)


@dataclasses.dataclass(frozen=True)
class Config:
    """Architecture of the model.

    Args:
        kind: "stories": the answer is one of a list, and every sentence may matter.
        vocabulary_size: number of word ids, padding and the unknown word included.
        answers: number of answers.
        sentence_words: number of words of a sentence; further ones are cut.
        units: size of word and sentence vectors and of the states.
        heads: parts of the state, see `QueryReduction`.
        hops: times that a story is read, 1 or more.
        dropout: dropout rate of sentence vectors and states, in training.
    """

    kind: str = "stories"
    vocabulary_size: int = 158
    answers: int = 80
    sentence_words: int = 12
    units: int = 96
    heads: int = 4
    hops: int = 3
    dropout: float = 0.1


def build(config: Config) -> keras.Model:
    """Build the model of a config, see `build_story_model`.

    Raises:
        ValueError: there is no such kind.
    """
    if config.kind not in KINDS:
        raise ValueError(f"Expected a kind among {KINDS}. Received: kind={config.kind!r}.")
    return build_story_model(
        config.vocabulary_size,
        config.answers,
        config.sentence_words,
        config.units,
        config.heads,
        config.hops,
        config.dropout,
    )
