"""Pretrain the sentiment encoder as a language model, in both directions, on film reviews.

    KERAS_BACKEND=torch python recipes/sentiment/pretrain.py --work DIR --data-dir DATA

Writes tokenizer.model and encoder.npz, which train.py starts from, into pretrained/ beside it or
into another folder. The labels of 25,000 reviews hold one bit each; the words of these and of
50,000 unlabelled reviews hold far more.
"""

import argparse
import dataclasses
import json
import pathlib
import random
import shutil
import sys
import time
from collections.abc import Mapping

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import keras
import numpy as np
from keras import layers, ops

from gru_zoo import recipe
from gru_zoo.data import imdb
from gru_zoo.files import write_atomically
from gru_zoo.layers import GRU, SampledSoftmax
from gru_zoo.text.special_tokens import EOS
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from recipes.sentiment.everyday import everyday_texts
from recipes.sentiment.prepare import smoke_examples
from recipes.sentiment.settings import PRETRAINED


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of the pretraining."""

    vocabulary_size: int = 10_000  # 1.34 sub-words a word; 5 MB of the preset at float16
    tokenizer_reviews: int = 12_000  # with more, the unigram vocabulary barely changes
    embedding_dim: int = 256
    units: int = 512
    rows: int = 64  # parallel streams, whose states are carried from window to window
    window: int = 96  # steps of truncated backpropagation
    samples: int = 512  # sub-words that the sampled softmax draws in a step
    steps: int = 5_600  # one and a half times through 23 million sub-words
    learning_rate: float = 2e-3
    warmup: int = 200
    seed: int = 1
    save_every: int = 300  # steps between checkpoints
    policy: str = recipe.FASTEST  # with states and weights in float32


class LanguageModel(keras.Model):
    """A forward and a backward GRU language model over one embedding table.

    Call arguments: four integer arrays of shape `(rows, window)`: tokens and next tokens of a
    stream, then of the reversed stream. Output: loss in nats, shape `(rows, window)`.
    """

    def __init__(self, settings: Settings, frequencies: np.ndarray):
        super().__init__()
        self.embedding = layers.Embedding(
            settings.vocabulary_size,
            settings.embedding_dim,
            embeddings_initializer=keras.initializers.RandomNormal(stddev=0.05),
        )
        options = {"return_sequences": True, "stateful": True}
        self.grus = [GRU(settings.units, **options), GRU(settings.units, **options)]
        # One projection maps both directions into the space of the table, tied to the output.
        self.projection = layers.Dense(settings.embedding_dim)
        self.softmax = SampledSoftmax(frequencies, settings.samples, seed=settings.seed)

    def build(self, shapes):
        self.embedding.build(shapes[0])
        for gru in self.grus:
            gru.build((*shapes[0], self.embedding.output_dim))
        self.projection.build((*shapes[0], self.grus[0].units))
        self.softmax.build()

    def call(self, inputs, training=False):
        losses = []
        for gru, tokens, targets in zip(self.grus, inputs[::2], inputs[1::2], strict=True):
            hidden = self.projection(gru(self.embedding(tokens)))
            losses.append(self.softmax(hidden, targets, self.embedding.embeddings))
        return (losses[0] + losses[1]) / 2

    def encoder(self) -> dict[str, np.ndarray]:
        """Weights of the layers that the classifier shares, by layer name and index."""
        return {
            f"{name}/{i}": array
            for name, layer in self._shared().items()
            for i, array in enumerate(layer.get_weights())
        }

    def start_from(self, weights: Mapping[str, np.ndarray]) -> None:
        """Set the weights that `encoder` returned for an earlier model."""
        for name, layer in self._shared().items():
            layer.set_weights([weights[f"{name}/{i}"] for i in range(len(layer.weights))])

    def _shared(self) -> dict[str, layers.Layer]:
        return {"embedding": self.embedding, "forward": self.grus[0], "backward": self.grus[1]}


def windows(reviews: list[list[int]], settings: Settings, epoch: int):
    """Windows of the shuffled reviews without end, as `LanguageModel` takes them."""
    while True:
        order = np.random.default_rng(100 + epoch).permutation(len(reviews))
        stream = np.concatenate([[*reviews[i], EOS] for i in order]).astype("int32")
        columns = (len(stream) - 1) // settings.rows
        pairs = []
        for direction in (stream, stream[::-1]):
            for shift in (0, 1):
                part = direction[shift : shift + columns * settings.rows]
                pairs.append(part.reshape(settings.rows, columns))
        for start in range(0, columns - settings.window + 1, settings.window):
            yield [array[:, start : start + settings.window] for array in pairs]
        epoch += 1


def tokenizer_of(
    work: pathlib.Path,
    texts: list[str],
    settings: Settings,
    resume: bool,
    earlier: pathlib.Path | None,
) -> SubwordTokenizer:
    """The tokenizer of an earlier encoder or of a resumed training, else a newly fitted one."""
    if earlier:
        shutil.copyfile(earlier / "tokenizer.model", work / "tokenizer.model")
    texts = random.Random(0).sample(texts, min(settings.tokenizer_reviews, len(texts)))
    keep = resume or earlier is not None
    return recipe.fit_tokenizer(work, texts, settings.vocabulary_size, keep)


def pretrain(
    work: pathlib.Path,
    texts: list[str],
    settings: Settings,
    resume: bool = False,
    earlier: pathlib.Path | None = None,
) -> dict[str, np.ndarray]:
    """Train the language model.

    Args:
        work: folder of the checkpoints.
        texts: reviews.
        settings: settings of the pretraining.
        resume: whether to continue after the last checkpoint in `work`.
        earlier: folder of an earlier encoder to start from.

    Returns:
        The weights of its encoder, see `LanguageModel.encoder`.
    """
    if keras.backend.backend() == "jax":
        raise SystemExit(
            "Expected KERAS_BACKEND=torch or tensorflow. Received: jax, on which a compiled "
            "training step does not carry the states from window to window."
        )
    settings = recipe.with_policy(settings, work)
    recipe.set_seed(settings.seed)
    tokenizer = tokenizer_of(work, texts, settings, resume, earlier)
    settings = dataclasses.replace(settings, vocabulary_size=tokenizer.vocabulary_size)
    reviews = tokenizer.encode(texts)
    frequencies = np.bincount(np.concatenate(reviews), minlength=settings.vocabulary_size)
    model = LanguageModel(settings, frequencies)
    model([np.zeros((settings.rows, settings.window), "int32")] * 4)
    if earlier:
        with np.load(earlier / "encoder.npz") as weights:
            model.start_from(weights)
    schedule = keras.optimizers.schedules.CosineDecay(
        1e-4,
        settings.steps - settings.warmup,
        alpha=0.05,
        warmup_target=settings.learning_rate,
        warmup_steps=settings.warmup,
    )
    optimizer = keras.optimizers.Adam(schedule, beta_2=0.99, global_clipnorm=1.0)
    model.compile(optimizer=optimizer, loss=lambda _, losses: ops.mean(losses), jit_compile=False)
    state = work / "pretraining.json"
    done = json.loads(state.read_text())["steps"] if resume and state.is_file() else 0
    if done:
        optimizer.build(model.trainable_variables)
        model.load_weights(work / f"pretraining-{done}.weights.h5")
    _steps(model, reviews, settings, work, done)
    keras.mixed_precision.set_global_policy("float32")
    return model.encoder()


def _steps(model, reviews, settings, work, done):
    unused = np.zeros((settings.rows, settings.window), "float32")
    stream = windows(reviews, settings, epoch=0)
    for _ in range(done):  # a resumed training continues in the stream where it stopped
        next(stream)
    start = time.perf_counter()
    for step in range(done + 1, settings.steps + 1):
        loss = model.train_on_batch(next(stream), unused)
        if step % 50 == 0:
            rate = 50 * settings.rows * settings.window / (time.perf_counter() - start)
            left = (settings.steps - step) * settings.rows * settings.window / rate / 60
            print(f"step {step}: {loss:.3f} nats, {rate:.0f} sub-words/s, {left:.0f} min left")
            start = time.perf_counter()
            model.reset_metrics()
        if step % settings.save_every == 0 or step == settings.steps:
            model.save_weights(work / f"pretraining-{step}.weights.h5")
            write_atomically(work / "pretraining.json", json.dumps({"steps": step}))
            for old in work.glob("pretraining-*.weights.h5"):
                if old.name != f"pretraining-{step}.weights.h5":
                    old.unlink()


# A tiny model, to run the recipe in seconds.
SMOKE = Settings(
    vocabulary_size=320,
    embedding_dim=8,
    units=8,
    rows=2,
    window=8,
    samples=16,
    steps=12,
    warmup=2,
    save_every=6,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for checkpoints")
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    parser.add_argument("--save-to", type=pathlib.Path, default=PRETRAINED)
    parser.add_argument(
        "--start-from", type=pathlib.Path, metavar="FOLDER", help="start from an earlier encoder"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="continue after the last checkpoint, with the states of the streams set to zero",
    )
    parser.add_argument(
        "--everyday", action="store_true", help="learn everyday texts instead of film reviews"
    )
    parser.add_argument("--smoke", action="store_true", help="run in seconds on a few sentences")
    recipe.add_options(parser, Settings)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    settings = recipe.with_options(SMOKE if args.smoke else Settings(), args)
    if args.smoke:
        texts = [e.text for e in smoke_examples()]
    elif args.everyday:
        texts = everyday_texts(args.data_dir)
    else:
        # Reviews that also stand in the test split are left out, so no test text is trained on.
        texts = imdb.pretraining_texts(args.data_dir)
    weights = pretrain(args.work, texts, settings, args.resume, args.start_from)
    args.save_to.mkdir(parents=True, exist_ok=True)
    half = {name: array.astype("float16") for name, array in weights.items()}
    np.savez_compressed(args.save_to / "encoder.npz", **half)
    tokenizer = (args.work / "tokenizer.model").read_bytes()
    (args.save_to / "tokenizer.model").write_bytes(tokenizer)


if __name__ == "__main__":
    main()
