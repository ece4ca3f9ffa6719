"""Train a preset for keyword spotting, measure it on its test split, and save it.

    KERAS_BACKEND=torch python recipes/keyword_spotting/train.py speech_commands --work DIR \\
        --data-dir DATA

or train on clips of words of your own, a folder for each word:

    python recipes/keyword_spotting/train.py own --folder my_words --work DIR --save-to FOLDER

A killed training goes on with --resume.
"""

import argparse
import dataclasses
import pathlib
import time
from typing import NamedTuple

import keras
import numpy as np
from calibration import calibrate
from card_texts import TEXTS

import gru_zoo
from gru_zoo import audio, data, recipe, registry, training
from gru_zoo.audio.augmentation import Augmentation
from gru_zoo.audio.sound import Sound
from gru_zoo.data import fsdd, speech_commands, speech_commands_v2
from gru_zoo.presets.card import Card
from gru_zoo.tasks.keyword_spotting.model import Config
from gru_zoo.tasks.keyword_spotting.processor import SILENCE, KeywordSpottingProcessor, decoded
from gru_zoo.tasks.keyword_spotting.task import KeywordSpotting

ROOT = pathlib.Path(__file__).resolve().parents[2]
SETS = {"fsdd": fsdd, "speech_commands": speech_commands, "speech_commands_v2": speech_commands_v2}


@dataclasses.dataclass
class Settings:
    """Settings of one preset's training."""

    title: str
    data: str  # name of the set; none for clips of your own
    valid: str  # its split to choose epochs by
    tests: tuple[str, ...]
    epochs: int
    rate: int = 16_000
    bands: int = 64
    filters: tuple[int, ...] = (32, 48, 64)
    features: int = 112
    units: int = 96
    depth: int = 2
    heads: int = 4
    key: int = 32
    dropout: float = 0.2
    frames_masked: int = 20
    bands_masked: int = 10
    shift: float = 0.12
    speed: float = 0.15
    response: float = 4.0
    noisy: float = 0.7
    mixup: float = 0.2
    smoothing: float = 0.1
    teacher: str = ""  # preset of the same labels to learn from as well
    leave_out: str = ""  # speaker kept for a test of voices that were never heard
    batch_size: int = 106  # and 10 clips each of silence and of unknown words, with ten classes
    # Clips of a class an epoch. A third of the commands' training clips are other words.
    most: int = 1_200
    learning_rate: float = 3e-3
    average: int = 8
    held_out: float = 0.15  # share of the clips, where there is no validation split
    seed: int = 1
    policy: str = recipe.FASTEST  # with states and weights in float32


COMMANDS = Settings(
    title="Eight spoken commands",
    data="speech_commands",
    valid="val",
    tests=("test10", "probe_flac", "probe_opus", "background_noise", "other_words"),
    epochs=26,
)
# 58,000 weights.
TINY = {"bands": 40, "bands_masked": 6, "filters": (12, 20, 28), "features": 40, "units": 30}
TINY |= {"heads": 2, "key": 16, "dropout": 0.05}
PRESETS = {
    "speech_commands": COMMANDS,
    "speech_commands_tiny": dataclasses.replace(
        COMMANDS,
        title="Eight spoken commands, for small boards",
        teacher="speech_commands",
        average=5,
        # A small model underfits: it needs less that makes the task harder.
        frames_masked=10,
        smoothing=0.0,
        **TINY,
    ),
    "speech_commands_12": dataclasses.replace(
        COMMANDS,
        title="Ten spoken commands, standard classes",
        data="speech_commands_v2",
        tests=("test",),
        epochs=40,
        most=3_500,  # most commands have about 3,100
    ),
    "speech_digits": Settings(
        title="Spoken digits",
        data="fsdd",
        valid="valid",
        tests=("test",),
        epochs=60,
        rate=8_000,
        batch_size=64,
        filters=(24, 32, 48),
        bands=40,
        bands_masked=6,
        frames_masked=10,  # a digit takes about 40
        features=80,
        units=64,
    ),
    "own": Settings(title="Trained on clips of your own", data="", valid="", tests=(), epochs=60),
}
# A model of no use, in seconds, to see the recipe run.
SMOKE = TINY | {"filters": (4, 4), "features": 8, "units": 8, "epochs": 2, "average": 2}
SMOKE |= {"rate": 4_000, "bands": 24, "batch_size": 8, "teacher": ""}


class Examples(NamedTuple):
    """Waveforms, int16, shape `(clips, samples)`, with their labels, and noise."""

    labels: tuple[str, ...]
    train: tuple[np.ndarray, list[str]]
    valid: tuple[np.ndarray, list[str]]
    noise: list[Sound] = []
    left_out: tuple[np.ndarray, list[str]] | None = None


def examples(knobs: Settings, args: argparse.Namespace) -> Examples:
    """What there is to train on."""
    processor = KeywordSpottingProcessor(knobs.rate, 1.0)
    if args.smoke or not knobs.data:
        return own_examples(knobs, args.folder or ROOT / "tests" / "fixtures" / "sounds", processor)
    labels = SETS[knobs.data].LABELS
    parts, left_out = [], []
    for split in ("train", knobs.valid):
        clips = data.load(knobs.data, split, args.data_dir)
        cache = args.work / f"{knobs.data}-{split}-{knobs.rate}.npy"
        print(f"{knobs.data}, {split}: {len(clips):,} clips")
        waves = decoded([clip.audio for clip in clips], processor, cache=cache, verbose=True)
        rows = [i for i, clip in enumerate(clips) if clip.speaker != knobs.leave_out]
        others = sorted(set(range(len(clips))) - set(rows)) if knobs.leave_out else []
        left_out.append((waves[others], [clips[i].label for i in others]))
        rows = rows if knobs.leave_out else list(range(len(clips)))
        parts.append((waves[rows], [clips[i].label for i in rows]))
    train, valid = parts
    if knobs.leave_out and not any(len(labels) for _, labels in left_out):
        speakers = ", ".join(sorted({str(clip.speaker) for clip in clips}))
        raise SystemExit(f"Expected --leave-out of {speakers}. Received: {knobs.leave_out}.")
    noise: list[Sound] = []
    if knobs.data == "speech_commands":
        clips = data.load(knobs.data, "background_noise", args.data_dir)
        noise, still = divided([processor.read(clip.audio) for clip in clips], processor)
        valid = (np.concatenate([valid[0], still]), valid[1] + [SILENCE] * len(still))
    elif SILENCE in labels:
        still = np.array(train[1]) == SILENCE
        noise = [Sound(wave, knobs.rate) for wave in train[0][still]]
        train = (train[0][~still], [label for label in train[1] if label != SILENCE])
    return Examples(labels, train, valid, noise, joined(left_out) if knobs.leave_out else None)


def own_examples(
    knobs: Settings, folder: pathlib.Path, processor: KeywordSpottingProcessor
) -> Examples:
    paths, words = audio.labelled(folder)
    waves = decoded(paths, processor)
    train, valid = (
        (waves[rows], [words[i] for i in rows])
        for rows in training.split(len(waves), knobs.held_out, knobs.seed, "clips")
    )
    return Examples(tuple(sorted(set(words))), train, valid)


def divided(recordings: list[np.ndarray], processor: KeywordSpottingProcessor):
    """The first four fifths of recordings, to train with, and clips of the rest, to validate."""
    noise, still = [], []
    for wave in recordings:
        border = len(wave) * 4 // 5
        noise.append(Sound(wave[:border], processor.rate))
        rest = wave[border:]
        count = len(rest) // processor.samples
        clips = rest[: count * processor.samples].reshape(count, -1)
        still.append((clips * 32767).astype("int16"))
    return noise, np.concatenate(still)


def joined(parts: list[tuple[np.ndarray, list[str]]]) -> tuple[np.ndarray, list[str]]:
    return np.concatenate([waves for waves, _ in parts]), sum((labels for _, labels in parts), [])


def start(preset: str, knobs: Settings, found: Examples) -> KeywordSpotting:
    """The untrained task, its spectra normalised as the training clips have it."""
    fields = {field.name for field in dataclasses.fields(Config)}
    config = {k: v for k, v in dataclasses.asdict(knobs).items() if k in fields}
    config["classes"] = len(found.labels)
    card = Card(
        name=preset,
        task="keyword_spotting",
        title=knobs.title,
        config=dataclasses.asdict(Config(**config)),
        labels=found.labels,
        **TEXTS[preset],
    )
    model = registry.build("keyword_spotting", **config)
    some = found.train[0][:: max(1, len(found.train[0]) // 1_000)]
    model.get_layer("log_mel").adapt(some.astype("float32") / 32768)
    return KeywordSpotting(model, KeywordSpottingProcessor(knobs.rate, 1.0), card)


def arguments() -> argparse.Namespace:
    parser = recipe.parser(__doc__.splitlines()[0], PRESETS, Settings)
    parser.add_argument("--folder", type=pathlib.Path, help="own: a folder for each word")
    args = recipe.parse(parser)
    if (args.preset == "own") != bool(args.folder):
        parser.error("--folder goes with the preset 'own', and only there")
    if args.leave_out and (args.smoke or args.preset == "own"):
        parser.error("--leave-out goes with presets of published sets, which name their speakers")
    return args


def main() -> None:
    args = arguments()
    began = time.perf_counter()
    knobs = recipe.begin(args, PRESETS, SMOKE)

    found = examples(knobs, args)
    task = start(args.preset, knobs, found)
    count = len(found.train[0])
    print(
        f"{count} clips, {len(found.valid[0])} to validate, {task.model.count_params():,} weights"
    )
    varied = {field.name for field in dataclasses.fields(Augmentation)}
    name = f"{args.preset}-without-{knobs.leave_out}" if knobs.leave_out else args.preset
    task.fit(
        *found.train,
        validation=found.valid,
        epochs=knobs.epochs,
        batch_size=knobs.batch_size,
        learning_rate=knobs.learning_rate,
        augmentation=Augmentation(
            **{k: v for k, v in dataclasses.asdict(knobs).items() if k in varied}
        ),
        noise=found.noise,
        most=knobs.most,
        teacher=gru_zoo.load(knobs.teacher) if knobs.teacher else None,
        average=knobs.average,
        seed=knobs.seed,
        directory=args.work / name,
        resume=args.resume,
        verbose=2,
    )
    keras.mixed_precision.set_global_policy("float32")

    def accuracy(measured, waves, labels):
        return measured.evaluate(sounds(waves), labels)[0].value

    def sounds(waves):
        return [Sound(wave, knobs.rate) for wave in waves]

    if found.left_out:
        print(f"accuracy on {knobs.leave_out}, never heard: {accuracy(task, *found.left_out):.4f}")
        return
    waves, labels = found.valid
    print(f"temperature: {calibrate(task, sounds(waves), labels):.3f}")
    sources = {key: module.SOURCE for key, module in SETS.items()}
    rows = recipe.data_rows({knobs.data or "own clips": count}, sources)
    recipe.complete(task, "keyword_spotting", args, PRESETS, knobs, rows, began)
    tests = [(knobs.data, split) for split in knobs.tests if not args.untested]
    recipe.ship(
        task,
        args.save_to / args.preset,
        tests,
        args.data_dir,
        lambda shipped: print(f"validation: accuracy {accuracy(shipped, *found.valid):.4f}"),
    )


if __name__ == "__main__":
    main()
