"""Train the compression preset, measure it on its test split, and save it.

    KERAS_BACKEND=torch python recipes/compression/train.py summarization_compression \\
        --work DIR --data-dir DATA

It starts from the encoder that recipes/sentiment/pretrain.py made, and learns from the pairs or,
with --lessons DIR, from what train_teacher.py wrote. A killed training goes on with --resume.
"""

import dataclasses
import pathlib
import time

import keras
import numpy as np
from card_texts import TEXTS
from distillation import SoftTargets, imitate

from gru_zoo import data, recipe, registry
from gru_zoo.data import congress_press, google_sentence_compression, imdb
from gru_zoo.presets.card import Card, DataRow
from gru_zoo.tasks.compression.metrics import measured, references
from gru_zoo.tasks.compression.model import Config
from gru_zoo.tasks.compression.processor import CompressionProcessor
from gru_zoo.tasks.compression.task import Compression
from gru_zoo.text.subword_tokenizer import SubwordTokenizer

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRETRAINED = ROOT / "recipes" / "sentiment" / "pretrained"
DATA = "google-sentence-compression-10k"
RELEASES = "congress-press-headlines"  # what a teacher's sentences are from
BONUSES = tuple(np.round(np.arange(-0.4, 1.21, 0.1), 1).tolist())


@dataclasses.dataclass
class Settings:
    """Settings of one preset's training."""

    title: str
    epochs: int
    units: int = 512  # those of the pretrained encoder
    word_units: int = 64
    key: int = 64
    word_dropout: float = 0.1
    dropout: float = 0.4
    batch_size: int = 64
    learning_rate: float = 1.5e-3
    average: int = 3
    lessons: str = ""  # a folder of train_teacher.py, to learn from in place of the pairs alone
    state_weight: float = 3.0  # of a teacher's states in the loss
    seed: int = 1
    policy: str = recipe.FASTEST  # with states and weights in float32


# To train on the pairs alone. The README has those with which the preset learned from lessons.
PRESETS = {
    "summarization_compression": Settings(
        title="English news sentences made shorter by leaving out words",
        epochs=10,
    ),
}
# A model of no use, in seconds, to see the recipe run.
SMOKE = {"units": 12, "word_units": 8, "key": 4, "epochs": 2, "average": 2, "batch_size": 8}

Pairs = tuple[list[str], list[str]]


def smoke_examples() -> Pairs:
    """A few pairs that the tests ship."""
    lines = (ROOT / "tests" / "fixtures" / "shorter.tsv").read_text(encoding="utf-8").splitlines()
    texts, shorter = zip(*(line.split("\t") for line in lines), strict=True)
    return list(texts), list(shorter)


def examples(root: str | None) -> tuple[Pairs, Pairs]:
    """The pairs to train on and those held out."""
    splits = (data.load(DATA, split, root) for split in ("train", "dev"))
    train, held_out = (([e.text for e in s], [e.summary for e in s]) for s in splits)
    return train, held_out


def start(preset: str, knobs: Settings, smoke: bool) -> Compression:
    """The task to train, untrained but for the pretrained layers."""
    tokenizer = SubwordTokenizer((PRETRAINED / "tokenizer.model").read_bytes())
    fields = {field.name for field in dataclasses.fields(Config)}
    config = {k: v for k, v in dataclasses.asdict(knobs).items() if k in fields}
    config |= {"vocabulary_size": tokenizer.vocabulary_size}
    config |= {"embedding_dim": 8} if smoke else {}
    config = dataclasses.asdict(Config(**config))
    model = registry.build("compression", **config)
    if not smoke:
        with np.load(PRETRAINED / "encoder.npz", allow_pickle=False) as encoder:
            for name in {key.split("/")[0] for key in encoder}:
                layer = model.get_layer(name)
                layer.set_weights([encoder[f"{name}/{i}"] for i in range(len(layer.weights))])
    card = Card(name=preset, task="compression", title=knobs.title, config=config, **TEXTS[preset])
    return Compression(model, CompressionProcessor(tokenizer), card)


def report(task: Compression, held_out: Pairs) -> None:
    """Print what validation says of the task, and of rules that read nothing."""

    def line(name, metrics):
        print(f"| {name} | {' | '.join(f'{m.value:.4f}' for m in metrics)} |")

    expected = references(*held_out)
    counts = [len(reference.kept) for reference in expected]
    found = task.evaluate(*held_out)
    print(f"| validation | {' | '.join(m.name for m in found)} |")
    line("all words", measured(expected, [np.ones(n, "bool") for n in counts]))
    share = found[-1].value
    first = [np.arange(n) < round(share * n) for n in counts]
    line("as many, the first ones", measured(expected, first))
    line("the model", found)


def fit(task: Compression, knobs: Settings, train: Pairs, held_out: Pairs, **options) -> int:
    """Train the task; returns how many sentences beside those of the pairs it learned from."""
    names = ("epochs", "batch_size", "learning_rate", "average", "seed")
    options |= {name: getattr(knobs, name) for name in names}
    if not knobs.lessons:
        task.fit(*train, validation=held_out, **options)
        return 0
    folder, pairs = pathlib.Path(knobs.lessons), len(task.usable(*train))
    lessons = SoftTargets(folder / "train"), SoftTargets(folder / "dev")
    others = len(lessons[0].texts) - pairs
    print(f"beside those of the pairs {others} sentences are taught")
    imitate(task, lessons, pairs, held_out, knobs.state_weight, **options)
    return others


def rows(pairs: int, taught: int) -> tuple[DataRow, ...]:
    """What the card says of the training data, that of the pretrained layers included."""
    reviews = 24_877 + 49_239  # what imdb.pretraining_texts leaves
    others = [("imdb", "train and unsupervised, without labels", reviews, imdb.SOURCE)]
    if taught:
        split = "train, without headlines, and sentences made of the pairs"
        others += [(RELEASES, split, taught, congress_press.SOURCE)]
    return (
        *recipe.data_rows({DATA: pairs}, {DATA: google_sentence_compression.SOURCE}),
        *(DataRow(*row, source.licence, source.homepage) for *row, source in others),
    )


def main() -> None:
    args = recipe.parse(recipe.parser(__doc__.splitlines()[0], PRESETS, Settings))
    began = time.perf_counter()
    knobs = recipe.begin(args, PRESETS, SMOKE)

    train, held_out = (smoke_examples(),) * 2 if args.smoke else examples(args.data_dir)
    task = start(args.preset, knobs, args.smoke)
    count = task.model.count_params()
    print(f"{len(train[0])} pairs, {len(held_out[0])} to validate, {count:,} weights")
    taught = fit(
        task,
        knobs,
        train,
        held_out,
        directory=args.work / args.preset,
        resume=args.resume,
        verbose=2,
    )
    keras.mixed_precision.set_global_policy("float32")
    recipe.complete(task, "compression", args, PRESETS, knobs, rows(len(train[0]), taught), began)

    def validate(shipped):
        scores = shipped.tune_bonus(*held_out, BONUSES)
        print("validation token F1 by bonus:", {k: round(v, 4) for k, v in scores.items()})
        report(shipped, held_out)

    tests = () if args.untested else ((DATA, "test"),)
    recipe.ship(task, args.save_to / args.preset, tests, args.data_dir, validate)


if __name__ == "__main__":
    main()
