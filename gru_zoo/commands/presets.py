"""The commands about presets: `list`, `card`, `demo`, `evaluate` and `verify`."""

import argparse
import sys

import gru_zoo
from gru_zoo import registry
from gru_zoo.commands.loading import load, load_each
from gru_zoo.commands.parser import AddCommand
from gru_zoo.presets import store
from gru_zoo.presets.page import page


def add_commands(add: AddCommand) -> None:
    """Add the commands of this module.

    Args:
        add: adds one command and returns its parser.
    """
    add("list", _list, "list the presets")
    add("card", _card, "print the card of a preset").add_argument("name")
    add("demo", _demo, "show what presets predict for samples").add_argument("names", nargs="*")
    sub = add("evaluate", _evaluate, "recompute the metrics of a card")
    sub.add_argument("name")
    sub.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    sub.add_argument("--tolerance", type=float, default=0.002, help="largest allowed difference")
    sub.add_argument("--verbose", action="store_true", help="show progress")
    add("verify", _verify, "check files and golden outputs").add_argument("names", nargs="*")


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


def _demo(args: argparse.Namespace) -> int:
    names = args.names or list(store.presets())
    if not names:
        print("No presets to show.", file=sys.stderr)
        return 1
    shown = 0
    for name, task in load_each(names):
        print(f"\n{name}: {task.card.title}\n{task.card.summary}")
        for line in task.demo():
            print(f"  {line}")
        shown += 1
    return int(shown < len(names))


def _evaluate(args: argparse.Namespace) -> int:
    task = load(args.name)
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
    verified = 0
    for name, task in load_each(names):
        task.check_golden()
        print(f"{name}: files whole, outputs as recorded")
        verified += 1
    return int(verified < len(names))
