"""Let a pretrained transformer learn to compress, and write down what it says of more sentences.

    KERAS_BACKEND=torch python recipes/compression/teach.py --beside runs/alone/NAME \\
        --work DIR --to taught.tsv --data-dir DATA

writes lines for `train.py --taught taught.tsv` to learn from: a sentence, of news releases or made
of those of the pairs (`exchanged.py`), and compressions of it that are drawn from their probability
(Hinton et al. 2015, Distilling the Knowledge in a Neural Network; Kim & Rush 2016, Sequence-Level
Knowledge Distillation). The transformer reads the sub-words in place of the GRUs, and no GRU reads
words; all else of the model is the same.
"""

import argparse
import dataclasses
import importlib.util
import pathlib
import re
from collections.abc import Sequence

import keras
import numpy as np
import torch
from card_texts import TEXTS
from exchanged import exchanged
from keras import layers
from train import RELEASES, Pairs, examples, smoke_examples

import gru_zoo
from gru_zoo import data, recipe
from gru_zoo.cards import Card
from gru_zoo.files import write_atomically
from gru_zoo.paths import drawn
from gru_zoo.sentences import KINDS, SentenceProcessor
from gru_zoo.text import EOS, PAD, SENTENCE_ENDS
from gru_zoo.words import join, words_of
from gru_zoo.zoo.compression import Compression, arcs_of, states_at

FIRST = EOS + 1  # our id of the transformer's first sub-word
# A sentence from its beginning to its end. "Sen." and the like end no sentence.
WHOLE = re.compile(r"^\W*[A-Z].*\b[a-z]{3,}[.!?][\"”’)]*$")
WORDS = range(8, 51)  # between blanks


@dataclasses.dataclass
class Knobs:
    """Settings of the teacher."""

    teacher: str = "sentence-transformers/all-mpnet-base-v2"  # a name on the hub, or a folder
    units: int = 256
    key: int = 64
    dropout: float = 0.2
    batch_size: int = 32
    head_rate: float = 1e-3  # of an epoch in which only the new layers learn
    learning_rate: float = 4e-5
    epochs: int = 4
    average: int = 2
    beside_share: float = 0.33  # of the presets in the mean of the scores
    a_release: int = 2  # sentences of each news release
    a_pair: int = 4  # new sentences of each one in the pairs
    draws: int = 4  # compressions a sentence
    seed: int = 1


class Pieces:
    """The sub-words of a transformer, in the place of `gru_zoo.text.Tokenizer`."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer

    def encode_words(self, words: Sequence[str], attached: Sequence[bool]) -> list[list[int]]:
        """As `Tokenizer.encode_words`."""
        unknown = self.tokenizer.unk_token_id
        found = self.tokenizer(list(words), add_special_tokens=False)["input_ids"] if words else []
        return [[FIRST + i for i in ids or [unknown]] for ids in found]


class Encoder(torch.nn.Module):
    """A transformer from the ids of `Pieces` to a state of each, in bfloat16 inside."""

    def __init__(self, model, tokenizer):
        super().__init__()
        self.model = model
        self.ends = tokenizer.cls_token_id, tokenizer.sep_token_id

    def forward(self, ids):
        first, last = self.ends
        inside = torch.where(ids == EOS, last, torch.clamp(ids - FIRST, min=0))
        inside = torch.cat([torch.full_like(inside[:, :1], first), inside[:, 1:]], dim=1)
        with torch.autocast(ids.device.type, torch.bfloat16):
            found = self.model(input_ids=inside, attention_mask=(ids != PAD).int())
        return found.last_hidden_state.float()


def untrained(knobs: Knobs) -> Compression:
    """The transformer under new layers."""
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(knobs.teacher)
    model = AutoModel.from_pretrained(knobs.teacher, add_pooling_layer=False)
    encoder = keras.layers.TorchModuleWrapper(
        Encoder(model, tokenizer),
        output_shape=(None, None, model.config.hidden_size),
        name="encoder",
    )
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
    return Compression(model, SentenceProcessor(Pieces(tokenizer)), card)


def teach(
    task: Compression, knobs: Knobs, train: Pairs, held_out: Pairs, work: pathlib.Path, resume: bool
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
        shares = [1 - share if beside else 1.0] + [share / len(beside) for _ in beside]
        self.voices = list(zip(shares, [teacher, *beside], strict=True))

    def arcs(self, texts, batch_size=64, verbose=False):
        found = (
            [share * arcs for arcs in Compression.arcs(task, texts, batch_size, verbose)]
            for share, task in self.voices
        )
        return [sum(parts) for parts in zip(*found, strict=True)]


def of_releases(root: str | None, each: int) -> list[str]:
    """The first whole sentences of each news release."""
    found: dict[str, None] = {}
    for release in data.load(RELEASES, "train", root) if each else ():
        parts = map(str.strip, SENTENCE_ENDS.split(" ".join(release.text.split())))
        whole = [p for p in parts if len(p.split()) in WORDS and WHOLE.match(p)]
        found |= dict.fromkeys(whole[:each])
    return list(found)


def lines(task: Compression, texts: list[str], knobs: Knobs) -> list[str]:
    """A line of each text: the text, and compressions of it, with tabs between."""
    random = np.random.default_rng(knobs.seed)
    found = []
    for text, arcs in zip(texts, task.arcs(texts, verbose=True), strict=True):
        paths = drawn(arcs, knobs.draws, random)
        shorter = [join(text, words_of(text), path) for path in paths if path.any()]
        found.append("\t".join([text, *shorter]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for checkpoints")
    parser.add_argument("--to", type=pathlib.Path, required=True, help="file to write")
    parser.add_argument("--beside", nargs="*", default=[], help="folders of presets to ask as well")
    parser.add_argument("--data-dir", help="folder of the data sets; else $GRU_ZOO_DATA")
    parser.add_argument("--resume", action="store_true", help="go on after the last epoch")
    parser.add_argument("--smoke", action="store_true", help="run in seconds on a few examples")
    recipe.add_options(parser, Knobs)
    args = parser.parse_args()
    if keras.backend.backend() != "torch":
        parser.error(f"it runs on torch. Received: KERAS_BACKEND={keras.backend.backend()}")
    if importlib.util.find_spec("transformers") is None:
        parser.error("it needs the package transformers: pip install 'gru-zoo[train]'")
    args.to.parent.mkdir(parents=True, exist_ok=True)  # not only once all is done
    knobs = recipe.with_options(Knobs(), args)
    recipe.set_seed(knobs.seed)
    recipe.keep_freed_memory()

    train, held_out = (smoke_examples(),) * 2 if args.smoke else examples(args.data_dir)
    beside = [gru_zoo.load(folder) for folder in args.beside]
    teacher = untrained(knobs)
    usable = teacher.usable(*train)
    texts = [] if args.smoke else of_releases(args.data_dir, knobs.a_release)
    made = exchanged(usable, knobs.a_pair, knobs.seed)
    print(f"{len(texts)} sentences of {RELEASES} and {len(made)} made of {len(usable)} pairs")
    texts += made
    teach(teacher, knobs, train, held_out, args.work, args.resume)
    together = Together(teacher, beside, knobs.beside_share)
    for name, task in (("the teacher", teacher), ("all together", together)):
        scores = task.tune_bonus(*held_out, np.round(np.arange(-0.4, 0.81, 0.1), 1).tolist())
        print(f"validation token F1 of {name}: {max(scores.values()):.4f}")
    write_atomically(args.to, "\n".join(lines(together, texts, knobs)) + "\n")
    print(f"{len(texts)} sentences in '{args.to}'")


if __name__ == "__main__":
    main()
