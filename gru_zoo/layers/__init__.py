"""Layers: the GRU and what the zoo's models put around it."""

from gru_zoo.layers import convert as convert
from gru_zoo.layers.attention import AdditiveAttention, MultiplicativeAttention
from gru_zoo.layers.gru import GRU
from gru_zoo.layers.gru_cell import GRUCell
from gru_zoo.layers.hashed_bigrams import HashedBigrams
from gru_zoo.layers.masked_pooling import MaskedPooling
from gru_zoo.layers.recurrence import explain_path
from gru_zoo.layers.sampled_softmax import SampledSoftmax
from gru_zoo.layers.tied_embedding import TiedEmbedding

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
