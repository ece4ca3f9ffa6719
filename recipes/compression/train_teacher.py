"""Fine-tune a pretrained transformer to compress, and write soft targets of more sentences with it.

    KERAS_BACKEND=torch python recipes/compression/train_teacher.py \\
        --beside runs/alone/presets/NAME --work DIR --to runs/lessons --data-dir DATA

writes the soft targets from which `train.py --lessons runs/lessons` learns. The sentences are those
of the pairs, of news releases, and new ones made of the pairs (`phrase_augmentation.py`). A soft
target is the probability of each arc between words, and the transformer's hidden states of the
words (`distillation.py`). In the teacher the transformer takes the place of all GRUs; the rest of
the model is the same.
"""

import argparse
import dataclasses
import pathlib
import re
import sys
from collections.abc import Sequence

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import keras
import numpy as np
from keras import layers

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
from recipes.compression.card_texts import TEXTS
from recipes.compression.distillation import SoftTargets
from recipes.compression.phrase_augmentation import exchange_runs
from recipes.compression.prepare import Pairs, examples, smoke_examples
from recipes.compression.settings import RELEASES

# A whole sentence. Its last word has three small letters or more, which "Sen." has not.
WHOLE_SENTENCE = re.compile(r"^\W*[A-Z].*\b[a-z]{3,}[.!?][\"”’)]*$")
WORDS = range(8, 51)  # in a sentence of a release, separated by spaces
PART = 4_096  # sentences in memory at once


@dataclasses.dataclass(frozen=True)
class Settings:
    """Settings of the teacher."""

    teacher: str = MPNET  # a name on the Hugging Face hub, or a folder
    units: int = 256
    key: int = 64
    dropout: float = 0.2
    batch_size: int = 32
    head_rate: float = 1e-3  # learning rate of the epoch in which only the new layers learn
    learning_rate: float = 4e-5
    epochs: int = 4
    average: int = 2
    beside_share: float = 0.33  # weight of the presets of --beside in the mean of the scores
    a_release: int = 1  # maximum number of sentences of each news release
    a_pair: int = 8  # maximum number of new sentences made of each pair
    state_size: int = 256  # of a hidden state in the soft targets
    seed: int = 1


def build_teacher(settings: Settings) -> Compression:
    """The untrained teacher: the transformer with new layers on its states."""
    tokenizer, encoder = pretrained(settings.teacher)
    names = ("token_ids", "firsts", "lasts", "kinds")
    inputs = [keras.Input((None,), dtype="int32", name=name) for name in names]
    ids, firsts, lasts, kinds = inputs
    states = encoder(ids)
    parts = [states_at(states, firsts), states_at(states, lasts)]
    parts += [layers.Embedding(len(KINDS) + 1, 16, name="kind_embedding")(kinds)]
    x = layers.Dropout(settings.dropout, name="words_dropout")(layers.Concatenate()(parts))
    x = layers.Dense(settings.units, activation="tanh", name="projection")(x)
    x = layers.Dropout(settings.dropout, name="projection_dropout")(x)
    model = keras.Model(inputs, arcs_of(x, kinds, settings.key), name="teacher")
    words = TEXTS["summarization_compression"]
    card = Card(name="teacher", task="compression", title="A teacher", config={}, **words)
    return Compression(model, CompressionProcessor(tokenizer), card)


def fine_tune(
    task: Compression,
    settings: Settings,
    train: Pairs,
    held_out: Pairs,
    work: pathlib.Path,
    resume: bool,
) -> None:
    """Train the new layers alone for an epoch, then all layers."""
    phases = (("head", 1, settings.head_rate), ("all", settings.epochs, settings.learning_rate))
    for name, epochs, rate in phases:
        task.model.get_layer("encoder").trainable = name == "all"
        task.fit(
            *train,
            validation=held_out,
            epochs=epochs,
            batch_size=settings.batch_size,
            learning_rate=rate,
            average=min(epochs, settings.average),
            seed=settings.seed,
            directory=work / name,
            resume=resume,
            verbose=2,
        )


class EnsembleTeacher(Compression):
    """A teacher and presets whose scores of arcs are averaged.

    Args:
        teacher: the teacher, whose hidden states are used.
        beside: the presets.
        share: weight of the presets in the mean, between 0 and 1.
    """

    def __init__(self, teacher: Compression, beside: Sequence[Compression], share: float):
        super().__init__(teacher.model, teacher.processor, teacher.card)
        self.beside, self.share = beside, share if beside else 0.0
        states, (_, firsts, lasts, _) = self.model.get_layer("encoder").output, self.model.inputs
        states = layers.Average()([states_at(states, firsts), states_at(states, lasts)])
        self.observer = keras.Model(self.model.inputs, [self.model.output, states])

    def observe(self, texts, batch_size=64):
        """Scores of the arcs of each text, and the teacher's hidden states of its positions."""
        sentences = [self.processor.encode(text)[1] for text in texts]
        scores, states = [None] * len(texts), [None] * len(texts)
        for rows, inputs in sentence_batches(sentences, batch_size):
            outputs = map(np.asarray, predict_on_batch(self.observer, inputs))
            for row, arcs, state in zip(rows, *outputs, strict=False):
                places = len(sentences[row][3])
                scores[row] = (1 - self.share) * arcs[:places, :places]
                states[row] = state[:places]
        for task in self.beside:
            for row, arcs in enumerate(task.arcs(texts, batch_size)):
                scores[row] += self.share / len(self.beside) * arcs
        return scores, states

    def arcs(self, texts, batch_size=64, verbose=False):
        return self.observe(texts, batch_size)[0]


def principal_directions(states: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The projection of hidden states on their principal components, scaled to unit deviation.

    Args:
        states: hidden states, shape `(places, units)`.
        size: number of components.

    Returns:
        Mean, shape `(units,)`, and matrix, shape `(units, size)`.
    """
    mean = states.mean(axis=0)
    _, directions = np.linalg.eigh(np.cov(states, rowvar=False))  # by increasing variance
    directions = directions[:, ::-1][:, :size]
    return mean, directions / ((states - mean) @ directions).std()


def release_sentences(root: str | None, each: int) -> list[str]:
    """The first whole sentences of each news release, at most `each` of one."""
    sentences: dict[str, None] = {}
    for release in data.load(RELEASES, "train", root) if each else ():
        parts = map(str.strip, SENTENCE_ENDS.split(" ".join(release.text.split())))
        whole = [p for p in parts if len(p.split()) in WORDS and WHOLE_SENTENCE.match(p)]
        sentences |= dict.fromkeys(whole[:each])
    return list(sentences)


def write(
    folder: pathlib.Path,
    teacher: EnsembleTeacher,
    pairs: Sequence[tuple[str, np.ndarray]],
    others: Sequence[str],
    directions: tuple[np.ndarray, np.ndarray],
) -> None:
    """Write the soft targets of sentences.

    Args:
        folder: folder to write.
        teacher: the teacher.
        pairs: texts, and whether the shorter text kept each word. Their arcs are those of the
            shorter text, not the teacher's.
        others: further sentences.
        directions: from `principal_directions`.
    """
    texts = [*(text for text, _ in pairs), *others]
    mean, matrix = directions
    places = [len(words_of(text)) + 2 for text in texts]
    targets = SoftTargets.new(folder, places, matrix.shape[1])
    bar = keras.utils.Progbar(len(texts), unit_name="sentence")
    for start in range(0, len(texts), PART):
        scores_and_states = teacher.observe(texts[start : start + PART])
        for row, (scores, states) in enumerate(zip(*scores_and_states, strict=True), start):
            of_pair = row < len(pairs)
            targets.arcs(row)[:] = arcs_on(pairs[row][1]) if of_pair else probabilities(scores)
            targets.states(row)[:] = (states - mean) @ matrix
        bar.add(len(scores_and_states[0]))
    targets.finish(folder, texts)


def arcs_on(kept: np.ndarray) -> np.ndarray:
    """1 for each arc of the path over the kept words, else 0, shape `(places, places)`."""
    places = np.flatnonzero(np.concatenate([[True], kept, [True]]))
    arcs = np.zeros((len(kept) + 2, len(kept) + 2))
    arcs[places[:-1], places[1:]] = 1
    return arcs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for checkpoints")
    parser.add_argument("--to", type=pathlib.Path, required=True, help="folder to write")
    parser.add_argument(
        "--beside",
        nargs="*",
        default=[],
        help="folders of presets, for an ensemble",
    )
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    parser.add_argument("--resume", action="store_true", help="continue after the last epoch")
    parser.add_argument("--smoke", action="store_true", help="run in seconds on a few examples")
    recipe.add_options(parser, Settings)
    args = parser.parse_args()
    check_usable(parser)
    args.to.mkdir(parents=True, exist_ok=True)  # fails before the training, not after it
    settings = recipe.with_options(Settings(), args)
    recipe.set_up_process(settings.seed)

    train, held_out = (smoke_examples(),) * 2 if args.smoke else examples(args.data_dir)
    beside = [gru_zoo.load(folder) for folder in args.beside]
    teacher = build_teacher(settings)
    pairs, held_out_pairs = teacher.usable(*train), teacher.usable(*held_out)
    released = [] if args.smoke else release_sentences(args.data_dir, settings.a_release)
    made = exchange_runs(pairs, settings.a_pair, settings.seed)
    print(f"{len(released)} sentences of {RELEASES} and {len(made)} made of {len(pairs)} pairs")
    fine_tune(teacher, settings, train, held_out, args.work, args.resume)
    ensemble = EnsembleTeacher(teacher, beside, settings.beside_share)
    for name, task in (("the teacher", teacher), ("the ensemble", ensemble)):
        scores = task.tune_bonus(*held_out, np.round(np.arange(-0.4, 0.81, 0.1), 1).tolist())
        print(f"validation token F1 of {name}: {max(scores.values()):.4f}")
    _, states = ensemble.observe([text for text, _ in pairs[:PART]])
    directions = principal_directions(np.concatenate(states), settings.state_size)
    write(args.to / "dev", ensemble, held_out_pairs, [], directions)
    write(args.to / "train", ensemble, pairs, [*released, *made], directions)
    print(f"{len(pairs) + len(released) + len(made)} sentences to train on in '{args.to}'")


if __name__ == "__main__":
    main()
