"""Train a shipped preset from nothing, by all commands of its chain in order.

    python recipes/reproduce.py sentiment_stars --data-dir DATA

The commands are in `chains.py`; `--dry-run` prints them. Run again with the same arguments, this
script skips commands that have succeeded and resumes the one that was interrupted. The preset is
saved in runs/presets and not over the shipped one; `--save-to saved_models` replaces that. Commands
run on $KERAS_BACKEND, by default torch.
"""

import argparse
import os
import pathlib
import shlex
import subprocess
import sys

from chains import CHAINS, REQUIRED

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Scripts with neither --resume nor --smoke.
PLAIN = ("recipes/sentiment/vocabulary.py", "recipes/translation/distil.py")
# All that is left of a command with --smoke: the other options would make the model large again.
STRUCTURE = ("--work", "--save-to", "--pretrained", "--start-from", "--to", "--beside")
STRUCTURE += ("--lessons", "--taught", "--untested")


def chain_of(preset: str) -> list[list[str]]:
    """Split a preset's chain into commands, and these into words; folders are not yet filled in."""
    lines = CHAINS[preset].replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines if line and not line.startswith("#")]


def filled(
    words: list[str], preset: str, work: pathlib.Path, save_to: pathlib.Path, smoke: bool
) -> list[str]:
    """Fill in the folders of a command, and reduce it to a smoke run if asked to.

    Args:
        words: a command of `chain_of`.
        preset: the preset whose chain it belongs to.
        work: folder for checkpoints, in which each preset has its own.
        save_to: folder for finished presets.
        smoke: whether the command is to run on a few examples.
    """
    values = {"preset": preset, "work": str(work / preset), "save_to": str(save_to)}
    words = [word.format(**values) for word in words]
    if not smoke or is_cat(words):
        return words
    kept, keep = [], True
    for i, word in enumerate(words):
        if word.startswith("--"):
            keep = word in STRUCTURE or words[i : i + 2] == ["--epochs", "0"]
        if keep:
            kept.append(word)
    return [*kept, "--smoke"]


def is_cat(words: list[str]) -> bool:
    """Whether a command joins files rather than runs a script."""
    return words[0] == "cat"


def option(words: list[str], name: str) -> str | None:
    """Return the value of an option of a command, None if the command lacks it."""
    return words[words.index(name) + 1] if name in words else None


def output_of(words: list[str]) -> pathlib.Path:
    """Return the file or folder that a command writes: a table, an encoder or a preset's card."""
    if is_cat(words):
        return pathlib.Path(words[-1])
    to, folder = option(words, "--to"), option(words, "--save-to")
    if to:
        return pathlib.Path(to)
    name = "encoder.npz" if words[1].startswith("--") else f"{words[1]}/card.json"
    return pathlib.Path(folder or "") / name


def has_finished(words: list[str], journal: pathlib.Path) -> bool:
    """Whether a command is among those that have succeeded, and its output is still there."""
    lines = journal.read_text(encoding="utf-8").splitlines() if journal.is_file() else []
    return shlex.join(words) in lines and output_of(words).exists()


def execute(words: list[str], environment: dict[str, str]) -> None:
    """Run a command; a training that was interrupted is resumed.

    Raises:
        SystemExit: the command failed. Its exit status is passed on.
    """
    if is_cat(words):
        parts = [pathlib.Path(name).read_bytes() for name in words[1:-2]]
        output_of(words).write_bytes(b"".join(parts))
        return
    work = option(words, "--work")
    # A card leaves out the duration of a resumed training, so a new one is not "resumed".
    if work and pathlib.Path(work).exists() and words[0] not in PLAIN:
        words = [*words, "--resume"]
    process = [sys.executable, str(ROOT / words[0]), *words[1:]]
    status = subprocess.run(process, env=environment).returncode
    if status:
        print(f"Failed with exit status {status}: {shlex.join(['python', *words])}", flush=True)
        raise SystemExit(status if status > 0 else 1)


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("preset", choices=CHAINS)
    parser.add_argument("--data-dir", help="folder of the data sets; else $GRU_ZOO_DATA")
    parser.add_argument(
        "--work", type=pathlib.Path, help="folder for checkpoints, by default runs (or runs/smoke)"
    )
    parser.add_argument(
        "--save-to", type=pathlib.Path, help="folder for finished presets, by default WORK/presets"
    )
    parser.add_argument("--smoke", action="store_true", help="run in seconds on a few examples")
    parser.add_argument("--dry-run", action="store_true", help="print the commands, run none")
    args = parser.parse_args()
    plain = [words[0] for words in chain_of(args.preset) if words[0] in PLAIN]
    if args.smoke and plain:
        parser.error(f"--smoke needs scripts that have it. {args.preset} needs {plain[0]}")
    args.work = args.work or pathlib.Path("runs", "smoke" if args.smoke else "")
    args.save_to = args.save_to or args.work / "presets"
    return args


def main() -> None:
    """Run the chain of a preset, and before it that of the preset it builds on."""
    args = arguments()
    # Commands load presets of other chains by name: from --save-to if they are there.
    environment = {"KERAS_BACKEND": "torch", **os.environ, "GRU_ZOO_HOME": str(args.save_to)}
    data_dir = ["--data-dir", args.data_dir] if args.data_dir else []
    for preset in filter(None, (REQUIRED.get(args.preset), args.preset)):
        journal = args.work / preset / "finished.txt"
        for words in chain_of(preset):
            words = filled(words, preset, args.work, args.save_to, args.smoke)
            words = words if is_cat(words) else [*words, *data_dir]
            print(" ".join(words) if is_cat(words) else shlex.join(["python", *words]), flush=True)
            if args.dry_run:
                continue
            if has_finished(words, journal):
                print("  has finished before, skipped", flush=True)
                continue
            journal.parent.mkdir(parents=True, exist_ok=True)
            execute(words, environment)
            with open(journal, "a", encoding="utf-8") as file:
                file.write(shlex.join(words) + "\n")


if __name__ == "__main__":
    main()
