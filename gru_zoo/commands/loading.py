"""Loading of tasks for the command line, without log lines between the results."""

import contextlib
import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import gru_zoo
from gru_zoo import backend

if TYPE_CHECKING:
    from gru_zoo.base.task import Task

_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"  # read by TensorFlow, and by XLA on JAX


def load(name: str, **options: Any) -> "Task":
    """Load a task. TensorFlow and XLA log nothing, unless the user has set their log level.

    Args:
        name: see `gru_zoo.load`.
        **options: further arguments of `gru_zoo.load`.
    """
    if _LOG_LEVEL not in os.environ:
        os.environ[_LOG_LEVEL] = "3"  # fatal errors alone: Python raises all others
        if backend.chosen() == "tensorflow":
            backend.require()
            with stderr_of_errors():
                import keras  # noqa: F401
    return gru_zoo.load(name, **options)


def load_each(names: Sequence[str]) -> Iterator[tuple[str, "Task"]]:
    """Load tasks one after the other, each when the previous one is no longer needed.

    A preset that needs a package that is not installed is reported and passed over.
    """
    # TensorFlow warns that one model is compiled again and again, but these are different models.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    for name in names:
        try:
            task = load(name)
        except ImportError as error:
            print(f"gru-zoo: {name}: {error}", file=sys.stderr)
            continue
        yield name, task


@contextlib.contextmanager
def stderr_of_errors() -> Iterator[None]:
    """Discard what the block writes to standard error, unless it raises an error.

    While it is loaded, TensorFlow logs before it reads its log level, and from C++, which writes
    to the file descriptor.
    """
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        except BaseException:
            written.seek(0)
            os.write(stderr, written.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
