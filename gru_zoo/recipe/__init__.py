"""What the training scripts in `recipes/` share; they use it as the namespace `recipe`.

It is part of the package, so that the scripts also run beside an installed wheel. The module
`teacher` is imported by itself, since it needs torch.
"""

from gru_zoo.recipe.options import (
    add_options,
    add_start_from,
    command,
    parse,
    parser,
    presets_folder,
    replace,
    with_options,
)
from gru_zoo.recipe.record import data_rows, describe_counts, record
from gru_zoo.recipe.run import (
    FASTEST,
    Run,
    begin,
    fastest_policy,
    set_seed,
    set_up_process,
    show_log,
    tune_malloc,
    with_policy,
)
from gru_zoo.recipe.ship import ship, tune_length_penalty
from gru_zoo.recipe.start import (
    copy_earlier_weights,
    fit_tokenizer,
    load_earlier,
    set_pretrained_layers,
)
from gru_zoo.recipe.table import read_columns

__all__ = [
    "FASTEST",
    "Run",
    "add_options",
    "add_start_from",
    "begin",
    "command",
    "copy_earlier_weights",
    "data_rows",
    "describe_counts",
    "fastest_policy",
    "fit_tokenizer",
    "load_earlier",
    "parse",
    "parser",
    "presets_folder",
    "read_columns",
    "record",
    "replace",
    "set_pretrained_layers",
    "set_seed",
    "set_up_process",
    "ship",
    "show_log",
    "tune_length_penalty",
    "tune_malloc",
    "with_options",
    "with_policy",
]
