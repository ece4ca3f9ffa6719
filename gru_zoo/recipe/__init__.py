"""What the training scripts in `recipes/` share."""

from gru_zoo.recipe.options import (
    PRESETS,
    add_options,
    add_start_from,
    command,
    parse,
    parser,
    with_options,
)
from gru_zoo.recipe.record import complete, counted, data_rows, record
from gru_zoo.recipe.run import (
    FASTEST,
    begin,
    fastest_policy,
    set_seed,
    tune_malloc,
    with_policy,
)
from gru_zoo.recipe.ship import ship, tune_length_penalty
from gru_zoo.recipe.start import earlier, fitted_tokenizer, go_on_from
from gru_zoo.recipe.table import read_columns

__all__ = [
    "FASTEST",
    "PRESETS",
    "add_options",
    "add_start_from",
    "begin",
    "command",
    "complete",
    "counted",
    "data_rows",
    "earlier",
    "fastest_policy",
    "fitted_tokenizer",
    "go_on_from",
    "tune_malloc",
    "parse",
    "parser",
    "read_columns",
    "record",
    "set_seed",
    "ship",
    "tune_length_penalty",
    "with_options",
    "with_policy",
]
