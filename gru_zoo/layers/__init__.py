"""Layers: the GRU and what the zoo's models put around it."""

from gru_zoo.layers.attention import AdditiveAttention, MultiplicativeAttention
from gru_zoo.layers.cell import GRUCell
from gru_zoo.layers.embedding import TiedEmbedding
from gru_zoo.layers.gru import GRU
from gru_zoo.layers.hashed_bigrams import HashedBigrams
from gru_zoo.layers.pooling import MaskedPooling
from gru_zoo.layers.recurrence import explain_path
from gru_zoo.layers.sampled_softmax import SampledSoftmax

__all__ = [
    "GRU",
    "AdditiveAttention",
    "GRUCell",
    "HashedBigrams",
    "MaskedPooling",
    "MultiplicativeAttention",
    "SampledSoftmax",
    "TiedEmbedding",
    "explain_path",
]
