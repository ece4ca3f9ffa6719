"""Damage files of every format that users give, at random, and read them.

python tools/fuzz.py [--count 10000] [--seed 0] [FORMAT ...]

Every file must be read, or refused by one of the errors that a reader may raise, within ten
seconds and a bounded memory. The last file lies in .cache/fuzz/, so that after a crash of the
process it can be looked at. Prints a row for each format; the exit status is 1 after a fault.
"""

import argparse
import io
import json
import pathlib
import random
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = ROOT / ".cache" / "fuzz"
FIXTURES = ROOT / "tests" / "fixtures"
REFUSALS = (ValueError, TypeError, FileNotFoundError, ImportError)
SECONDS = 10
MEMORY = 1 << 30  # bytes that one format may add to what the process needs


class Format(NamedTuple):
    """A format of files.

    Args:
        content: a whole file.
        suffix: how its name ends.
        read: reads a file.
    """

    content: bytes
    suffix: str
    read: Callable[[pathlib.Path], object]


def sound(kind: str) -> bytes:
    """A file with half a second of sound."""
    import numpy as np
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, np.sin(np.arange(8_000) / 9) * 0.3, 16_000, format=kind)
    return file.getvalue()


def arrays(save: Callable[..., None]) -> bytes:
    """A file of NumPy with a recording of a sensor."""
    import numpy as np

    file = io.BytesIO()
    save(file, signals=np.ones((60, 6), "float32"), signals_rate=50.0)
    return file.getvalue()


def questions() -> bytes:
    """Questions in the JSON format of SQuAD."""
    asked = [
        {"question": "Where is Ann?", "id": "1", "answers": [{"text": "yard", "answer_start": 11}]},
        {"question": "Why?", "id": "2", "answers": [], "is_impossible": True},
    ]
    passage = {"context": "Ann is in a yard.", "qas": asked}
    return json.dumps({"version": "v2.0", "data": [{"paragraphs": [passage] * 4}]}).encode()


def weights() -> tuple[bytes, Callable[[pathlib.Path], object]]:
    """A file of weights, and its reader."""
    import keras

    from gru_zoo.presets.weights import load_weights, save_half

    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(32)])
    FOLDER.mkdir(parents=True, exist_ok=True)
    save_half(model, FOLDER / "whole.weights.h5")
    content = (FOLDER / "whole.weights.h5").read_bytes()
    return content, lambda path: load_weights(model, path)


def formats() -> dict[str, Format]:
    """Every format by its name."""
    import numpy as np

    import gru_zoo
    from gru_zoo import audio
    from gru_zoo.data.interactions import read_interactions
    from gru_zoo.data.tables import read_columns
    from gru_zoo.tasks.action_recognition.files import read_file
    from gru_zoo.tasks.chess.pgn import read_pgn
    from gru_zoo.tasks.forecasting import inputs
    from gru_zoo.tasks.music.score import Score
    from gru_zoo.tasks.question_answering.rows import read_rows

    def card(path: pathlib.Path) -> object:
        (path.parent / "card.json").write_bytes(path.read_bytes())
        return gru_zoo.card(path.parent)

    h5, read_h5 = weights()
    rows = [{"text": f"Good number {i}.", "label": "yes"} for i in range(40)]
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    reviews = (FIXTURES / "reviews.csv").read_bytes()
    series = "\n".join(["day,value", *(f"2026-01-{i:02},{i * 1.5}" for i in range(1, 29))])
    log = (FIXTURES / "interactions.csv").read_bytes()
    midi = (FIXTURES / "midi" / "cadence_1.mid").read_bytes()
    games = (FIXTURES / "games.pgn").read_bytes()
    described = (ROOT / "saved_models" / "speech_digits" / "card.json").read_bytes()
    found = {
        kind.lower(): Format(sound(kind), f".{kind.lower()}", audio.read)
        for kind in ("WAV", "FLAC", "OGG", "MP3")
    }
    return found | {
        "midi": Format(midi, ".mid", Score.load),
        "csv": Format(reviews, ".csv", lambda path: read_columns(path, ("text", "label"))),
        "jsonl": Format(lines, ".jsonl", lambda path: read_columns(path, ("text", "label"))),
        "series": Format(series.encode(), ".csv", inputs.read),
        "log": Format(log, ".csv", lambda path: read_interactions(path, time="day")),
        "pgn": Format(games, ".pgn", read_pgn),
        "squad": Format(questions(), ".json", read_rows),
        "card": Format(described, ".json", card),
        "weights": Format(h5, ".weights.h5", read_h5),
        "npz": Format(arrays(np.savez), ".npz", read_file),
        "packed": Format(arrays(np.savez_compressed), ".npz", read_file),
    }


def damaged(content: bytes, generator: random.Random) -> bytes:
    """A file with a few places overwritten, cut out, repeated or cut off."""
    data = bytearray(content)
    for _ in range(generator.choice((1, 1, 2, 4, 12))):
        place, size = generator.randrange(len(data) or 1), generator.choice((1, 1, 2, 4, 64))
        other = generator.randrange(len(data) or 1)
        data[place : place + size] = generator.choice(
            (
                generator.randbytes(size),
                b"\xff" * size,
                b"\0" * size,
                b"",
                bytes(data[other : other + 2 * size]),
                bytes([data[place] ^ 1 << generator.randrange(8)]) if data else b"",
            )
        )
    return bytes(data[: generator.randrange(len(data) + 1)] if generator.random() < 0.2 else data)


class TooSlow(BaseException):
    """A file is read for longer than `SECONDS`."""


def alarm(*_: object) -> None:
    raise TooSlow


def fuzz(name: str, format: Format, count: int, seed: int) -> list[str]:
    """Read damaged files of a format; descriptions of those that were neither read nor refused."""
    generator, faults, refused = random.Random(f"{name}{seed}"), [], 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"damaged{format.suffix}"
    before, begin, slowest = peak(), time.monotonic(), 0.0
    format.read(_written(path, format.content))
    for number in range(count):
        _written(path, damaged(format.content, generator))
        start = time.monotonic()
        signal.alarm(SECONDS)
        try:
            format.read(path)
        except REFUSALS as error:
            refused += 1
            if not str(error):
                faults.append(f"{name} {number}: {type(error).__name__} without a text")
        except (Exception, TooSlow):
            faults.append(f"{name} {number}: {traceback.format_exc(limit=-2)}")
            kept = FOLDER / f"{name}-{seed}-{number}{format.suffix}"
            kept.write_bytes(path.read_bytes())
        finally:
            signal.alarm(0)
        slowest = max(slowest, time.monotonic() - start)
    grown = peak() - before
    if grown > MEMORY:
        faults.append(f"{name}: the memory grew by {grown >> 20} MiB")
    print(
        f"{name:<8} {count - refused - len(faults):>7} read {refused:>7} refused "
        f"{len(faults):>4} faults {slowest:>6.2f} s at most {grown >> 20:>5} MiB "
        f"{time.monotonic() - begin:>6.0f} s",
        flush=True,
    )
    return faults


def _written(path: pathlib.Path, content: bytes) -> pathlib.Path:
    path.write_bytes(content)
    return path


def peak() -> int:
    """Most memory that the process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("formats", nargs="*", help="default: all")
    parser.add_argument("--count", type=int, default=10_000, help="files of a format")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    signal.signal(signal.SIGALRM, alarm)
    warnings.simplefilter("ignore")
    known = formats()
    unknown = sorted(set(args.formats) - set(known))
    if unknown:
        parser.error(f"expected formats among {', '.join(known)}. Received: {', '.join(unknown)}")
    faults = []
    for name in args.formats or known:
        faults += fuzz(name, known[name], args.count, args.seed)
    print("\n".join(faults[:20]))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
