"""Training loop that survives a kill, optimizer, and split of the examples."""

from gru_zoo.training.fit import fit
from gru_zoo.training.history import history_csv, read_history
from gru_zoo.training.optimizer import jit_compile, optimizer
from gru_zoo.training.progress import EpochEstimate
from gru_zoo.training.seeds import seed_generators
from gru_zoo.training.validation import is_share, split, split_pairs, stratified_split

__all__ = [
    "EpochEstimate",
    "fit",
    "history_csv",
    "is_share",
    "jit_compile",
    "optimizer",
    "read_history",
    "seed_generators",
    "split",
    "split_pairs",
    "stratified_split",
]
