"""Pretrain the sentiment encoder as a language model, in both directions, on film reviews.

    KERAS_BACKEND=torch python recipes/sentiment/pretrain.py --work DIR --data-dir DATA

Writes tokenizer.model and encoder.npz, which train.py starts from, into pretrained/ beside it or
another folder. A label of 25,000 reviews says one bit each; their words, and those of 50,000
unlabelled reviews, say far more.
"""

import argparse
import dataclasses
import json
import pathlib
import random
import shutil
import time
from collections.abc import Mapping

import keras
import numpy as np
from keras import layers, ops
from train import PRETRAINED, smoke_examples

from gru_zoo.data import imdb
from gru_zoo.files import write_atomically
from gru_zoo.layers import GRU, SampledSoftmax
from gru_zoo.recipe.options import add_options, with_options
from gru_zoo.recipe.run import FASTEST, set_seed, with_policy
from gru_zoo.recipe.start import fitted_tokenizer
from gru_zoo.text.special_tokens import EOS
from gru_zoo.text.subword_tokenizer import SubwordTokenizer


@dataclasses.dataclass
class Settings:
    """Settings of the pretraining."""

    vocabulary_size: int = 10_000  # 1.34 sub-words a word; 5 MB of the preset at float16
    tokenizer_reviews: int = 12_000  # the unigram vocabulary barely changes beyond this
    embedding_dim: int = 256
    units: int = 512
    rows: int = 64  # parallel streams; each carries its state on from window to window
    window: int = 96  # steps of truncated backpropagation
    samples: int = 512  # words of the sampled softmax a step
    steps: int = 5_600  # one and a half times through 23 million sub-words
    learning_rate: float = 2e-3
    warmup: int = 200
    seed: int = 1
    save_every: int = 300  # steps between checkpoints
    policy: str = FASTEST  # with states and weights in float32


class LanguageModel(keras.Model):
    """A forward and a backward GRU language model over one embedding table.

    Call arguments: four integer arrays of shape `(rows, window)`: tokens and next tokens of a
    stream, then of the reversed stream. Output: loss in nats, shape `(rows, window)`.
    """

    def __init__(self, knobs: Settings, frequencies: np.ndarray):
        super().__init__()
        self.embedding = layers.Embedding(
            knobs.vocabulary_size,
            knobs.embedding_dim,
            embeddings_initializer=keras.initializers.RandomNormal(stddev=0.05),
        )
        options = {"return_sequences": True, "stateful": True}
        self.grus = [GRU(knobs.units, **options), GRU(knobs.units, **options)]
        # One projection maps both directions into the space of the table, tied to the output.
        self.projection = layers.Dense(knobs.embedding_dim)
        self.softmax = SampledSoftmax(frequencies, knobs.samples, seed=knobs.seed)

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


def windows(reviews: list[list[int]], knobs: Settings, epoch: int):
    """Endless windows of the shuffled reviews, as `LanguageModel` takes them."""
    while True:
        order = np.random.default_rng(100 + epoch).permutation(len(reviews))
        stream = np.concatenate([[*reviews[i], EOS] for i in order]).astype("int32")
        columns = (len(stream) - 1) // knobs.rows
        pairs = []
        for direction in (stream, stream[::-1]):
            for shift in (0, 1):
                part = direction[shift : shift + columns * knobs.rows]
                pairs.append(part.reshape(knobs.rows, columns))
        for start in range(0, columns - knobs.window + 1, knobs.window):
            yield [array[:, start : start + knobs.window] for array in pairs]
        epoch += 1


def tokenizer_of(
    work: pathlib.Path,
    texts: list[str],
    knobs: Settings,
    resume: bool,
    earlier: pathlib.Path | None,
) -> SubwordTokenizer:
    """The tokenizer of an earlier encoder or of a training that goes on, else one fitted now."""
    if earlier:
        shutil.copyfile(earlier / "tokenizer.model", work / "tokenizer.model")
    texts = random.Random(0).sample(texts, min(knobs.tokenizer_reviews, len(texts)))
    return fitted_tokenizer(work, texts, knobs.vocabulary_size, resume or earlier is not None)


def pretrain(
    work: pathlib.Path,
    texts: list[str],
    knobs: Settings,
    resume: bool = False,
    earlier: pathlib.Path | None = None,
) -> dict[str, np.ndarray]:
    """Train the language model, anew or from an earlier encoder; return the weights of its own."""
    if keras.backend.backend() == "jax":
        raise SystemExit(
            "Expected KERAS_BACKEND=torch or tensorflow. Received: jax, on which the compiled step "
            "of a training carries no states from window to window."
        )
    knobs = with_policy(knobs, work)
    set_seed(knobs.seed)
    tokenizer = tokenizer_of(work, texts, knobs, resume, earlier)
    reviews = tokenizer.encode(texts)
    frequencies = np.bincount(np.concatenate(reviews), minlength=knobs.vocabulary_size)
    model = LanguageModel(knobs, frequencies)
    model([np.zeros((knobs.rows, knobs.window), "int32")] * 4)
    if earlier:
        with np.load(earlier / "encoder.npz") as weights:
            model.start_from(weights)
    schedule = keras.optimizers.schedules.CosineDecay(
        1e-4,
        knobs.steps - knobs.warmup,
        alpha=0.05,
        warmup_target=knobs.learning_rate,
        warmup_steps=knobs.warmup,
    )
    optimizer = keras.optimizers.Adam(schedule, beta_2=0.99, global_clipnorm=1.0)
    model.compile(optimizer=optimizer, loss=lambda _, losses: ops.mean(losses), jit_compile=False)
    state = work / "pretraining.json"
    done = json.loads(state.read_text())["steps"] if resume and state.is_file() else 0
    if done:
        optimizer.build(model.trainable_variables)
        model.load_weights(work / f"pretraining-{done}.weights.h5")
    _steps(model, reviews, knobs, work, done)
    keras.mixed_precision.set_global_policy("float32")
    return model.encoder()


def _steps(model, reviews, knobs, work, done):
    unused = np.zeros((knobs.rows, knobs.window), "float32")
    stream = windows(reviews, knobs, epoch=0)
    for _ in range(done):  # a resumed training reads on where the stream was
        next(stream)
    start = time.perf_counter()
    for step in range(done + 1, knobs.steps + 1):
        loss = model.train_on_batch(next(stream), unused)
        if step % 50 == 0:
            rate = 50 * knobs.rows * knobs.window / (time.perf_counter() - start)
            left = (knobs.steps - step) * knobs.rows * knobs.window / rate / 60
            print(f"step {step}: {loss:.3f} nats, {rate:.0f} sub-words/s, {left:.0f} min left")
            start = time.perf_counter()
            model.reset_metrics()
        if step % knobs.save_every == 0 or step == knobs.steps:
            model.save_weights(work / f"pretraining-{step}.weights.h5")
            write_atomically(work / "pretraining.json", json.dumps({"steps": step}))
            for old in work.glob("pretraining-*.weights.h5"):
                if old.name != f"pretraining-{step}.weights.h5":
                    old.unlink()


# A model of no use, in seconds, to see the recipe run.
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
    parser.add_argument("--data-dir", help="folder of the data sets; else $GRU_ZOO_DATA")
    parser.add_argument("--save-to", type=pathlib.Path, default=PRETRAINED)
    parser.add_argument(
        "--start-from", type=pathlib.Path, metavar="FOLDER", help="go on from an earlier encoder"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on after the last checkpoint, the states of the streams beginning from zeros",
    )
    parser.add_argument("--smoke", action="store_true", help="run in seconds on a few sentences")
    add_options(parser, Settings)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    knobs = with_options(SMOKE if args.smoke else Settings(), args)
    if args.smoke:
        texts = [e.text for e in smoke_examples()]
    else:
        # Reviews that also stand in the test split are left out: no test text is ever read.
        texts = imdb.pretraining_texts(args.data_dir)
    weights = pretrain(args.work, texts, knobs, args.resume, args.start_from)
    args.save_to.mkdir(parents=True, exist_ok=True)
    half = {name: array.astype("float16") for name, array in weights.items()}
    np.savez_compressed(args.save_to / "encoder.npz", **half)
    tokenizer = (args.work / "tokenizer.model").read_bytes()
    (args.save_to / "tokenizer.model").write_bytes(tokenizer)


if __name__ == "__main__":
    main()
