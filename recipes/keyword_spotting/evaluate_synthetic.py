"""Measure a preset on words of a speech synthesizer, which is not among its training data.

    KERAS_BACKEND=torch python recipes/keyword_spotting/evaluate_synthetic.py speech_commands

needs espeak-ng. Each of a few voices speaks every word of the preset, and the words of `--others`,
which the preset does not know. The table has the number of right predictions, and the wrong ones.
"""

import argparse
import collections
import shutil
import subprocess

import gru_zoo
from gru_zoo.tasks.keyword_spotting.processor import SILENCE, UNKNOWN

VOICES = [
    f"{accent}+{speaker}"
    for accent in ("en-us", "en-gb", "en-gb-scotland")
    for speaker in ("m1", "m3", "m7", "f1", "f2", "f4")
]


def spoken(word: str, voice: str) -> bytes:
    """Content of a WAVE file of a word."""
    command = ["espeak-ng", "-v", voice, "-s", "150", "--stdout", word]
    return subprocess.run(command, check=True, capture_output=True).stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset")
    parser.add_argument(
        "--others",
        nargs="*",
        default=["window", "coffee", "seven", "house"],
        help="words that the preset does not know",
    )
    args = parser.parse_args()
    if not shutil.which("espeak-ng"):
        parser.error("espeak-ng is needed: apt install espeak-ng, or brew install espeak-ng")

    task = gru_zoo.load(args.preset)
    truth = {word: word for word in task.labels if word not in (SILENCE, UNKNOWN)}
    if UNKNOWN in task.labels:
        truth |= dict.fromkeys(args.others, UNKNOWN)
    print("| word | right | wrong predictions |\n|---|---|---|")
    right = collections.Counter()
    for word, label in truth.items():
        predictions = task.predict([spoken(word, voice) for voice in VOICES])
        counts = collections.Counter(guess.label for guess in predictions)
        right[label == UNKNOWN] += counts[label]
        others = ", ".join(f"{n} {name}" for name, n in counts.most_common() if name != label)
        print(f"| {word} | {counts[label]} of {len(VOICES)} | {others} |")
    words = sum(label != UNKNOWN for label in truth.values())
    print(f"\n{right[False]} of {words * len(VOICES)} words of the preset are predicted right.")


if __name__ == "__main__":
    main()
