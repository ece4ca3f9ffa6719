"""Let a pretrained transformer learn to compress, and write down what it says of more sentences.

    KERAS_BACKEND=torch python recipes/compression/train_teacher.py \\
        --beside runs/alone/presets/NAME --work DIR --to runs/lessons --data-dir DATA

writes lessons for `train.py --lessons runs/lessons` to learn from: sentences of the pairs, of news
releases, and made of those of the pairs (`phrase_augmentation.py`), how probable each arc between
their words is, and the transformer's states of the words (see `distillation.py`). The transformer
reads the sub-words in place of the GRUs, and no GRU reads words; all else of the model is the same.
"""

import argparse
import dataclasses
import pathlib
import re
from collections.abc import Sequence

import keras
import numpy as np
from card_texts import TEXTS
from distillation import SoftTargets
from keras import layers
from phrase_augmentation import exchanged
from train import RELEASES, Pairs, examples, smoke_examples

import gru_zoo
from gru_zoo import data, recipe
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.presets.card import Card
from gru_zoo.recipe.teacher import MPNET, check_usable, pretrained
from gru_zoo.tasks.compression.batches import sentence_batches
from gru_zoo.tasks.compression.model import arcs_of, states_at
from gru_zoo.tasks.compression.path_crf import probabilities
from gru_zoo.tasks.compression.processor import KINDS, CompressionProcessor
from gru_zoo.tasks.compression.task import Compression
from gru_zoo.tasks.compression.words import words_of
from gru_zoo.text.sentences import SENTENCE_ENDS

# A sentence from its beginning to its end. "Sen." and the like end no sentence.
WHOLE = re.compile(r"^\W*[A-Z].*\b[a-z]{3,}[.!?][\"”’)]*$")
WORDS = range(8, 51)  # between blanks
PART = 4_096  # sentences that are in memory at once


@dataclasses.dataclass
class Settings:
    """Settings of the teacher."""

    teacher: str = MPNET  # a name on the hub, or a folder
    units: int = 256
    key: int = 64
    dropout: float = 0.2
    batch_size: int = 32
    head_rate: float = 1e-3  # of an epoch in which only the new layers learn
    learning_rate: float = 4e-5
    epochs: int = 4
    average: int = 2
    beside_share: float = 0.33  # of the presets in the mean of the scores
    a_release: int = 1  # sentences of each news release
    a_pair: int = 8  # new sentences of each one in the pairs, at most
    state_size: int = 256  # of the states in the lessons
    seed: int = 1


def untrained(knobs: Settings) -> Compression:
    """The transformer under new layers."""
    pieces, encoder = pretrained(knobs.teacher)
    names = ("token_ids", "firsts", "lasts", "kinds")
    inputs = [keras.Input((None,), dtype="int32", name=name) for name in names]
    ids, firsts, lasts, kinds = inputs
    states = encoder(ids)
    parts = [states_at(states, firsts), states_at(states, lasts)]
    parts += [layers.Embedding(len(KINDS) + 1, 16, name="kind_embedding")(kinds)]
    x = layers.Dropout(knobs.dropout, name="words_dropout")(layers.Concatenate()(parts))
    x = layers.Dense(knobs.units, activation="tanh", name="projection")(x)
    x = layers.Dropout(knobs.dropout, name="projection_dropout")(x)
    model = keras.Model(inputs, arcs_of(x, kinds, knobs.key), name="teacher")
    words = TEXTS["summarization_compression"]
    card = Card(name="teacher", task="compression", title="A teacher", config={}, **words)
    return Compression(model, CompressionProcessor(pieces), card)


def teach(
    task: Compression,
    knobs: Settings,
    train: Pairs,
    held_out: Pairs,
    work: pathlib.Path,
    resume: bool,
) -> None:
    """Train the new layers alone, then all."""
    phases = (("head", 1, knobs.head_rate), ("all", knobs.epochs, knobs.learning_rate))
    for name, epochs, rate in phases:
        task.model.get_layer("encoder").trainable = name == "all"
        task.fit(
            *train,
            validation=held_out,
            epochs=epochs,
            batch_size=knobs.batch_size,
            learning_rate=rate,
            average=min(epochs, knobs.average),
            seed=knobs.seed,
            directory=work / name,
            resume=resume,
            verbose=2,
        )


class Together(Compression):
    """A teacher and presets as one: the weighted mean of the scores of arcs."""

    def __init__(self, teacher: Compression, beside: Sequence[Compression], share: float):
        super().__init__(teacher.model, teacher.processor, teacher.card)
        self.beside, self.share = beside, share if beside else 0.0
        states, (_, firsts, lasts, _) = self.model.get_layer("encoder").output, self.model.inputs
        states = layers.Average()([states_at(states, firsts), states_at(states, lasts)])
        self.observer = keras.Model(self.model.inputs, [self.model.output, states])

    def observe(self, texts, batch_size=64):
        """Scores of the arcs of each text, and the teacher's states of its places."""
        sentences = [self.processor.encode(text)[1] for text in texts]
        scores, states = [None] * len(texts), [None] * len(texts)
        for rows, inputs in sentence_batches(sentences, batch_size):
            found = map(np.asarray, predict_on_batch(self.observer, inputs))
            for row, arcs, state in zip(rows, *found, strict=False):
                places = len(sentences[row][3])
                scores[row] = (1 - self.share) * arcs[:places, :places]
                states[row] = state[:places]
        for task in self.beside:
            for row, arcs in enumerate(task.arcs(texts, batch_size)):
                scores[row] += self.share / len(self.beside) * arcs
        return scores, states

    def arcs(self, texts, batch_size=64, verbose=False):
        return self.observe(texts, batch_size)[0]


def principal(states: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and principal directions `(units, size)` of states `(places, units)`, of unit spread."""
    mean = states.mean(axis=0)
    _, directions = np.linalg.eigh(np.cov(states, rowvar=False))  # the widest one is the last
    directions = directions[:, ::-1][:, :size]
    return mean, directions / ((states - mean) @ directions).std()


def of_releases(root: str | None, each: int) -> list[str]:
    """The first whole sentences of each news release."""
    found: dict[str, None] = {}
    for release in data.load(RELEASES, "train", root) if each else ():
        parts = map(str.strip, SENTENCE_ENDS.split(" ".join(release.text.split())))
        whole = [p for p in parts if len(p.split()) in WORDS and WHOLE.match(p)]
        found |= dict.fromkeys(whole[:each])
    return list(found)


def write(
    folder: pathlib.Path,
    together: Together,
    pairs: Sequence[tuple[str, np.ndarray]],
    others: Sequence[str],
    directions: tuple[np.ndarray, np.ndarray],
) -> None:
    """Write the lessons of pairs, whose arcs are as they say, and of other sentences."""
    texts = [*(text for text, _ in pairs), *others]
    mean, matrix = directions
    places = [len(words_of(text)) + 2 for text in texts]
    lessons = SoftTargets.new(folder, places, matrix.shape[1])
    bar = keras.utils.Progbar(len(texts), unit_name="sentence")
    for start in range(0, len(texts), PART):
        found = together.observe(texts[start : start + PART])
        for row, (scores, states) in enumerate(zip(*found, strict=True), start):
            of_pair = row < len(pairs)
            lessons.arcs(row)[:] = arcs_on(pairs[row][1]) if of_pair else probabilities(scores)
            lessons.states(row)[:] = (states - mean) @ matrix
        bar.add(len(found[0]))
    lessons.finish(folder, texts)


def arcs_on(kept: np.ndarray) -> np.ndarray:
    """1 for each arc of the path over the words that are kept, else 0."""
    places = np.flatnonzero(np.concatenate([[True], kept, [True]]))
    arcs = np.zeros((len(kept) + 2, len(kept) + 2))
    arcs[places[:-1], places[1:]] = 1
    return arcs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for checkpoints")
    parser.add_argument("--to", type=pathlib.Path, required=True, help="folder to write")
    parser.add_argument("--beside", nargs="*", default=[], help="folders of presets to ask as well")
    parser.add_argument("--data-dir", help="folder of the data sets; else $GRU_ZOO_DATA")
    parser.add_argument("--resume", action="store_true", help="go on after the last epoch")
    parser.add_argument("--smoke", action="store_true", help="run in seconds on a few examples")
    recipe.add_options(parser, Settings)
    args = parser.parse_args()
    check_usable(parser)
    args.to.mkdir(parents=True, exist_ok=True)  # not only once all is done
    knobs = recipe.with_options(Settings(), args)
    recipe.set_seed(knobs.seed)
    recipe.tune_malloc()

    train, held_out = (smoke_examples(),) * 2 if args.smoke else examples(args.data_dir)
    beside = [gru_zoo.load(folder) for folder in args.beside]
    teacher = untrained(knobs)
    pairs, held_out_pairs = teacher.usable(*train), teacher.usable(*held_out)
    released = [] if args.smoke else of_releases(args.data_dir, knobs.a_release)
    made = exchanged(pairs, knobs.a_pair, knobs.seed)
    print(f"{len(released)} sentences of {RELEASES} and {len(made)} made of {len(pairs)} pairs")
    teach(teacher, knobs, train, held_out, args.work, args.resume)
    together = Together(teacher, beside, knobs.beside_share)
    for name, task in (("the teacher", teacher), ("all together", together)):
        scores = task.tune_bonus(*held_out, np.round(np.arange(-0.4, 0.81, 0.1), 1).tolist())
        print(f"validation token F1 of {name}: {max(scores.values()):.4f}")
    _, states = together.observe([text for text, _ in pairs[:PART]])
    directions = principal(np.concatenate(states), knobs.state_size)
    write(args.to / "dev", together, held_out_pairs, [], directions)
    write(args.to / "train", together, pairs, [*released, *made], directions)
    print(f"{len(pairs) + len(released) + len(made)} sentences to train on in '{args.to}'")


if __name__ == "__main__":
    main()
