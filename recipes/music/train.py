"""Train a music preset, measure it on its test split, and save it.

    KERAS_BACKEND=torch python recipes/music/train.py music_chorales --work DIR --data-dir DATA

or train on a folder of MIDI files of your own:

    python recipes/music/train.py own --midi-dir my_midis --work DIR --save-to FOLDER

A killed training goes on with --resume.
"""

import argparse
import dataclasses
import pathlib
import time

import keras
from card_texts import TEXTS

from gru_zoo import data, recipe, registry
from gru_zoo.data.polyphonic_music import SOURCES
from gru_zoo.presets.card import Card
from gru_zoo.tasks.music import midi
from gru_zoo.tasks.music.model import Config
from gru_zoo.tasks.music.processor import MusicProcessor, Piece, Voices
from gru_zoo.tasks.music.task import Music
from gru_zoo.tasks.music.training import split

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The published chorales lie an octave above the pitch at which they are sung.
CHOIR = {"soprano": (72, 93), "alto": (67, 87), "tenor": (60, 81), "bass": (48, 74)}


@dataclasses.dataclass
class Settings:
    """Settings of one preset's training."""

    title: str
    data: str  # name of the set; none for files of your own
    epochs: int
    steps_per_beat: int
    voices: Voices | None = None
    embedding_dim: int = 200
    units: int = 256
    depth: int = 1
    hidden: int = 256
    joint: int = 1  # 0 trains the keys of a step as independent, to compare
    input_dropout: float = 0.1
    dropout: float = 0.4
    recurrent_dropout: float = 0.2
    batch_size: int = 16
    part: int = 100  # steps; long pieces are cut into parts of about so many
    slots: int = 16  # entries of a chord to learn from, its end counted
    learning_rate: float = 2e-3
    warmup: float = 0.05
    average: int = 5
    held_out: float = 0.1  # share of the pieces, where there is no validation split
    seed: int = 1
    policy: str = recipe.FASTEST  # with states and weights in float32


PRESETS = {
    "music_chorales": Settings(
        title="Chorales in four voices",
        data="jsb_chorales",
        epochs=100,
        steps_per_beat=1,
        voices=CHOIR,
        policy="float32",
    ),
    "music_folk": Settings(
        title="Folk tunes with chords",
        data="nottingham",
        epochs=14,
        steps_per_beat=2,
        dropout=0.3,
        slots=6,  # two chords in a thousand have more than five notes
    ),
    "music_piano": Settings(
        title="Classical piano music",
        data="piano_midi",
        epochs=25,
        steps_per_beat=2,
        slots=8,  # two chords in a hundred have more than seven notes
    ),
    "own": Settings(title="Trained on files of your own", data="", epochs=30, steps_per_beat=2),
}
# A model of no use, in seconds, to see the recipe run.
SMOKE = {"embedding_dim": 12, "units": 12, "hidden": 12, "epochs": 2, "part": 16, "average": 2}


def examples(knobs: Settings, args: argparse.Namespace) -> tuple[list[Piece], list[Piece]]:
    """Pieces to train on, and those to validate with."""
    if knobs.data and not args.smoke:
        return tuple(data.load(knobs.data, part, args.data_dir) for part in ("train", "valid"))
    folder = args.midi_dir or ROOT / "tests" / "fixtures" / "midi"
    paths = midi.files(folder)
    scores = [midi.read(path, knobs.steps_per_beat).in_c().within(21, 108) for path in paths]
    silent = [str(path) for path, score in zip(paths, scores, strict=True) if not score.notes]
    if silent:
        raise SystemExit(
            f"Expected files with notes of a piano, drums left out. Received: {', '.join(silent)}, "
            "which have none."
        )
    return split([score.steps for score in scores], knobs.held_out, knobs.seed)


def start(preset: str, knobs: Settings, pieces: list[Piece]) -> Music:
    """The untrained task."""
    fields = {field.name for field in dataclasses.fields(Config)}
    config = {k: v for k, v in dataclasses.asdict(knobs).items() if k in fields}
    config["joint"] = bool(config["joint"])
    card = Card(
        name=preset,
        task="music",
        title=knobs.title,
        config=dataclasses.asdict(Config(**config)),
        **TEXTS[preset],
    )
    most = max(len(step) for piece in pieces for step in piece)
    processor = MusicProcessor(most + 1, knobs.steps_per_beat, voices=knobs.voices)
    return Music(registry.build("music", **config), processor, card)


def arguments() -> argparse.Namespace:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    parser.add_argument("--midi-dir", type=pathlib.Path, help="own: folder of MIDI files")
    args = recipe.parse(parser)
    if (args.preset == "own") != bool(args.midi_dir):
        parser.error("--midi-dir goes with the preset 'own', and only there")
    return args


def main() -> None:
    args = arguments()
    began = time.perf_counter()
    knobs = recipe.begin(args, PRESETS, SMOKE)

    train, held_out = examples(knobs, args)
    task = start(args.preset, knobs, train + held_out)
    print(f"{len(train)} pieces, {sum(map(len, train)):,} steps; {len(held_out)} to validate")
    task.fit(
        train,
        validation=held_out,
        epochs=knobs.epochs,
        batch_size=knobs.batch_size,
        part=knobs.part,
        slots=knobs.slots,
        learning_rate=knobs.learning_rate,
        warmup=knobs.warmup,
        average=knobs.average,
        seed=knobs.seed,
        directory=args.work / args.preset,
        resume=args.resume,
        verbose=2,
    )
    keras.mixed_precision.set_global_policy("float32")
    rows = recipe.data_rows({knobs.data or "own files": len(train)}, SOURCES)
    recipe.complete(task, "music", args, PRESETS, knobs, rows, began)

    def validate(shipped):
        (metric,) = shipped.evaluate(held_out)
        print(f"validation: {metric.value:.4f} nats a step")

    tests = [(knobs.data, "test")] if knobs.data and not args.untested else []
    recipe.ship(task, args.save_to / args.preset, tests, args.data_dir, validate)


if __name__ == "__main__":
    main()
