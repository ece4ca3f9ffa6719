"""The command line: `gru-zoo list | card | predict | demo | evaluate | verify`."""

import argparse
import contextlib
import io
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import gru_zoo
from gru_zoo import backend, registry
from gru_zoo.presets import store
from gru_zoo.presets.page import page

if TYPE_CHECKING:
    from gru_zoo.base.task import Task

_LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL"  # read by TensorFlow, and by XLA on JAX


def _list(args: argparse.Namespace) -> int:
    cards = registry.cards_of_presets()
    for name, card in cards.items():
        print(f"{name:30} {card.task:18} {card.parameters:>11,}  {card.title}")
    if not cards:
        print("No presets. Searched: " + ", ".join(map(str, store.roots())), file=sys.stderr)
    return 0 if cards else 1


def _card(args: argparse.Namespace) -> int:
    print(page(gru_zoo.card(args.name)), end="")
    return 0


def _predict(args: argparse.Namespace) -> int:
    task = _load(args.name)
    inputs = args.inputs or [line.rstrip("\n") for line in sys.stdin]
    for item, result in zip(inputs, task.predict(inputs), strict=True):
        print(f"{result}\t{item}")
    return 0


def _load(name: str) -> "Task":
    """Load a task. TensorFlow and XLA log nothing, unless the user has set their log level."""
    if _LOG_LEVEL not in os.environ:
        os.environ[_LOG_LEVEL] = "3"  # fatal errors alone: Python raises all others
        if backend.chosen() == "tensorflow":
            backend.require()
            with _stderr_of_errors():
                import keras  # noqa: F401
    return gru_zoo.load(name)


@contextlib.contextmanager
def _stderr_of_errors() -> Iterator[None]:
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


def _load_each(names: Sequence[str]) -> Iterator[tuple[str, "Task"]]:
    """Load tasks one after the other, each when the previous one is no longer needed."""
    # TensorFlow warns that one model is compiled again and again, but these are different models.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    for name in names:
        yield name, _load(name)


def _demo(args: argparse.Namespace) -> int:
    names = args.names or list(store.presets())
    if not names:
        print("No presets to show.", file=sys.stderr)
        return 1
    for name, task in _load_each(names):
        print(f"\n{name}: {task.card.title}\n{task.card.summary}")
        for line in task.demo():
            print(f"  {line}")
    return 0


def _evaluate(args: argparse.Namespace) -> int:
    task = _load(args.name)
    known = {(m.dataset, m.split, m.metric): m.value for m in task.card.metrics}
    if not known:
        print(f"The card of '{args.name}' has no metrics to recompute.", file=sys.stderr)
        return 1
    failed = False
    print(f"{'data':14} {'split':14} {'metric':28} {'card':>10} {'now':>10}  signature")
    for dataset, split in dict.fromkeys((m.dataset, m.split) for m in task.card.metrics):
        for row in task.evaluate_split(dataset, split, args.data_dir, verbose=args.verbose):
            expected = known.pop((dataset, split, row.metric), None)
            if expected is None:
                continue
            # Not `>`, which is False for NaN.
            failed |= not abs(row.value - expected) <= args.tolerance * max(1.0, abs(expected))
            print(
                f"{dataset:14} {split:14} {row.metric:28} {expected:10.4f} {row.value:10.4f}  "
                f"{row.signature}"
            )
    if failed:
        print(f"A value differs from its card by more than {args.tolerance}.", file=sys.stderr)
    for dataset, split, metric in known:
        print(f"Not recomputed: {metric} on {dataset}, {split}.", file=sys.stderr)
    return int(failed or bool(known))


def _verify(args: argparse.Namespace) -> int:
    names = args.names or list(store.presets())
    if not names:
        print("No presets to verify.", file=sys.stderr)
        return 1
    for name, task in _load_each(names):
        task.check_golden()
        print(f"{name}: files whole, outputs as recorded")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gru-zoo", description="Pretrained GRU models for Keras 3."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, function: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(function=function)
        return sub

    command("list", _list, "list the presets")
    command("card", _card, "print the card of a preset").add_argument("name")
    sub = command("predict", _predict, "predict inputs, given as arguments or one per line")
    sub.add_argument("name")
    sub.add_argument("inputs", nargs="*", help="inputs; default: the lines of standard input")
    command("demo", _demo, "show what presets predict for samples").add_argument("names", nargs="*")
    sub = command("evaluate", _evaluate, "recompute the metrics of a card")
    sub.add_argument("name")
    sub.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    sub.add_argument("--tolerance", type=float, default=0.002, help="largest allowed difference")
    sub.add_argument("--verbose", action="store_true", help="show progress")
    command("verify", _verify, "check files and golden outputs").add_argument("names", nargs="*")
    return parser


def _escape_what_cannot_be_printed() -> None:
    """Print characters that the encoding of the terminal lacks as escapes instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line.

    Args:
        argv: the arguments; None for those of the process.

    Returns:
        The exit status: 0 if all went well, 1 if a value differs or there is nothing to do, 2 if
        an argument is wrong.
    """
    _escape_what_cannot_be_printed()
    args = _parser().parse_args(argv)
    try:
        status = args.function(args)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # The reader, such as `head`, has closed the pipe. Python would raise again at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, TypeError, OSError, ImportError) as error:
        print(f"gru-zoo: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
