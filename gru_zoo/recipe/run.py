"""One run of a recipe: how it starts (seed, dtype policy, memory, log) and how it ends."""

import argparse
import ctypes
import dataclasses
import logging
import pathlib
import platform
import random
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from gru_zoo import training
from gru_zoo.base.task import Task
from gru_zoo.batching.dataset import SeededDataset
from gru_zoo.files import write_atomically
from gru_zoo.presets.card import DataRow
from gru_zoo.recipe.options import command, replace, with_options
from gru_zoo.recipe.record import record
from gru_zoo.recipe.ship import ship

FASTEST = "fastest"


@dataclasses.dataclass(frozen=True)
class Run:
    """A training run that `begin` started.

    Args:
        recipe: name of the recipe's folder.
        args: from `parse`.
        usual: settings of the preset.
        settings: settings in force.
        began: `time.perf_counter()` at the start.
    """

    recipe: str
    args: argparse.Namespace
    usual: Any
    settings: Any
    began: float

    @property
    def work(self) -> pathlib.Path:
        """Folder of the checkpoints."""
        return self.args.work / self.args.preset

    @property
    def folder(self) -> pathlib.Path:
        """Folder in which the preset is saved."""
        return self.args.save_to / self.args.preset

    def record(self, epochs: int) -> dict[str, Any]:
        """The field `training` of the card, see `gru_zoo.recipe.record`.

        Args:
            epochs: number of epochs that were trained.
        """
        start_from = getattr(self.args, "start_from", None)
        again = command(self.recipe, self.args.preset, self.usual, self.settings, start_from)
        return record(again, self.settings.seed, epochs, self.began, self.args.resume)

    def train(self, task: Task, train: SeededDataset, validation: SeededDataset, loss: Any) -> None:
        """Train a task on batches that the recipe makes, and keep the history.

        The epochs with the lowest validation loss are kept.

        Args:
            task: the task.
            train: batches to train on.
            validation: batches to validate on.
            loss: loss of the model, or a list with one for each output.
        """
        settings = self.settings
        training.seed_generators(task.model, settings.seed)
        optimizer = training.optimizer(settings.learning_rate, len(train) * settings.epochs)
        task.model.compile(optimizer, loss)
        task.history = training.fit(
            task.model,
            train,
            validation,
            epochs=settings.epochs,
            monitor="val_loss",
            mode="min",
            average=settings.average,
            directory=self.work,
            resume=self.args.resume,
            settings={"rate": settings.learning_rate, "seed": settings.seed},
            verbose=2,
        ).history

    def complete(self, task: Task, rows: tuple[DataRow, ...]) -> None:
        """Write into the card of a trained task which data it learned from and how.

        Metrics are removed: `ship` measures them.

        Args:
            task: the task, with the history of its training.
            rows: from `data_rows`.
        """
        made_by = self.record(len(task.history.get("loss", ())))
        task.card = task.card.replace(data=rows, metrics=(), training=made_by)

    def ship(
        self,
        task: Task,
        tests: Iterable[tuple[str, str]],
        validate: Callable[[Any], None] = lambda shipped: None,
    ) -> None:
        """Save the task in `folder` and measure it, see `gru_zoo.recipe.ship`.

        Args:
            task: the task, its card without metrics.
            tests: data sets and splits, which `--untested` leaves unread.
            validate: called with the shipped task before the tests.
        """
        tests = () if self.args.untested else tests
        ship(task, self.folder, tests, self.args.data_dir, validate)


def begin(
    recipe: str, args: argparse.Namespace, presets: Mapping[str, Any], smoke: Mapping[str, Any]
) -> Run:
    """Start a run: settle the settings, put the dtype policy in force, and set up the process.

    Args:
        recipe: name of the recipe's folder.
        args: from `parse`.
        presets: settings of each preset.
        smoke: values that `--smoke` replaces in them.
    """
    began = time.perf_counter()
    usual = presets[args.preset]
    settings = with_options(replace(usual, smoke if args.smoke else {}), args)
    settings = with_policy(settings, args.work / args.preset)
    set_up_process(settings.seed)
    return Run(recipe, args, usual, settings, began)


def set_up_process(seed: int) -> None:
    """Seed the random generators, keep freed memory, and show the package's log.

    Args:
        seed: seed of the training.
    """
    set_seed(seed)
    tune_malloc()
    show_log()


def with_policy(settings: Any, work: pathlib.Path) -> Any:
    """The settings, with their dtype policy put in force.

    Args:
        settings: the settings. The policy `FASTEST` is replaced by that of `fastest_policy`.
        work: folder of the training, in which the policy that was measured is kept: a resumed
            training continues in the policy that it began with.
    """
    import keras

    if settings.policy == FASTEST:
        kept = work / "policy.txt"
        if not kept.is_file():
            work.mkdir(parents=True, exist_ok=True)
            write_atomically(kept, fastest_policy())
        settings = replace(settings, {"policy": kept.read_text(encoding="utf-8")})
        print(f"Computing in {settings.policy}, the fastest policy where this training began.")
    keras.mixed_precision.set_global_policy(settings.policy)
    return settings


def fastest_policy() -> str:
    """The dtype policy in which this machine multiplies faster, measured in milliseconds.

    bfloat16 products are faster than float32 ones where the processor has instructions for them
    and the backend uses these, and far slower elsewhere.

    Returns:
        "mixed_bfloat16" or "float32".
    """
    from keras import ops

    def seconds(dtype: str) -> float:
        a, b = ops.ones((256, 512), dtype), ops.ones((512, 512), dtype)
        times = []
        for _ in range(4):  # the first may compile
            began = time.perf_counter()
            ops.convert_to_numpy(ops.cast(ops.sum(ops.matmul(a, b)), "float32"))
            times.append(time.perf_counter() - began)
        return min(times[1:])

    return "mixed_bfloat16" if seconds("bfloat16") < seconds("float32") else "float32"


def tune_malloc() -> bool:
    """Keep freed memory in the process, so that the next step can use it again.

    On CPUs torch allocates the arrays of every step anew. The C library would fetch large ones from
    the operating system, which clears them, and return them each time. The option holds for the
    whole process and until its end, so only scripts call this.

    Returns:
        Whether the C library has the option, which glibc has.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    trim_threshold, top_pad, mmap_max = -1, -2, -4  # mallopt(3)
    options = {mmap_max: 0, trim_threshold: 2**31 - 1, top_pad: 64 * 2**20}
    mallopt = ctypes.CDLL(None).mallopt
    return all([mallopt(option, value) for option, value in options.items()])


def show_log() -> None:
    """Print what the package logs, such as the estimated time of an epoch, to standard error."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("gru_zoo").setLevel(logging.INFO)


def set_seed(seed: int) -> None:
    """Seed the generators from which Keras draws the seeds of layers and initializers.

    `keras.utils.set_random_seed` would import TensorFlow on every backend.

    Args:
        seed: the seed.
    """
    random.seed(seed)
    np.random.seed(seed)
