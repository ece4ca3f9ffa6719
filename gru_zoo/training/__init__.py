"""Training loop that survives a kill, optimizer, and split of the examples."""

from gru_zoo.training.fit import fit
from gru_zoo.training.history import history_csv, read_history
from gru_zoo.training.optimizer import jit_compile, optimizer
from gru_zoo.training.options import FitOptions, check_options, frozen, layers_to_freeze
from gru_zoo.training.progress import EpochEstimate
from gru_zoo.training.seeds import seed_generators
from gru_zoo.training.validation import is_share, split, split_pairs, stratified_split

__all__ = [
    "EpochEstimate",
    "FitOptions",
    "check_options",
    "fit",
    "frozen",
    "history_csv",
    "is_share",
    "jit_compile",
    "layers_to_freeze",
    "optimizer",
    "read_history",
    "seed_generators",
    "split",
    "split_pairs",
    "stratified_split",
]
